package pipeline

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Lane is the loop of one partition index, for one generation of the consumer group. It runs one session after another: each session
// begins with a takeover of the shards, and ends when what the session knows of the shards no longer holds.
//
//	Lane ── for the generation: settings, metrics, heartbeat, the group's offsets, the breaker, the population
//	  └── session ── for one takeover: engine, positions, announcements              session.go, takeover.go, recognize.go, loss.go
//	        ├── intake ── inputs and fetchers: fetch, decode ahead, merge            intake.go, fetch.go, confirm.go, merge.go
//	        ├── states ── one state per shard: head, marks, cached profiles, outbox  states.go, state.go, marks.go, outbox.go
//	        ├── display ── whose views are out of date, and who is being projected   display.go, rolling.go, scores.go
//	        └── outlet ── writes messages to their topics                            announce.go
//
// One step of a session's loop; all of it is the session's own:
//
//	take a batch ─> load profiles ─> plan: Apply or Review                           batch.go, plan.go, reviews.go, migration.go
//	     │
//	     ├─ 0. send bad records to the dead letters                                  deadletter.go
//	     ├─ 1. commit: one atomic step per shard                                     commit.go
//	     ├─ 2. publish the outbox                                                    announce.go
//	at a checkpoint, each second, and a page with each batch:
//	     ├─ 3. project what dashboards read                                          display.go
//	     └─ 4. move the marks of idle shards, commit the offsets                     checkpoint.go
type Lane struct {
	*base
	ports Ports

	drain     chan struct{}
	drainOnce sync.Once

	// All below belongs to the goroutine of Run. A session writes it; the next session finds it as it was left.

	// groupOffsets are the offsets that the consumer group holds.
	groupOffsets shard.Marks
	breaker      breaker
	unrated      unrated
	population   *population

	// reading is what the lane has told the others last. strangers is how long reviews have waited for other lanes, silences how the lane
	// sees each topic.
	reading   shard.Reading
	strangers waiting
	silences  map[event.Topic]silence
	loading   loading
	// heard are the newest readings of each lane, by partition index, oldest first.
	heard map[int][]heard

	// blind is states.blind, for tests.
	blind bool
}

// errTakeOver ends a session: what it knows of the shards no longer holds.
var errTakeOver = errors.New("take over again")

// ErrAfterAsOf is the error of an event later than the end of the event clock.
var ErrAfterAsOf = errors.New("event after the as-of")

// New returns a lane that is ready to run.
func New(cfg Config) (*Lane, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	b := &base{cfg: cfg.withDefaults(), damage: damage{map[int]error{}, map[int]int{}}, attempts: attempts{}}
	b.metrics = b.cfg.Metrics
	b.pulse.asked = map[shard.Partition]*atomic.Int64{}
	b.backlogs = map[shard.Partition]*backlog{}
	b.progress.Store(&Progress{})
	l := &Lane{base: b, ports: cfg.Ports, drain: make(chan struct{}), groupOffsets: shard.Marks{}, unrated: unrated{}, silences: map[event.Topic]silence{}, heard: map[int][]heard{}}
	l.population = &population{base: b, views: cfg.Store}
	for _, p := range shard.Partitions(b.cfg.Index) {
		b.partitions = append(b.partitions, p)
		b.pulse.asked[p] = new(atomic.Int64)
		b.backlogs[p] = &backlog{show: b.metrics.showLag(p), end: -1, applied: -1}
		if offset, ok := b.cfg.Committed[p]; ok && offset >= 0 {
			l.groupOffsets[p], b.backlogs[p].applied = offset, offset
		}
	}
	return l, nil
}

// Drain asks the lane to finish the batch in hand, project, commit offsets and return, within DrainWithin.
func (l *Lane) Drain() { l.drainOnce.Do(func() { close(l.drain) }) }

// Progress returns how far the lane has got. It is safe for concurrent use.
func (l *Lane) Progress() Progress { return *l.progress.Load() }

// Run works until it is drained (nil), until its generation's ctx ends (the context's cause), or until it cannot go on: a
// *DataLossError, ErrStalled, ErrAfterAsOf, an engine that cannot be had, or an outright bug. It runs once.
//
// A lane that is drained during a takeover returns nil at once: it has nothing in hand. Progress then says that it has not caught up.
func (l *Lane) Run(ctx context.Context) error {
	l.metrics.begin()
	defer l.metrics.forget(l.cfg.Index)
	defer l.giveUpAttempts()
	l.cfg.Cache.lanes.Add(1)
	defer l.cfg.Cache.lanes.Add(-1)
	l.noteCheckpoint() // so that a lane whose first checkpoint does not come shows its age
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var guards sync.WaitGroup
	defer guards.Wait()
	defer cancel(nil)
	guards.Go(func() { l.watch(ctx, cancel) })
	guards.Go(func() { l.limitDrain(ctx, cancel) })
	guards.Go(func() { l.meter(ctx) })

	dirty := customers{}
	for again := 0; ; again++ {
		s := newSession(l, dirty)
		err := s.run(ctx)
		s.states.close()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !errors.Is(err, errTakeOver):
			return err
		}
		dirty = s.display.unshown()
		if err := l.pauseBetweenTries(ctx, min(again, 1)); err != nil {
			return err
		}
	}
}

// noteCheckpoint notes that a checkpoint has ended, or that the lane begins.
func (l *Lane) noteCheckpoint() {
	now := time.Now()
	for _, operation := range l.failures.over() {
		l.showFailing(operation)
	}
	l.pulse.checkpoint.Store(now.UnixNano())
	l.metrics.checkpoint.WithLabelValues(l.label()).Set(float64(now.Unix()))
}
