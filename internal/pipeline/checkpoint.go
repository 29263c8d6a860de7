package pipeline

import (
	"context"
	"maps"

	"tidemark/internal/shard"
)

// occasion is the reason of a checkpoint.
type occasion uint8

const (
	regular occasion = iota
	last             // the lane drains
)

// checkpoint begins a turn of projection, unless one is under way, and projects the first page. The other pages follow between the
// batches, and conclude follows the last page. The last checkpoint of a lane projects all pages at once, and the population.
func (s *session) checkpoint(ctx context.Context, why occasion) error {
	s.display.beginTurn(s.applied)
	if _, _, err := s.display.show(ctx, s.cfg.viewsPerStep); err != nil {
		return err
	}
	if why == last {
		if err := s.display.showAll(ctx, s.applied); err != nil {
			return err
		}
	}
	if err := s.lane.population.count(ctx, s.moment, why); err != nil {
		return err
	}
	if err := s.conclude(ctx, why); err != nil || why == last {
		return err
	}
	if err := s.display.roll(ctx); err != nil {
		return err
	}
	return s.wakeOverslept(ctx)
}

// eventsPerView is the number of events that a busy lane applies for each view that it writes.
const eventsPerView = 10

// goOnShowing projects the next page of the turn, after a batch of so many events. It reports whether there was anything to do. A lane
// that lags writes fewer views, and so each view more rarely: these views are old anyway.
func (s *session) goOnShowing(ctx context.Context, events int) (bool, error) {
	if !s.display.showing() || events == 0 && !s.intake.drained() { // events are about to come
		return false, nil
	}
	most := s.cfg.viewsPerStep
	if events > 0 {
		most = min(most, 1+events/eventsPerView)
	}
	stand, ended, err := s.display.show(ctx, most)
	if err != nil || !ended {
		return stand > 0, err
	}
	return true, s.conclude(ctx, regular)
}

// conclude does what must wait for the projection, in this order: it trims the outboxes of idle shards, moves the marks of idle shards,
// audits the own shards, keeps the origins of the logs remembered, tells the other lanes how far it has read, and commits the offsets. The
// last checkpoint also empties the outboxes that others have written to since they were trimmed.
func (s *session) conclude(ctx context.Context, why occasion) error {
	if err := s.trim(ctx, why == last); err != nil {
		return err
	}
	if err := s.states.moveMarks(ctx, s.applied, why == last); err != nil {
		return err
	}
	if why == last {
		if err := s.clearOutboxes(ctx); err != nil {
			return err
		}
	}
	if err := s.states.audit(ctx); err != nil {
		return err
	}
	if err := s.keepOrigins(ctx); err != nil {
		return err
	}
	if err := s.tell(ctx); err != nil {
		return err
	}
	if err := s.commitOffsets(ctx); err != nil {
		return err
	}
	s.lane.noteCheckpoint()
	s.noteProgress()
	return nil
}

// commitOffsets commits offsets to the group, no further than the lowest mark of own shards and than the projection: an event that is
// delivered again is projected again. Marks of other lanes' shards may lag behind the offsets: a takeover resumes at the lowest mark.
func (s *session) commitOffsets(ctx context.Context) error {
	group, ends, offsets := s.lane.groupOffsets, s.intake.ends(), shard.Marks{}
	for _, p := range s.partitions {
		// A replay from further back does not move the group back.
		done := min(lowest(s.states.own, p), s.display.projectedUpTo[p])
		if s.cfg.Clock == EventClock && !s.evaluated && done >= ends[p] {
			continue // the log's end counts as done once everybody has been evaluated
		}
		if offset, ok := group[p]; !ok || done > offset {
			offsets[p] = done
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	err := s.source.CommitOffsets(ctx, offsets)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.attempt("offsets", err)
	if err == nil { // else the next checkpoint tries again: the group's offsets are a hint only
		maps.Copy(group, offsets)
	}
	return nil
}
