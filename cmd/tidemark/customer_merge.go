package main

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/event"
)

type customerMergeCommand struct {
	From string `arg:"" help:"The id that goes: from then on its events count for the other id."`
	Into string `arg:"" help:"The id that stays."`
	linkSettings
}

// Help is printed by customer merge --help.
func (*customerMergeCommand) Help() string {
	return `Publishes a MERGED_INTO of the first id to ` + string(event.Interactions) + `, and waits until the public views show it. The exit code is 0 only if they do. Both ids mean one customer from then on. It can be taken back: customer unmerge.`
}

// Validate returns the mistakes in the flags.
func (c *customerMergeCommand) Validate() error {
	if c.From == c.Into {
		return errors.New("an id cannot be merged into itself: customer unmerge takes a link back")
	}
	return c.validate()
}

// Run links the first id to the second.
func (c *customerMergeCommand) Run(ctx context.Context, s streams) error {
	return c.run(ctx, s, relink{c.From, c.Into})
}

type customerUnmergeCommand struct {
	From string `arg:"" help:"The id that was merged into another."`
	linkSettings
}

// Help is printed by customer unmerge --help.
func (*customerUnmergeCommand) Help() string {
	return `Takes back what customer merge, or any MERGED_INTO, has said of an id: publishes a MERGED_INTO of the id into itself to ` + string(event.Interactions) + `, and waits until the public views show it. The exit code is 0 only if they do.`
}

// Validate returns the mistakes in the flags.
func (c *customerUnmergeCommand) Validate() error { return c.validate() }

// Run takes the id's link back.
func (c *customerUnmergeCommand) Run(ctx context.Context, s streams) error {
	return c.run(ctx, s, relink{c.From, c.From})
}

// linkSettings are the flags of the commands that link ids.
type linkSettings struct {
	EventID string        `name:"event-id" help:"event_id of the MERGED_INTO. Without the flag it is random." placeholder:"ID"`
	Within  time.Duration `help:"How long to wait until the public views show it." default:"2m"`
	Yes     bool          `help:"Do not ask on a terminal whether this is meant."`
	Anyway  bool          `help:"Publish also if nothing is known of an id, or if the link already is as asked."`
	limitSettings
	groupSettings
	kafkaSettings
	redisSettings
	registrySettings
}
