package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
	"tidemark/internal/terminal"
)

type importCommand struct {
	logSettings
	Partitioner string `help:"Hash by which keys choose a partition: ${enum}." enum:"murmur2,crc32,fnv1a" default:"murmur2"`
	kafkaSettings
	registrySettings
}

const (
	// importBatch is how many events are published and acknowledged at a time.
	importBatch = 5000
	// importPatience is how long brokers may be away that come back: a restart, with time to spare.
	importPatience = 90 * time.Second
)

// Run publishes the log in canonical order, keyed by customer, each event under the time at which it occurred.
func (c *importCommand) Run(ctx context.Context, s streams) error {
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	if _, err := cluster.Partitions(ctx); err != nil {
		return err
	}
	codec, err := c.codec(ctx)
	if err != nil {
		return err
	}
	publisher, err := cluster.NewPublisher(shard.Partitioner(c.Partitioner))
	if err != nil {
		return err
	}
	log, err := c.read(s)
	if err == nil {
		err = send(ctx, publisher, codec, log.Events, terminal.NewProgress(s.err, "publishing"))
	}
	if err := errors.Join(err, publisher.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%d events published\n", len(log.Events))
	return err
}

// send publishes events in canonical order, a batch at a time: each waits until the one before is acknowledged, and while
// brokers are away, for them.
func send(ctx context.Context, to *kafka.Publisher, codec *avro.Codec, events []event.Event, shown *terminal.Progress) error {
	defer shown.End()
	dataset.Sort(events)
	for done := 0; done < len(events); {
		end := min(done+importBatch, len(events))
		batch := make([]shard.Output, 0, end-done)
		for _, x := range events[done:end] {
			batch = append(batch, codec.EncodeEvent(x))
		}
		waiting := func(err error) { shown.Wait(int64(done), int64(len(events)), "kafka ("+kafka.ErrorClass(err)+")") }
		if err := to.Insist(ctx, batch, importPatience, waiting); err != nil {
			return fmt.Errorf("%w (%d of %d events are published; importing again does no harm)", err, done, len(events))
		}
		done = end
		shown.Show(int64(done), int64(len(events)), "events")
	}
	return nil
}
