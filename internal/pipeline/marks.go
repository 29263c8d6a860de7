package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/shard"
)

// examine compares a head with the marks that the lane has seen committed. A mark that has gone back, or is gone, proves that the
// store has lost writes. Then nothing that the lane knows of any shard holds any more: the lane takes over again, and every
// partition goes back to its lowest mark. Shards that lost nothing skip the events that they have seen.
//
// A shard that a rebuild has stopped ends the lane with ErrMoved.
func (ss *states) examine(st *state, m shard.Meta) error {
	if ss.moved(m) {
		return fmt.Errorf("shard %d: %w %d", st.number, ErrMoved, m.Moved)
	}
	for _, p := range ss.partitions {
		mark, ok := m.Marks[p]
		if ss.blind {
			st.acked[p] = max(st.acked[p], mark)
			continue
		}
		if !ok || mark < st.acked[p] {
			ss.metrics.losses.WithLabelValues(lossCause(ok)).Inc()
			return ss.takeOverAgain(Notice{
				Kind: LostWrites, Shard: st.number, Partition: p,
				Err: fmt.Errorf("mark of %s is %d (there: %t), %d had been committed", p, mark, ok, st.acked[p]),
			})
		}
		st.acked[p] = mark
	}
	return nil
}

// ErrMoved is the error of a lane whose shards a rebuild has stopped: from now on another edition serves.
var ErrMoved = errors.New("stopped in favour of edition")

// moved reports whether a rebuild has stopped the shard for good.
func (ss *states) moved(m shard.Meta) bool {
	return m.Moved > max(ss.cfg.GivenUp, ss.cfg.Layout.Edition)
}

func lossCause(present bool) string {
	if present {
		return "behind"
	}
	return "gone"
}

// mark moves marks of shards that have nothing to commit, and returns the heads as they are then.
func (ss *states) mark(ctx context.Context, markers []shard.Marker) (metas []shard.Meta, err error) {
	err = ss.retry(ctx, "mark", func() (err error) {
		metas, err = ss.shards.Mark(ctx, markers)
		return err
	})
	return metas, err
}

// foreignAtOnce bounds the shards of other lanes whose marks a checkpoint moves. With P lanes and V = 2P shards, to move all marks of all
// lanes at each checkpoint would take 2P² scripts; so it takes at most P × (2 + foreignAtOnce).
const foreignAtOnce = 8

// moveMarks moves marks of shards that had nothing to commit to the end of the last fully committed batch, and examines every head on
// the way: so the lane notices a loss in idle shards too. Own shards have their turn at each checkpoint, shards of other lanes one after
// another; all says every shard, because the lane ends. A mark that lags behind costs only a few more events after the next takeover,
// which the shards have seen.
func (ss *states) moveMarks(ctx context.Context, applied shard.Marks, all bool) error {
	due := ss.marksDue(all)
	markers := make([]shard.Marker, len(due))
	for i, st := range due {
		next := shard.Marks{}
		for _, p := range ss.partitions {
			next[p] = max(st.acked[p], applied[p])
		}
		markers[i] = shard.Marker{Shard: st.number, Acked: maps.Clone(st.acked), Next: next}
	}
	metas, err := ss.mark(ctx, markers)
	if err != nil {
		return err
	}
	for i, m := range metas {
		st := due[i]
		if err := ss.examine(st, m); err != nil {
			return err
		}
		st.counts = m.Counts
		switch {
		case st.loaded && st.token == m.Token:
		case st.own:
			if err := ss.refresh(ctx, st, m); err != nil {
				return err
			}
		default:
			st.forget()
		}
	}
	return nil
}

// marksDue are the shards whose marks a checkpoint moves.
func (ss *states) marksDue(all bool) []*state {
	if all {
		return ss.all
	}
	due := slices.Clone(ss.own)
	for range min(foreignAtOnce, len(ss.foreign)) {
		due = append(due, ss.foreign[ss.nextForeign])
		ss.nextForeign = (ss.nextForeign + 1) % len(ss.foreign)
	}
	return due
}
