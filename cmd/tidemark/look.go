package main

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// look is what Kafka and Redis show of a running service at one time.
type look struct {
	at      time.Time
	members kafka.Membership
	// offsets are the ends of the log and the committed offsets of the group.
	offsets map[shard.Partition]kafka.Progress
	// heads, outputs and due have one entry per shard: what the shard says of itself, the id of the output that has waited longest, and
	// the earliest review.
	heads   []shard.Audit
	outputs []string
	due     []shard.Due
	vitals  []redis.Vitals
}

// lookAt reads all of a look. store is laid out.
func lookAt(ctx context.Context, cluster *kafka.Cluster, store *redis.Store, layout shard.Layout) (look, error) {
	l := look{offsets: map[shard.Partition]kafka.Progress{}, due: make([]shard.Due, layout.Shards)}
	all := layout.Numbers()
	var err error
	// The shards come first: what they have not seen of an end that is read later is no backlog of theirs.
	if l.heads, err = store.Audit(ctx, all); err != nil {
		return l, fmt.Errorf("redis: %w", err)
	}
	if l.outputs, err = store.OldestOutputs(ctx, all); err != nil {
		return l, fmt.Errorf("redis: %w", err)
	}
	for n := range all {
		first, err := store.Due(ctx, n, 1)
		if err != nil {
			return l, fmt.Errorf("redis: %w", err)
		}
		l.due[n].At = event.Never
		if len(first) > 0 {
			l.due[n] = first[0]
		}
	}
	l.vitals = store.Vitals(ctx)
	if l.members, err = cluster.Members(ctx); err != nil {
		return l, fmt.Errorf("kafka: %w", err)
	}
	progress, err := cluster.Progress(ctx)
	if err != nil {
		return l, fmt.Errorf("kafka: %w", err)
	}
	for _, p := range progress {
		l.offsets[p.Partition] = p
	}
	l.at = time.Now()
	return l, nil
}

// partitions returns the partition count of each input topic.
func (l look) partitions() int { return len(l.offsets) / len(event.Inputs()) }

// lag is the number of records that the group has not committed, over all partitions.
func (l look) lag() int64 {
	var sum int64
	for _, p := range l.offsets {
		sum += p.Lag()
	}
	return sum
}
