package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"tidemark/internal/shard"
)

// takeOver claims the own shards, sees to it that every shard has a mark for each of the lane's partitions, publishes
// what the own outboxes hold, and finds where to resume: at the lowest mark over all shards, never above the group's
// committed offset.
func (l *Lane) takeOver(ctx context.Context) error {
	l.reset()
	todo := make([]int, l.cfg.Layout.Shards)
	for n := range todo {
		todo[n] = n
	}
	var bounds map[shard.Partition]bound
	for first := true; len(todo) > 0; first = false {
		if !first {
			if err := l.pauseBetweenTries(ctx, 0); err != nil {
				return err
			}
		}
		var audits []shard.Audit
		err := l.retry(ctx, "audit", func() (err error) {
			audits, err = l.cfg.Store.Audit(ctx, todo)
			return err
		})
		if err != nil {
			return err
		}
		// After the marks, so that no mark is above the end for having been read later.
		if bounds, err = l.bounds(ctx); err != nil {
			return err
		}
		if first {
			l.reportIfAllGone(audits)
		}
		if todo, err = l.claim(ctx, todo, audits, bounds, first); err != nil {
			return err
		}
	}
	for _, s := range l.states {
		if !s.own {
			s.forget()
			continue
		}
		if err := l.publishLeftovers(ctx, s); err != nil {
			return err
		}
	}
	for _, p := range l.partitions {
		l.position[p] = l.lowest(p)
		if l.told[p] > bounds[p].end {
			delete(l.told, p) // an offset of another log: it says nothing of this one
		}
		if told, ok := l.told[p]; ok {
			l.position[p] = max(min(l.position[p], told), bounds[p].first)
		}
	}
	l.shown = maps.Clone(l.position)
	return l.tellStart(ctx)
}

// tellStart commits offsets before anything is read: where there are none, so that lost state is told from a fresh start
// from now on, and where writes were lost, so that the group's offset is back at the lowest mark. What a crash then leaves
// unprojected is delivered again.
func (l *Lane) tellStart(ctx context.Context) error {
	offsets := map[shard.Partition]int64{}
	for _, p := range l.partitions {
		if told, ok := l.told[p]; !ok || told > l.position[p] {
			offsets[p] = l.position[p]
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	err := l.retry(ctx, "offsets", func() error { return l.cfg.Source.CommitOffsets(ctx, offsets) })
	maps.Copy(l.told, offsets)
	return err
}

// reset forgets everything but which customers are still to be projected.
func (l *Lane) reset() {
	l.states, l.outputs, l.spoken = nil, nil, nil
	l.position = map[shard.Partition]int64{}
	if l.dirty == nil {
		l.dirty = map[int]map[string]struct{}{}
	}
	for _, w := range l.showing.left {
		for _, customer := range w.customers {
			l.touch(w.shard, customer)
		}
	}
	l.showing = showing{}
	l.rolling, l.settled, l.turn, l.until, l.reviewed = rolling{}, false, 0, unknown, unknown
	for n := range l.cfg.Layout.Shards {
		l.states = append(l.states, newState(n, n%l.cfg.Partitions == l.cfg.Index))
	}
}

// claim leaves a token of ours on own shards, and on every shard the marks that it lacks. Those of others' shards are set
// beside their tokens, which disturbs nobody. It returns the shards that another got in the way of, and, where their owners
// are to be given the time to create them, those of others that do not exist.
func (l *Lane) claim(
	ctx context.Context, numbers []int, audits []shard.Audit, bounds map[shard.Partition]bound, leaveToOwners bool,
) (again []int, err error) {
	var works []*work
	var markers []shard.Marker
	var damaged []int
	for i, n := range numbers {
		s, audit := l.states[n], audits[i]
		broken := s.own && !audit.Intact()
		if broken {
			audit.Meta = shard.Meta{}
			damaged = append(damaged, n)
		}
		fixed, err := l.fix(s, audit.Meta, bounds, broken)
		if err != nil {
			return nil, err
		}
		s.adopt(audit.Meta)
		exists := audit.Meta.Token != ""
		switch {
		case s.own || !exists && !leaveToOwners:
			p := &part{commit: shard.Commit{Shard: n, Marks: fixed}}
			works = append(works, &work{shard: s, parts: []*part{p}})
		case !exists:
			again = append(again, n)
		case len(fixed) > 0:
			markers = append(markers, shard.Marker{Shard: n, Acked: audit.Meta.Marks, Next: fixed})
		}
	}
	if err := l.dropDamaged(ctx, damaged); err != nil {
		return nil, err
	}
	conflicts, err := l.commit(ctx, works)
	if err != nil {
		return nil, err
	}
	for _, w := range conflicts {
		again = append(again, w.shard.number)
	}
	unmarked, err := l.markForeign(ctx, markers)
	return append(again, unmarked...), err
}

// fix returns the marks of the lane's partitions that a shard lacks, or that the log makes wrong, and notes all of them.
func (l *Lane) fix(s *state, m shard.Meta, bounds map[shard.Partition]bound, broken bool) (shard.Marks, error) {
	fixed := shard.Marks{}
	for _, p := range l.partitions {
		mark, ok := m.Marks[p]
		_, told := l.told[p]
		resume, err := l.resumeAt(s, p, bounds[p], mark, ok, told || broken)
		if err != nil {
			return nil, err
		}
		if !ok || resume != mark {
			fixed[p] = resume
		}
		s.acked[p] = resume
	}
	return fixed, nil
}

// markForeign sets marks on shards of others, and returns those on which they do not stand then.
func (l *Lane) markForeign(ctx context.Context, markers []shard.Marker) (again []int, err error) {
	if len(markers) == 0 {
		return nil, nil
	}
	metas, err := l.mark(ctx, markers)
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

// dropDamaged removes shards whose keys do not hold what their heads say. They are rebuilt from the log.
func (l *Lane) dropDamaged(ctx context.Context, numbers []int) error {
	if len(numbers) == 0 {
		return nil
	}
	for _, n := range numbers {
		l.metrics.rebuilds.Inc()
		l.cfg.Report(Notice{Kind: Rebuild, Shard: n, Err: errors.New("its keys do not hold what its head says")})
	}
	return l.retry(ctx, "drop", func() error { return l.cfg.Store.Drop(ctx, numbers) })
}

// reportIfAllGone says loudly that nothing is left although the group has committed offsets. Every shard is rebuilt.
func (l *Lane) reportIfAllGone(audits []shard.Audit) {
	for _, a := range audits {
		if a.Meta.Token != "" {
			return
		}
	}
	if len(l.told) == 0 {
		return
	}
	l.cfg.Report(Notice{Kind: AllGone, Err: fmt.Errorf("no shard is left of %d, but the group has committed offsets", len(audits))})
}
