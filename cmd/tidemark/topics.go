package main

import (
	"context"
	"fmt"
)

type topicsCommand struct {
	Create topicsCreateCommand `cmd:"" help:"Create the topics that are missing, then check all."`
	Grow   topicsGrowCommand   `cmd:"" help:"Give the input topics more partitions, if the shards of the data can serve them."`
	Check  topicsCheckCommand  `cmd:"" help:"Check the topics, and say what is wrong and how to mend it."`
}

type topicsCreateCommand struct {
	Partitions  int `help:"Partitions of every topic. At most this many instances can share the work." default:"12"`
	Replication int `help:"Replication factor of every topic; -1 is the default of the brokers." default:"-1"`
	kafkaSettings
}

// Help is printed by topics create --help.
func (*topicsCreateCommand) Help() string {
	return `The three input topics need the same number of partitions. Topics that exist keep their partitions.`
}

// Run creates the topics that are missing, then checks all topics.
func (c *topicsCreateCommand) Run(ctx context.Context, s streams) error {
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	if err := cluster.CreateTopics(ctx, c.Partitions, c.Replication); err != nil {
		return err
	}
	return (&topicsCheckCommand{c.kafkaSettings}).Run(ctx, s)
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
