package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// logs are topic partitions in memory, with the offsets that one group has committed.
type logs struct {
	mu        sync.Mutex
	records   map[shard.Partition][]stream.Record // from first on
	first     map[shard.Partition]int64
	committed map[shard.Partition]int64
	// partitions is the number of partitions of each topic that a look finds. The lanes of a world begin with the same.
	partitions int
	// limit is the most records of a fetch, wait how long a fetch waits for records.
	limit int
	wait  time.Duration
	// away makes fetches of a partition fail.
	away map[shard.Partition]bool
	// mute makes fetches of a partition return no records, although the partition may hold some.
	mute map[shard.Partition]bool
}

func newLogs() *logs {
	return &logs{
		records: map[shard.Partition][]stream.Record{}, first: map[shard.Partition]int64{},
		committed: map[shard.Partition]int64{}, limit: 7, wait: 100 * time.Millisecond,
		away: map[shard.Partition]bool{}, mute: map[shard.Partition]bool{},
	}
}

func (g *logs) append(p shard.Partition, at event.Instant, key string, value []byte, headers ...stream.Header) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.records[p] = append(g.records[p], stream.Record{
		Topic: p.Topic, Partition: p.Index, Offset: g.first[p] + int64(len(g.records[p])), Time: at, Key: []byte(key), Value: value, Headers: headers,
	})
}

func (g *logs) end(p shard.Partition) int64 { return g.first[p] + int64(len(g.records[p])) }

// expire drops records below an offset.
func (g *logs) expire(p shard.Partition, first int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.records[p] = g.records[p][first-g.first[p]:]
	g.first[p] = first
}

// truncate drops records from an offset on.
func (g *logs) truncate(p shard.Partition, end int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.records[p] = g.records[p][:end-g.first[p]]
}

// recreate deletes a partition and creates it again, empty. The group's committed offset goes with the topic.
func (g *logs) recreate(p shard.Partition) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.records[p], g.first[p] = nil, 0
	delete(g.committed, p)
}

// depart removes the group's committed offset of a partition, as brokers do with a group that was away for a week.
func (g *logs) depart(p shard.Partition) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.committed, p)
}

func (g *logs) set(m map[shard.Partition]bool, p shard.Partition, v bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m[p] = v
}

func (g *logs) offsets() map[shard.Partition]int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.committed)
}

func (g *logs) Bounds(_ context.Context, p shard.Partition) (int64, int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.first[p], g.end(p), nil
}

// Counted looks at the number of partitions each time.
func (g *logs) Counted() (int, event.Instant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.partitions, event.InstantOf(time.Now())
}

// grow gives the topics another number of partitions.
func (g *logs) grow(partitions int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.partitions = partitions
}

func (g *logs) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	sent := event.InstantOf(time.Now())
	f, err := g.read(p, offset)
	f.SentAt = sent
	if err != nil || len(f.Records) > 0 {
		return f, err
	}
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return stream.Fetch{}, ctx.Err()
	case <-timer.C:
	}
	f, err = g.read(p, offset)
	f.SentAt = sent
	return f, err
}

func (g *logs) read(p shard.Partition, offset int64) (stream.Fetch, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.away[p] {
		return stream.Fetch{}, errors.New("the leader is away")
	}
	if offset < g.first[p] || offset > g.end(p) {
		return stream.Fetch{}, fmt.Errorf("%w: %d of %d to %d", stream.ErrOffsetOutOfRange, offset, g.first[p], g.end(p))
	}
	if g.mute[p] {
		return stream.Fetch{Next: offset, HighWatermark: g.end(p)}, nil
	}
	from := int(offset - g.first[p])
	to := min(from+g.limit, len(g.records[p]))
	f := stream.Fetch{Records: slices.Clone(g.records[p][from:to]), Next: g.first[p] + int64(to), HighWatermark: g.end(p)}
	return f, nil
}

func (g *logs) CommitOffsets(_ context.Context, offsets map[shard.Partition]int64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.Copy(g.committed, offsets)
	return nil
}

// wire is the publisher of the tests. It keeps every output by id, and records whether an id ever had two payloads.
type wire struct {
	mu      sync.Mutex
	sent    map[string]shard.Output
	at      map[string]time.Time
	repeats int
	order   []string // topic and id, in the order of arrival
	broken  []string
	// away makes publishing to a topic fail.
	away map[string]bool
	// links takes what is published to the topic of links, repetitions too: lanes read it.
	links func(o *shard.Output)
}

func newWire() *wire {
	return &wire{sent: map[string]shard.Output{}, at: map[string]time.Time{}, away: map[string]bool{}}
}

func (w *wire) Publish(_ context.Context, outputs []shard.Output) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range outputs {
		if w.away[o.Topic] {
			return fmt.Errorf("topic %s is away", o.Topic)
		}
	}
	for _, o := range outputs {
		if o.Topic == schemas.Links {
			w.links(&o)
		}
		id := o.Topic + " " + o.ID
		before, ok := w.sent[id]
		if ok {
			w.repeats++
			if !bytes.Equal(before.Value, o.Value) {
				w.broken = append(w.broken, id)
			}
			continue
		}
		w.sent[id], w.at[id] = o, time.Now()
		w.order = append(w.order, id)
	}
	return nil
}

func (w *wire) set(topic string, away bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.away[topic] = away
}

// ids returns the transitions, or only the dead letters. Scores and messages of links are neither.
func (w *wire) ids(dead bool) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ids []string
	for id, o := range w.sent {
		if (o.Topic == schemas.DeadLetters) == dead && o.Topic != scores && o.Topic != schemas.Links {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
