package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Generation is this member's share of the partitions until the group changes. Lanes read from it. It is safe for concurrent use,
// but each partition is fetched by one goroutine.
type Generation struct {
	life    context.Context // ends with the generation, not with the process's wish to stop: the last commit still counts
	next    *kafkago.Generation
	log     *Log
	indexes []int
	counted *atomic.Pointer[count] // the group's

	mu        sync.Mutex // lanes share the one committer; commits go out in the order of the calls
	committed map[shard.Partition]int64
}

func newGeneration(life context.Context, c *Cluster, next *kafkago.Generation) (*Generation, error) {
	g := &Generation{life: life, next: next, log: c.NewLog(), committed: make(map[shard.Partition]int64)}
	for i, topic := range event.Inputs() {
		var indexes []int
		for _, a := range next.Assignments[string(topic)] {
			indexes = append(indexes, a.ID)
			if a.Offset >= 0 { // a negative one stands for "none yet"
				g.committed[shard.Partition{Topic: topic, Index: a.ID}] = a.Offset
			}
		}
		slices.Sort(indexes)
		if i == 0 {
			g.indexes = indexes
		}
		if !slices.Equal(indexes, g.indexes) {
			return nil, Retryable(fmt.Errorf("%w: partitions %v of %s but %v of %s; give all input topics the same number of partitions, and let nothing but tidemark join group %s",
				ErrUnequalAssignment, g.indexes, event.Inputs()[0], indexes, topic, next.GroupID))
		}
	}
	return g, nil
}

// ID is the number of the generation within the group.
func (g *Generation) ID() int { return int(g.next.ID) }

// Partitions returns the owned partition indexes, ascending: the same on all input topics. There may be none.
func (g *Generation) Partitions() []int { return slices.Clone(g.indexes) }

// Committed returns the offset that the group has committed for p, before the generation or in it, and whether there is one.
func (g *Generation) Committed(p shard.Partition) (int64, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	offset, ok := g.committed[p]
	return offset, ok
}

// Bounds returns the first offset that the log holds, and the end of the log (the next offset to be written).
func (g *Generation) Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error) {
	return g.log.Bounds(ctx, p)
}

// Counted returns the number of partitions of each input topic as the generation has last seen it, and the local time at which the brokers
// were asked. Before the first answer both are 0.
func (g *Generation) Counted() (partitions int, at event.Instant) {
	if c := g.counted.Load(); c != nil {
		return c.partitions, c.asked
	}
	return 0, 0
}

// Fetch reads records from an offset on: see Log.Fetch.
func (g *Generation) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	return g.log.Fetch(ctx, p, offset)
}

// CommitOffsets commits offsets to the group. It skips an offset that is committed already. After the end of the generation it
// fails with ErrGenerationEnded. A smaller offset than the last is committed too: a lane may rewind. CommitOffsets takes at most
// the request timeout; it does not stop when ctx ends.
func (g *Generation) CommitOffsets(ctx context.Context, offsets map[shard.Partition]int64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.life.Err() != nil {
		return fmt.Errorf("commit offsets: %w", ErrGenerationEnded)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit offsets: %w", err)
	}
	changed := make(map[string]map[int]int64)
	for p, offset := range offsets {
		if _, owned := slices.BinarySearch(g.indexes, p.Index); !owned {
			return fmt.Errorf("commit offset %d of %s, which is not ours", offset, p)
		}
		if last, ok := g.committed[p]; ok && last == offset {
			continue
		}
		topic := string(p.Topic)
		if changed[topic] == nil {
			changed[topic] = make(map[int]int64)
		}
		changed[topic][p.Index] = offset
	}
	if err := g.next.CommitOffsets(changed); err != nil {
		if g.life.Err() != nil || hasMovedOn(err) {
			return fmt.Errorf("commit offsets: %w: %w", ErrGenerationEnded, err)
		}
		return fmt.Errorf("commit offsets: %w", g.log.cluster.unreachable(err))
	}
	maps.Copy(g.committed, offsets)
	return nil
}

// hasMovedOn reports whether the coordinator refused a commit because the generation has ended.
func hasMovedOn(err error) bool {
	return errors.Is(err, kafkago.IllegalGeneration) || errors.Is(err, kafkago.UnknownMemberId) ||
		errors.Is(err, kafkago.RebalanceInProgress)
}
