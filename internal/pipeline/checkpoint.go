package pipeline

import (
	"context"
	"maps"
	"time"

	"tidemark/internal/shard"
)

// occasion says why there is a checkpoint.
type occasion uint8

const (
	regular occasion = iota
	last             // the lane drains
)

// checkpoint begins to bring up to date what lies outside the shards, unless it is still at it: the public views, a page
// of which it rewrites at once, the rest between the batches that follow. The last one rewrites them all.
func (l *Lane) checkpoint(ctx context.Context, why occasion) error {
	if !l.showing.begun {
		l.beginShowing()
	}
	if _, err := l.show(ctx, l.cfg.viewsPerStep); err != nil {
		return err
	}
	if why == last {
		if err := l.showAll(ctx); err != nil {
			return err
		}
	}
	if err := l.countPopulation(ctx, why); err != nil {
		return err
	}
	if err := l.conclude(ctx, why); err != nil || why == last {
		return err
	}
	return l.roll(ctx)
}

// eventsPerView is how many events a busy lane applies for each view that it writes besides.
const eventsPerView = 10

// goOnShowing goes on with what the last checkpoint began, after a batch of so many events, and reports whether there was
// anything to do. A lane that has not caught up writes fewer views, and so each of them more rarely: they are old anyway.
func (l *Lane) goOnShowing(ctx context.Context, events int) (bool, error) {
	if !l.showing.begun || events == 0 && !l.caughtUp() { // events are about to come
		return false, nil
	}
	most := l.cfg.viewsPerStep
	if events > 0 {
		most = min(most, 1+events/eventsPerView)
	}
	done, err := l.show(ctx, most)
	if err != nil || !done {
		return true, err
	}
	return true, l.conclude(ctx, regular)
}

// conclude brings up to date what follows from the public views, in this order: the outboxes of idle shards, the marks of
// idle shards, and then the group's offsets, which never pass the lowest mark.
func (l *Lane) conclude(ctx context.Context, why occasion) error {
	if err := l.trim(ctx, why == last); err != nil {
		return err
	}
	if err := l.moveMarks(ctx); err != nil {
		return err
	}
	if err := l.commitOffsets(ctx); err != nil {
		return err
	}
	l.metrics.checkpoint.WithLabelValues(l.label()).Set(float64(time.Now().Unix()))
	l.noteProgress()
	return nil
}

// moveMarks moves the marks of shards that had nothing to commit to the end of the last fully committed batch, and looks
// at every head on the way: so idle shards notice a loss.
func (l *Lane) moveMarks(ctx context.Context) error {
	markers := make([]shard.Marker, len(l.states))
	for i, s := range l.states {
		next := shard.Marks{}
		for _, p := range l.partitions {
			next[p] = max(s.acked[p], l.position[p])
		}
		markers[i] = shard.Marker{Shard: s.number, Acked: maps.Clone(s.acked), Next: next}
	}
	metas, err := l.mark(ctx, markers)
	if err != nil {
		return err
	}
	for i, m := range metas {
		s := l.states[i]
		if err := l.examine(s, m); err != nil {
			return err
		}
		s.counts = m.Counts
		switch {
		case s.held && s.token == m.Token:
		case s.own:
			if err := l.refresh(ctx, s, m); err != nil {
				return err
			}
		default:
			s.forget()
		}
	}
	return nil
}

// commitOffsets tells the group how far everything is done: no further than the lowest mark, and than what has been
// projected: an event that is delivered again is projected again.
func (l *Lane) commitOffsets(ctx context.Context) error {
	offsets := map[shard.Partition]int64{}
	for i, p := range l.partitions {
		// A replay from further back does not move the group back.
		done := min(l.lowest(p), l.shown[p])
		if l.cfg.Clock == EventClock && !l.settled && done >= l.inputs[i].current.high {
			continue // the log's end counts as done once everybody has been evaluated
		}
		if told, ok := l.told[p]; !ok || done > told {
			offsets[p] = done
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	err := l.cfg.Source.CommitOffsets(ctx, offsets)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		// A hint only: the next checkpoint tries again.
		l.trouble("offsets", err)
		return nil
	}
	maps.Copy(l.told, offsets)
	return nil
}
