package kafka

import (
	"context"
	"errors"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Progress is how far the group has got in one partition, as its committed offset says.
type Progress struct {
	Partition shard.Partition
	// First is the first offset still held, End the next to be written.
	First, End int64
	// Committed is the group's committed offset, -1 for none.
	Committed int64
}

// Lag counts the offsets between the committed one and the end. A committed offset beyond the end (a truncated log) gives
// a negative number.
func (p Progress) Lag() int64 { return p.End - max(p.Committed, p.First) }

// Progress returns how far the group has got in every partition of the input topics.
func (c *Cluster) Progress(ctx context.Context) ([]Progress, error) {
	n, err := c.Partitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	partitions := inputPartitions(n)
	// The commits first: where they equal an end that is read later, they equalled it when they were read.
	committed, err := c.committed(ctx, partitions)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	ends, err := c.bounds(ctx, partitions)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	progress := make([]Progress, len(partitions))
	for i, p := range partitions {
		progress[i] = Progress{Partition: p, First: ends[p].first, End: ends[p].end, Committed: -1}
		if offset, ok := committed[p]; ok {
			progress[i].Committed = offset
		}
	}
	return progress, nil
}

// CaughtUp reports whether the group's committed offsets equal the ends of the log on all partitions of the inputs.
// A partition that holds nothing needs no commit.
func (c *Cluster) CaughtUp(ctx context.Context) (bool, error) {
	progress, err := c.Progress(ctx)
	if err != nil {
		return false, err
	}
	for _, p := range progress {
		if p.Lag() != 0 {
			return false, nil
		}
	}
	return true, nil
}

func (c *Cluster) committed(ctx context.Context, partitions []shard.Partition) (map[shard.Partition]int64, error) {
	ask := make(map[string][]int)
	for _, p := range partitions {
		ask[string(p.Topic)] = append(ask[string(p.Topic)], p.Index)
	}
	answer, err := c.client.OffsetFetch(ctx, &kafkago.OffsetFetchRequest{GroupID: c.config.Group, Topics: ask})
	if err != nil {
		return nil, fmt.Errorf("read the committed offsets: %w", err)
	}
	if errors.Is(answer.Error, kafkago.GroupIdNotFound) {
		return nil, nil // nobody has joined yet
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("read the committed offsets: %w", answer.Error)
	}
	committed := make(map[shard.Partition]int64, len(partitions))
	for topic, offsets := range answer.Topics {
		for _, o := range offsets {
			p := shard.Partition{Topic: event.Topic(topic), Index: o.Partition}
			if o.Error != nil {
				return nil, fmt.Errorf("read the committed offset of %s: %w", p, o.Error)
			}
			if o.CommittedOffset >= 0 {
				committed[p] = o.CommittedOffset
			}
		}
	}
	return committed, nil
}
