// Package pipeline carries events through the engine and its answers out: one Lane per partition index.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// Lane is the loop of one partition index in one generation of the consumer group.
//
//	fetcher ─┐  one per topic partition: fetch, decode ahead                     fetch.go
//	fetcher ─┼─> merge: the least head first                                     merge.go
//	fetcher ─┘     │
//	               ├─(bad)─> dead letters, acknowledged                          deadletter.go
//	               v
//	            group by shard ─> load ─> Apply / Review ─> parts                batch.go, plan.go
//	               │
//	               ├─ 1. commit: one atomic step per shard                       commit.go
//	               ├─ 2. publish the outbox                                      outbox.go
//	            each second, and a page with each batch:
//	               ├─ 3. project what dashboards read                            project.go
//	               └─ 4. move the marks of idle shards, commit offsets (a hint)  checkpoint.go
//
// Before the first fetch, and again whenever writes turn out to be lost, it takes over (takeover.go). Whatever is read of
// a shard's head goes through examine (marks.go).
type Lane struct {
	cfg        Config
	partitions []shard.Partition
	metrics    *Metrics
	progress   atomic.Pointer[Progress]
	pulse      pulse

	drain     chan struct{}
	drainOnce sync.Once

	// All below belongs to the goroutine of Run.
	engine    Engine
	states    []*state
	inputs    []*input
	arrived   chan struct{}
	position  map[shard.Partition]int64   // end of the last fully committed batch
	told      map[shard.Partition]int64   // what the group has been told
	outputs   []published                 // committed, not yet published
	spoken    []published                 // published by the work in hand
	dirty     map[int]map[string]struct{} // customers to be projected, by shard
	showing   showing
	shown     map[shard.Partition]int64 // all below has been projected
	bad       tally
	rolling   rolling
	countNext time.Time // when the population is to be counted
	settled   bool      // event clock: everything has been evaluated up to the as-of
	turn      int       // the own shard whose reviews are looked at next
	drifted   string    // the model and half-year whose drift was reported last
	// until is W after the last batch, reviewed how far reviews have been run.
	until, reviewed event.Instant

	// blind switches the checking of marks off, so that a test can show what it is for.
	blind bool
}

// errTakeOver says that what the lane knows of the shards no longer holds: it starts again from what they say.
var errTakeOver = errors.New("take over again")

// ErrAfterAsOf is the error of an event later than the end of the event clock.
var ErrAfterAsOf = errors.New("event after the as-of")

// New returns a lane that is ready to run.
func New(cfg Config) (*Lane, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	l := &Lane{cfg: cfg, metrics: cfg.Metrics, drain: make(chan struct{}), told: map[shard.Partition]int64{}}
	for _, topic := range event.Topics() {
		p := shard.Partition{Topic: topic, Index: cfg.Index}
		l.partitions = append(l.partitions, p)
		if offset, ok := cfg.Committed[p]; ok && offset >= 0 {
			l.told[p] = offset
		}
	}
	l.progress.Store(&Progress{})
	return l, nil
}

// Drain asks the lane to finish the batch in hand, project, commit offsets and return, within DrainWithin.
func (l *Lane) Drain() { l.drainOnce.Do(func() { close(l.drain) }) }

// Run works until it is drained (nil), its generation's ctx ends (the context's cause), or it cannot go on: a
// *DataLossError, ErrStalled, ErrAfterAsOf, an engine that cannot be had, or an outright bug. It runs once.
func (l *Lane) Run(ctx context.Context) error {
	defer l.metrics.forget(l.cfg.Index)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var guards sync.WaitGroup
	defer guards.Wait()
	defer cancel(nil)
	guards.Go(func() { l.watch(ctx, cancel) })
	guards.Go(func() { l.limitDrain(ctx, cancel) })

	for again := 0; ; again++ {
		err := l.session(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !errors.Is(err, errTakeOver):
			return err
		}
		if err := l.pauseBetweenTries(ctx, min(again, 1)); err != nil {
			return err
		}
	}
}

// session is one takeover and the loop after it.
func (l *Lane) session(ctx context.Context) error {
	if err := l.loadEngine(); err != nil {
		return err
	}
	err := l.takeOverUnlessDrained(ctx)
	if errors.Is(err, errDraining) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var fetchers sync.WaitGroup
	defer fetchers.Wait()
	defer stop()
	l.arrived = make(chan struct{}, 1)
	l.inputs = nil
	for _, p := range l.partitions {
		in := newInput(p, l.position[p])
		l.inputs = append(l.inputs, in)
		fetchers.Go(func() { l.fetch(ctx, in) })
	}
	return l.loop(ctx)
}

// takeOverUnlessDrained takes over; a lane that is asked to drain meanwhile has nothing in hand, and leaves it where it is
// to its successor, with errDraining.
func (l *Lane) takeOverUnlessDrained(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer stop(nil)
	waiting.Go(func() {
		select {
		case <-ctx.Done():
		case <-l.drain:
			stop(errDraining)
		}
	})
	return l.takeOver(ctx)
}

func (l *Lane) loop(ctx context.Context) error {
	// The lanes of a process take turns: a checkpoint looks at all shards, and the events of the others should not wait for it.
	tick := time.NewTimer(l.cfg.Checkpoint * time.Duration(l.cfg.Index+1) / time.Duration(l.cfg.Partitions))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.drain:
			return l.checkpoint(ctx, last)
		case <-tick.C:
			tick.Reset(l.cfg.Checkpoint)
			if err := l.checkpoint(ctx, regular); err != nil {
				return err
			}
		default:
		}
		worked, err := l.step(ctx)
		if errors.Is(err, errDraining) {
			// The batch in hand was left: not a step further.
			return l.checkpoint(ctx, last)
		}
		if err != nil {
			return err
		}
		if worked {
			continue
		}
		l.noteProgress()
		select {
		case <-ctx.Done():
		case <-l.drain:
		case <-l.arrived:
		case <-tick.C:
			tick.Reset(l.cfg.Checkpoint)
			if err := l.checkpoint(ctx, regular); err != nil {
				return err
			}
		}
	}
}

// step does a batch of events, then some of a change of model, then a few due reviews, so that none starves another. It
// reports whether there was anything to do.
func (l *Lane) step(ctx context.Context) (bool, error) {
	if err := l.loadEngine(); err != nil {
		return false, err
	}
	b, err := l.take()
	if err != nil {
		return false, err
	}
	if err := l.process(ctx, b); err != nil {
		return false, err
	}
	l.until = l.readUntil()
	shown, err := l.goOnShowing(ctx, len(b.items))
	if err != nil {
		return false, err
	}
	followed, err := l.follow(ctx)
	if err != nil {
		return false, err
	}
	reviewed, err := l.review(ctx)
	if err != nil {
		return false, err
	}
	if !followed && !reviewed {
		l.reviewed = max(l.reviewed, l.until)
	}
	worked := len(b.items)+len(b.bad) > 0 || shown || followed || reviewed
	if !worked && l.cfg.Clock == EventClock && !l.settled && l.caughtUp() {
		return true, l.settle(ctx)
	}
	return worked, nil
}

func (l *Lane) loadEngine() error {
	engine, err := l.cfg.Engine()
	if err != nil {
		return fmt.Errorf("model in force: %w", err)
	}
	l.engine = engine
	return nil
}

func (l *Lane) decode(b []byte) (score.Profile, error) { return l.cfg.decode(b) }
