package main

import (
	"context"
	"fmt"
)

type topicsCommand struct {
	Create topicsCreateCommand `cmd:"" help:"Create the topics that are missing, then check all."`
	Check  topicsCheckCommand  `cmd:"" help:"Say what is wrong with the topics."`
}

type topicsCreateCommand struct {
	Partitions  int `help:"Partitions of every topic: the most instances that can share the work." default:"12"`
	Replication int `help:"Replication factor; -1 is the brokers' default." default:"-1"`
	kafkaSettings
}

// Run creates what is missing.
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

// Run prints a line per finding; it fails where one must be mended.
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
