package kafka

import (
	"context"
	"fmt"
	"sync"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Log reads partitions, whatever the group has assigned. It is safe for concurrent use, but each partition is fetched by one
// goroutine.
type Log struct {
	cluster   *Cluster
	isolation kafkago.IsolationLevel

	mu       sync.Mutex // guards the map; a fetcher belongs to the goroutine that fetches its partition
	fetchers map[shard.Partition]*fetcher
}

// NewLog returns a reader of the cluster's topics. Close it while no call is under way.
func (c *Cluster) NewLog() *Log {
	return &Log{cluster: c, isolation: kafkago.ReadCommitted, fetchers: make(map[shard.Partition]*fetcher)}
}

// Close closes the connections.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p, f := range l.fetchers {
		f.drop()
		delete(l.fetchers, p)
	}
}

// Fetch reads records from an offset on. It waits at most Config.MaxWait for records; no records are no error. If the offset has
// expired or was never written, Fetch fails with stream.ErrOffsetOutOfRange and skips nothing. After any other error the same
// call may be made again: it dials anew, after a pause that grows. The records belong to the caller.
//
// Fetch reads what is committed: up to the last stable offset, without the markers of transactions and without the records of aborted
// ones. It passes their offsets, and offsets that hold nothing.
func (l *Log) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	fetch, err := l.fetcher(p).fetch(ctx, offset)
	if err != nil {
		return stream.Fetch{}, fmt.Errorf("fetch %s from %d: %w", p, offset, err)
	}
	return fetch, nil
}

func (l *Log) fetcher(p shard.Partition) *fetcher {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.fetchers[p]
	if f == nil {
		f = &fetcher{cluster: l.cluster, partition: p, isolation: l.isolation}
		l.fetchers[p] = f
	}
	return f
}

// Bounds returns the first offset that the log holds, and the end of the log (the next offset to be written), whether what lies before the
// end can be read yet or not.
func (l *Log) Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error) {
	bounds, err := l.cluster.bounds(ctx, []shard.Partition{p})
	if err != nil {
		return 0, 0, err
	}
	return bounds[p].first, bounds[p].end, nil
}

type bounds struct{ first, end int64 }

func (c *Cluster) bounds(ctx context.Context, partitions []shard.Partition) (map[shard.Partition]bounds, error) {
	ask := make(map[string][]kafkago.OffsetRequest)
	for _, p := range partitions {
		ask[string(p.Topic)] = append(ask[string(p.Topic)], kafkago.FirstOffsetOf(p.Index), kafkago.LastOffsetOf(p.Index))
	}
	answer, err := c.client.ListOffsets(ctx, &kafkago.ListOffsetsRequest{Topics: ask})
	if err != nil {
		return nil, fmt.Errorf("list offsets: %w", err)
	}
	found := make(map[shard.Partition]bounds, len(partitions))
	for topic, offsets := range answer.Topics {
		for _, o := range offsets {
			p := shard.Partition{Topic: event.Topic(topic), Index: o.Partition}
			if o.Error != nil {
				return nil, fmt.Errorf("list offsets of %s: %w", p, o.Error)
			}
			found[p] = bounds{o.FirstOffset, o.LastOffset}
		}
	}
	for _, p := range partitions {
		if b, ok := found[p]; !ok || b.first < 0 || b.end < b.first {
			return nil, fmt.Errorf("list offsets of %s: %w: %d–%d", p, errMalformed, b.first, b.end)
		}
	}
	return found, nil
}
