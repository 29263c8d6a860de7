package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"tidemark/internal/kafka"
)

type topicsCommand struct {
	Create topicsCreateCommand `cmd:"" help:"Create the topics that are missing, then check all."`
	Check  topicsCheckCommand  `cmd:"" help:"Check the topics, and say what is wrong and how to mend it."`
	Grow   topicsGrowCommand   `cmd:"" help:"Give the input topics, and the topic of links, more partitions, if the shards of the data can serve them."`
}

// defaultPartitions is the number of partitions of topics where no topic exists yet.
const defaultPartitions = 12

type topicsCreateCommand struct {
	Partitions  *int `help:"Partitions of every new topic. At most this many instances can share the work. Without the flag: as many as the input topics have; 12 if there is none." placeholder:"N"`
	Replication *int `help:"Replication factor of every new topic; -1 is the default of the brokers. Without the flag: that of the input topics; -1 if there is none." placeholder:"N"`
	kafkaSettings
}

// Help is printed by topics create --help.
func (*topicsCreateCommand) Help() string {
	return `The three input topics and the topic of links need the same number of partitions. Topics that exist stay as they are.
After an upgrade, run this command without flags: it adds the topics that the new version wants.`
}

// Run creates the topics that are missing, and says which. Then it checks all topics.
func (c *topicsCreateCommand) Run(ctx context.Context, s streams) error {
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	inUse, _, err := cluster.InputShape(ctx)
	if err != nil {
		return err
	}
	placed, err := cluster.AddTopics(ctx, c.shape(inUse))
	if err != nil {
		return err
	}
	c.tell(s.out, placed)
	return (&topicsCheckCommand{c.kafkaSettings}).Run(ctx, s)
}

// shape returns the shape of new topics beside input topics of the shape inUse, which is empty if no input topic exists.
func (c *topicsCreateCommand) shape(inUse kafka.Shape) kafka.Shape {
	shape := kafka.Shape{
		Partitions: cmp.Or(inUse.Partitions, defaultPartitions), Replication: cmp.Or(inUse.Replication, -1),
	}
	if c.Partitions != nil {
		shape.Partitions = *c.Partitions
	}
	if c.Replication != nil {
		shape.Replication = *c.Replication
	}
	return shape
}

// tell prints the topics that were added, and the topics that existed in another shape than the user has asked for.
func (c *topicsCreateCommand) tell(w io.Writer, placed []kafka.Placed) {
	added := 0
	for _, p := range placed {
		if p.Added {
			added++
			fmt.Fprintf(w, "added %-28s %d partitions, replication %d\n", p.Name, p.Partitions, p.Replication)
			continue
		}
		if c.Partitions != nil && *c.Partitions != p.Partitions {
			fmt.Fprintf(w, "kept  %-28s it has %d partitions, not %d\n", p.Name, p.Partitions, *c.Partitions)
		}
		if c.Replication != nil && *c.Replication > 0 && *c.Replication != p.Replication {
			fmt.Fprintf(w, "kept  %-28s its replication is %d, not %d\n", p.Name, p.Replication, *c.Replication)
		}
	}
	if added == 0 {
		fmt.Fprintln(w, "all topics existed: none was added, none was changed")
	}
}

type topicsCheckCommand struct{ kafkaSettings }

// Run prints a line for each finding. It returns an error if something must be mended.
func (c *topicsCheckCommand) Run(ctx context.Context, s streams) error {
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	findings, err := cluster.CheckTopics(ctx)
	if err != nil {
		return err
	}
	fine := true
	for _, f := range findings {
		fine = finding(f).print(s.out) && fine
	}
	if !fine {
		return errFindings
	}
	_, err = fmt.Fprintln(s.out, "the topics are in order")
	return err
}
