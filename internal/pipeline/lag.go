package pipeline

import (
	"context"
	"strconv"
	"sync"
	"time"

	"tidemark/internal/shard"
)

// backlog is how many records of a partition are not applied yet, as the metric consumer_lag shows it. Three write it, so that it grows
// with the log whatever the lane does:
//
//	fetcher   the end of the log, with every answer
//	session   what has been applied, between two steps
//	meter     the end of the log, where no answer has come for a while: the lane takes over, pauses, is busy, retries or hangs
type backlog struct {
	show func(records int64)

	mu           sync.Mutex
	end, applied int64     // offsets; -1 while not known
	heard        time.Time // when the log last told its end
}

// reaches notes the end of the log.
func (k *backlog) reaches(end int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.end, k.heard = end, time.Now()
	k.tell()
}

// hasApplied notes the offset below which everything has been applied.
func (k *backlog) hasApplied(offset int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.applied = offset
	k.tell()
}

// bounded notes both ends of the log. Before the first takeover of a group without offsets, everything in the log is backlog.
func (k *backlog) bounded(first, end int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.applied = max(k.applied, first)
	k.end, k.heard = end, time.Now()
	k.tell()
}

func (k *backlog) tell() {
	if k.end >= 0 && k.applied >= 0 {
		k.show(max(0, k.end-k.applied))
	}
}

// showLag returns what sets the gauge of a partition. The gauge is looked up each time: forget drops it with its lane.
func (m *Metrics) showLag(p shard.Partition) func(records int64) {
	return func(records int64) {
		m.lag.WithLabelValues(string(p.Topic), strconv.Itoa(p.Index)).Set(float64(records))
	}
}

// old reports whether the log has not told its end for longer than age.
func (k *backlog) old(age time.Duration) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Since(k.heard) > age
}

// meter asks the log for the ends that no fetcher has learnt for two checkpoints, until ctx ends. A question that fails is counted, and
// asked again at the next tick.
func (l *Lane) meter(ctx context.Context) {
	every := l.cfg.Checkpoint
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, p := range l.partitions {
			if k := l.backlogs[p]; k.old(2 * every) {
				l.ask(ctx, p, k)
			}
		}
	}
}

func (l *Lane) ask(ctx context.Context, p shard.Partition, k *backlog) {
	limited, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	first, end, err := l.ports.Source.Bounds(limited, p)
	switch {
	case err == nil:
		k.bounded(first, end)
	case ctx.Err() == nil:
		l.metrics.errors.WithLabelValues("lag", l.cfg.ErrorClass(err)).Inc()
	}
}
