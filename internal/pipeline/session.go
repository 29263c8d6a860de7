package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// session is one takeover and the loop after it. Whatever a session learns of the shards is gone with it; only the customers whose
// views are out of date go on to the next session.
type session struct {
	*base
	*moment
	lane *Lane

	intake  *intake
	states  *states
	display *display
	outlet  outlet
	source  Source
	queues  Queues
	origins Origins
	lanes   Lanes
	codec   Codec
	logs    identities

	// applied is the end of the last fully committed batch, per partition.
	applied shard.Marks
	// unpublished are announcements that are committed, announced those that the work in hand has published.
	unpublished, announced []announcement
	// refused counts the records of the batch in hand that went to the dead letters, by reason.
	refused map[string]int
	// evaluated says under the event clock that every profile has been evaluated and projected at the as-of.
	evaluated bool
	// nextReviewed is the index, among the own shards, of the shard whose reviews the next step looks at first.
	nextReviewed int
	// reviewed is the watermark up to which all due reviews have been run.
	reviewed event.Instant
	// others are what all lanes have told, this lane included. waitsFor counts the own shards whose reviews wait, by the partition index that
	// they wait for.
	others   map[int]shard.Reading
	waitsFor map[int]int
	// quietUntil is the instant beyond which reviews wait because a topic is quiet.
	quietUntil event.Instant
	// linksSentAt is when the session sent messages of links last; unknown before that.
	linksSentAt event.Instant
	// counted is the last instant at which the topics were seen to have the lane's number of partitions.
	counted event.Instant
}

// moment is what a session shares with its parts. Only loadEngine and step write it.
type moment struct {
	// engine is that of the model in force.
	engine Engine
	// watermark is W: everything written before it to the lane's partitions has been applied. Reviews that are due by it may fire.
	watermark event.Instant
}

// newSession returns a session that knows nothing of the shards. dirty are the customers whose views are out of date.
func newSession(l *Lane, dirty customers) *session {
	m := &moment{watermark: unknown}
	p := &l.ports
	s := &session{
		base: l.base, moment: m, lane: l, source: p.Source, queues: p.Store, origins: p.Store, lanes: p.Store, codec: p.Codec,
		applied: shard.Marks{}, reviewed: unknown, counted: unknown, waitsFor: map[int]int{}, quietUntil: event.Never, linksSentAt: unknown,
	}
	s.intake = newIntake(l.base, p.Source, p.Codec)
	s.states = newStates(l.base, m, p.Store)
	s.outlet = outlet{l.base, p.Publisher}
	s.states.leftovers, s.states.blind = s.publishLeftovers, l.blind
	s.display = newDisplay(l.base, m, s.states, p.Store, scoreFeed{l.base, p.Codec, s.outlet}, dirty)
	return s
}

func (s *session) run(ctx context.Context) error {
	s.noteProgress() // nothing is read yet: what held before a loss must not be shown during the takeover
	if err := s.loadEngine(); err != nil {
		return err
	}
	err := s.takeOverUnlessDrained(ctx)
	if errors.Is(err, errDraining) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer s.intake.wait()
	defer stop()
	s.intake.open(ctx, s.applied, s.logs, s.lane.reading.Heard)
	return s.loop(ctx)
}

// takeOverUnlessDrained takes over. A lane that is asked to drain meanwhile has nothing in hand: it returns errDraining, and leaves
// the shards to its successor as they are.
func (s *session) takeOverUnlessDrained(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer stop(nil)
	waiting.Go(func() {
		select {
		case <-ctx.Done():
		case <-s.lane.drain:
			stop(errDraining)
		}
	})
	return s.takeOver(ctx)
}

func (s *session) loop(ctx context.Context) error {
	// The lanes of a process take turns: a checkpoint reads the heads of all shards, and the events of other lanes should not wait.
	tick := time.NewTimer(s.cfg.Checkpoint * time.Duration(s.cfg.Index+1) / time.Duration(s.cfg.Partitions))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.lane.drain:
			return s.checkpoint(ctx, last)
		case <-tick.C:
			tick.Reset(s.cfg.Checkpoint)
			if err := s.checkpoint(ctx, regular); err != nil {
				return err
			}
		default:
		}
		s.pulse.turn()
		worked, err := s.step(ctx)
		if errors.Is(err, errDraining) {
			// The lane was told to drain during a pause: go no step further.
			return s.checkpoint(ctx, last)
		}
		if err != nil {
			return err
		}
		if worked {
			continue
		}
		s.noteProgress()
		select {
		case <-ctx.Done():
		case <-s.lane.drain:
		case <-s.intake.arrived:
		case <-tick.C:
			tick.Reset(s.cfg.Checkpoint)
			if err := s.checkpoint(ctx, regular); err != nil {
				return err
			}
		}
	}
}

// step does a batch of events, then some projection, then a page of a migration, then a few due reviews, so that none of them
// starves another. It reports whether there was anything to do.
func (s *session) step(ctx context.Context) (bool, error) {
	if err := s.loadEngine(); err != nil {
		return false, err
	}
	b, err := s.intake.take()
	if err != nil {
		return false, err
	}
	if err := s.process(ctx, b); err != nil {
		return false, err
	}
	s.watermark = s.readUntil()
	shown, err := s.goOnShowing(ctx, len(b.items))
	if err != nil {
		return false, err
	}
	migrated, err := s.migrate(ctx)
	if err != nil {
		return false, err
	}
	reviewed, err := s.review(ctx)
	if err != nil {
		return false, err
	}
	if !migrated && !reviewed {
		s.reviewed = max(s.reviewed, s.allSilentUntil())
	}
	worked := b.size() > 0 || shown || migrated || reviewed
	if !worked && s.cfg.Clock == EventClock && !s.evaluated && s.watermark != unknown && s.intake.caughtUp() {
		err := s.display.everybody(ctx)
		s.evaluated = err == nil
		return true, err
	}
	return worked, nil
}

func (s *session) loadEngine() error {
	engine, err := s.lane.ports.Engine()
	if err != nil {
		return fmt.Errorf("model in force: %w", err)
	}
	s.engine = engine
	return nil
}
