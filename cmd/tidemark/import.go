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
	modelSettings
	Partitioner string `help:"Hash by which the customer id chooses a partition: ${enum}." enum:"murmur2,crc32,fnv1a" default:"murmur2"`
	NoLook      bool   `help:"Do not first read what the topics hold, to say how many events will be too late behind it."`
	kafkaSettings
	registrySettings
}

const (
	// importBatch is the number of events in a batch. The next batch is sent when the brokers have acknowledged it.
	importBatch = 5000
	// importPatience is how long an import waits for brokers that do not answer: long enough for a restart.
	importPatience = 90 * time.Second
)

// Run publishes the log in canonical order. The key of a record is the customer id, its time the time at which the event occurred.
func (c *importCommand) Run(ctx context.Context, s streams) error {
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	if _, err := cluster.Partitions(ctx); err != nil {
		return err
	}
	codec, err := c.codec(ctx, avro.DefaultMaxBytes)
	if err != nil {
		return err
	}
	publisher, err := cluster.NewPublisher(shard.Partitioner(c.Partitioner))
	if err != nil {
		return err
	}
	log, err := c.read(s, c.modelSettings)
	if err == nil {
		err = c.look(ctx, s, cluster, codec, log.Events)
	}
	if err == nil {
		err = send(ctx, publisher, codec, log.Events, terminal.NewProgress(s.err, "publishing"))
	}
	if err := errors.Join(err, publisher.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s published\n", numbered(len(log.Events), "event"))
	return err
}

// send publishes events in canonical order, in batches. It sends a batch when the batch before is acknowledged. While brokers do not
// answer, send waits for them, at most importPatience.
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
			return fmt.Errorf("%w (%d of %d events are published; %s)", err, done, len(events), again(events[:done]))
		}
		done = end
		shown.Show(int64(done), int64(len(events)), "events")
	}
	return nil
}

// again says what it does to import events again that are published already. The histories know an interaction by its id for 7 days only,
// counted back from the customer's newest.
func again(published []event.Event) string {
	interactions := 0
	for _, x := range published {
		if x.Topic() == event.Interactions {
			interactions++
		}
	}
	if interactions == 0 {
		return "to import them again changes nothing"
	}
	return fmt.Sprintf("to import them again changes nothing for purchases and feedback, but counts those of their %d interactions twice "+
		"that are more than 7 days older than their customer's newest", interactions)
}
