package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/shard"
)

// takeOver makes a session's beginning out of what the shards say:
//
//  1. It audits every shard, and drops own shards whose keys do not hold what their head says: they are rebuilt from the log.
//  2. It recognizes the logs: marks of a topic that was deleted and created again say nothing.
//  3. It reads what the lanes tell each other, and tells that it begins.
//  4. It commits a new token to every own shard, which stops an owner before this one: the token is a fencing token.
//  5. It gives every shard a mark for each of the lane's partitions.
//  6. It publishes what the own outboxes hold.
//  7. It resumes every partition at the lowest mark over all shards, never above the group's committed offset.
func (s *session) takeOver(ctx context.Context) error {
	todo := s.cfg.Layout.Numbers()
	if err := s.dropDamaged(ctx); err != nil {
		return err
	}
	var bounds map[shard.Partition]bound
	for first := true; len(todo) > 0; first = false {
		if !first {
			if err := s.pauseBetweenTries(ctx, 0); err != nil {
				return err
			}
		}
		var audits []shard.Audit
		err := s.retry(ctx, "audit", func() (err error) {
			audits, err = s.states.shards.Audit(ctx, todo)
			return err
		})
		if err != nil {
			return err
		}
		// The bounds are read after the marks: a mark that stands above the end of the log then proves a truncated log.
		if bounds, err = s.bounds(ctx); err != nil {
			return err
		}
		if first {
			s.reportIfAllGone(audits)
			if err := s.recognize(ctx, audits, bounds); err != nil {
				return err
			}
			if err := s.meet(ctx, noneExists(audits)); err != nil {
				return err
			}
		}
		s.pulse.beat()
		if todo, err = s.claim(ctx, todo, audits, bounds, first); err != nil {
			return err
		}
		s.pulse.beat()
	}
	if err := s.rememberOrigins(ctx); err != nil {
		return err
	}
	for _, st := range s.states.all {
		s.pulse.beat()
		if !st.own {
			st.forget()
			continue
		}
		if err := s.publishLeftovers(ctx, st); err != nil {
			return err
		}
	}
	if err := s.readHomes(ctx); err != nil {
		return err
	}
	s.resume(bounds)
	return s.commitFirstOffsets(ctx)
}

// resume sets the offsets to go on from.
func (s *session) resume(bounds map[shard.Partition]bound) {
	group := s.lane.groupOffsets
	for _, p := range s.partitions {
		s.applied[p] = lowest(s.states.all, p)
		if group[p] > bounds[p].end {
			delete(group, p) // an offset of another log: it says nothing of this one
		}
		if offset, ok := group[p]; ok {
			s.applied[p] = max(min(s.applied[p], offset), bounds[p].first)
		}
	}
	s.display.projectedUpTo = maps.Clone(s.applied)
}

// commitFirstOffsets commits offsets before anything is read. Where there were none, they tell lost state from a fresh start from now
// on. Where writes were lost, they take the group back to the lowest mark: what a crash leaves unprojected is then delivered again.
func (s *session) commitFirstOffsets(ctx context.Context) error {
	group, offsets := s.lane.groupOffsets, shard.Marks{}
	for _, p := range s.partitions {
		if offset, ok := group[p]; !ok || offset > s.applied[p] {
			offsets[p] = s.applied[p]
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	err := s.retry(ctx, "offsets", func() error { return s.source.CommitOffsets(ctx, offsets) })
	maps.Copy(group, offsets)
	return err
}

// claim leaves a new token on own shards, and on every shard the marks that it lacks. Marks of other lanes' shards are set
// without a new token, which disturbs no owner. claim returns the shards to try again: those where another owner got in the way,
// and, while leaveToOwners gives their owners time to create them, the shards of others that do not exist.
func (s *session) claim(
	ctx context.Context, numbers []int, audits []shard.Audit, bounds map[shard.Partition]bound, leaveToOwners bool,
) (again []int, err error) {
	var works []*work
	var markers []shard.Marker
	for i, n := range numbers {
		st, audit := s.states.all[n], audits[i]
		if s.states.moved(audit.Meta) {
			return nil, fmt.Errorf("shard %d: %w %d", n, ErrMoved, audit.Meta.Moved)
		}
		broken := st.own && !audit.Intact()
		if broken {
			s.damage.found[n] = differs(audit)
			audit.Meta = shard.Meta{}
		}
		fixed, rewind, err := s.fix(st, audit.Meta, bounds, broken)
		if err != nil {
			return nil, err
		}
		st.adopt(audit.Meta)
		exists := audit.Meta.Token != ""
		switch {
		case st.own || !exists && !leaveToOwners:
			p := &part{commit: shard.Commit{Shard: n, Marks: fixed, Rewind: rewind}}
			works = append(works, &work{state: st, parts: []*part{p}})
		case !exists:
			again = append(again, n)
		case len(fixed) > 0:
			markers = append(markers, shard.Marker{Shard: n, Acked: audit.Meta.Marks, Next: fixed})
		}
	}
	if err := s.dropDamaged(ctx); err != nil {
		return nil, err
	}
	conflicts, err := s.commit(ctx, works)
	if err != nil {
		return nil, err
	}
	for _, w := range conflicts {
		again = append(again, w.state.number)
	}
	unmarked, err := s.markForeign(ctx, markers)
	return append(again, unmarked...), err
}

// fix returns the marks of the lane's partitions that a shard lacks, or that the log proves wrong. The state knows all marks then. rewind
// says that the commit sets these marks as they are: a mark of another log says nothing of this log, and a mark beyond the end of a
// truncated log must go back. Without rewind the commit only raises marks: another lane of the same partitions may have raised a mark
// since the audit.
func (s *session) fix(st *state, m shard.Meta, bounds map[shard.Partition]bound, broken bool) (fixed shard.Marks, rewind bool, err error) {
	fixed = shard.Marks{}
	for _, p := range s.partitions {
		mark, ok := m.Marks[p]
		_, inGroup := s.lane.groupOffsets[p]
		resume := bounds[p].first
		if !s.logs.recreated[p] {
			if resume, err = s.resumeAt(st, p, bounds[p], mark, ok, inGroup || broken); err != nil {
				return nil, false, err
			}
		}
		if !ok || resume != mark {
			fixed[p] = resume
			rewind = rewind || s.logs.recreated[p] || resume < mark
		}
		st.acked[p] = resume
	}
	return fixed, rewind, nil
}

// markForeign sets marks on shards of other lanes. It returns the shards on which the marks do not stand afterwards.
func (s *session) markForeign(ctx context.Context, markers []shard.Marker) (again []int, err error) {
	if len(markers) == 0 {
		return nil, nil
	}
	metas, err := s.states.mark(ctx, markers)
	if err != nil {
		return nil, err
	}
	for i, m := range markers {
		for p, next := range m.Next {
			if there, ok := metas[i].Marks[p]; !ok || there != next {
				again = append(again, m.Shard)
				break
			}
		}
	}
	return again, nil
}

// noneExists reports whether no shard exists.
func noneExists(audits []shard.Audit) bool {
	return !slices.ContainsFunc(audits, func(a shard.Audit) bool { return a.Meta.Token != "" })
}

// reportIfAllGone reports when no shard is left although the group has committed offsets. Every shard is then rebuilt.
func (s *session) reportIfAllGone(audits []shard.Audit) {
	if !noneExists(audits) || len(s.lane.groupOffsets) == 0 {
		return
	}
	s.cfg.Report(Notice{Kind: AllGone, Err: fmt.Errorf("no shard is left of %d, but the group has committed offsets", len(audits))})
}
