package main

import (
	"context"
	"errors"
	"fmt"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
)

type importCommand struct {
	logSettings
	Partitioner string `help:"Hash by which keys choose a partition: ${enum}." enum:"murmur2,crc32,fnv1a" default:"murmur2"`
	kafkaSettings
	registrySettings
}

// importBatch is how many events are published and acknowledged at a time.
const importBatch = 5000

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
		err = send(ctx, publisher, codec, log.Events, newProgress(s.err, "publishing"))
	}
	if err := errors.Join(err, publisher.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%d events published\n", len(log.Events))
	return err
}

// send publishes events in canonical order, a batch at a time: each waits until the one before is acknowledged.
func send(ctx context.Context, to *kafka.Publisher, codec *avro.Codec, events []event.Event, shown *progress) error {
	defer shown.end()
	dataset.Sort(events)
	for done := 0; done < len(events); {
		end := min(done+importBatch, len(events))
		batch := make([]shard.Output, 0, end-done)
		for _, x := range events[done:end] {
			out, err := codec.EncodeEvent(x)
			if err != nil {
				return fmt.Errorf("encode event %s: %w", x.Common().ID, err)
			}
			batch = append(batch, out)
		}
		if err := to.Publish(ctx, batch); err != nil {
			return fmt.Errorf("%w (%d of %d events are published; importing again does no harm)", err, done, len(events))
		}
		done = end
		shown.show(int64(done), int64(len(events)), "events")
	}
	return nil
}
