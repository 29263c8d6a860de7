package kafka

import (
	"context"
	"errors"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Progress is the position of the group in one partition, by its committed offset.
type Progress struct {
	Partition shard.Partition
	// First is the first offset that the log holds, End the next to be written.
	First, End int64
	// Open is the number of offsets before End that open transactions hold back.
	Open int64
	// Committed is the group's committed offset, -1 for none.
	Committed int64
}

// Stable returns the last stable offset: the end of what can be read now.
func (p Progress) Stable() int64 { return p.End - p.Open }

// Lag returns the number of offsets between the committed one and the last stable one. It is negative if the committed offset lies beyond
// the end: the log was truncated. A version of this program that read what is not committed may have left a commit between the last
// stable offset and the end: then there is nothing to read, and no lag.
func (p Progress) Lag() int64 {
	return max(p.Stable(), min(p.Committed, p.End)) - max(p.Committed, p.First)
}

// Progress returns the position of the group in every partition of the input topics.
func (c *Cluster) Progress(ctx context.Context) ([]Progress, error) {
	n, err := c.Partitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	partitions := inputPartitions(n)
	// Read the commits first: a commit that equals an end read later has equalled the end when it was read. Read the stable ends last: what
	// is written in between does not look open then.
	committed, err := c.committed(ctx, partitions)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	ends, err := c.bounds(ctx, partitions)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	stable, err := c.stableEnds(ctx, partitions)
	if err != nil {
		return nil, fmt.Errorf("look at the group's progress: %w", err)
	}
	progress := make([]Progress, len(partitions))
	for i, p := range partitions {
		progress[i] = Progress{Partition: p, First: ends[p].first, End: ends[p].end, Committed: -1}
		progress[i].Open = max(0, ends[p].end-max(stable[p], ends[p].first))
		if offset, ok := committed[p]; ok {
			progress[i].Committed = offset
		}
	}
	return progress, nil
}

// CaughtUp reports whether the committed offsets of the group equal the last stable offsets in all partitions of the inputs: what an open
// transaction holds back counts once the transaction has ended. An empty partition needs no commit.
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
