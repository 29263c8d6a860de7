package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/shard"
)

// commit carries out the parts of works in rounds: a round has one part of each work, and all its shards are pipelined. commit returns
// the works that met a conflict, which are to be loaded and planned again. If the conflict came from a successor, then this generation
// is over, and ctx has ended.
func (s *session) commit(ctx context.Context, works []*work) ([]*work, error) {
	var again []*work
	for round := 0; ; round++ {
		var parts []*part
		var owners []*work
		for _, w := range works {
			if round < len(w.parts) {
				parts, owners = append(parts, w.parts[round]), append(owners, w)
			}
		}
		if len(parts) == 0 {
			return again, nil
		}
		conflicts, err := s.commitRound(ctx, owners, parts)
		if err != nil {
			return nil, err
		}
		for _, w := range conflicts {
			w.parts = nil
			again = append(again, w)
		}
	}
}

func (s *session) commitRound(ctx context.Context, owners []*work, parts []*part) ([]*work, error) {
	owners, parts, conflicts, err := s.prepare(ctx, owners, parts)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	err = s.retry(ctx, "commit", func() error {
		commits := make([]shard.Commit, len(parts))
		for i, p := range parts {
			commits[i] = p.commit
		}
		var unsure error
		var leftOwners []*work
		var left []*part
		for i, err := range s.states.shards.Commit(ctx, commits) {
			switch {
			case err == nil:
				s.note(owners[i], parts[i])
			case errors.Is(err, shard.ErrConflict):
				s.conflict(owners[i])
				conflicts = append(conflicts, owners[i])
			default:
				// The commit may have been done. The retry sends the same token: the store then answers that it is done.
				leftOwners, left = append(leftOwners, owners[i]), append(left, parts[i])
				unsure = errors.Join(unsure, fmt.Errorf("commit shard %d: %w", commits[i].Shard, err))
			}
		}
		owners, parts = leftOwners, left
		return unsure
	})
	s.metrics.commitSeconds.Observe(time.Since(began).Seconds())
	return conflicts, err
}

// prepare completes the commits of parts by what their shards hold now. It returns the parts that can be committed, their works, and the
// works that have met a conflict already.
func (s *session) prepare(ctx context.Context, owners []*work, parts []*part) (ready []*work, left []*part, conflicts []*work, err error) {
	for i, p := range parts {
		st := owners[i].state
		p.commit.Read, p.commit.Token, p.commit.Confirmed = st.token, s.cfg.NewToken(), st.outbox.removable
		err := s.blank(ctx, p)
		switch {
		case errors.Is(err, shard.ErrConflict):
			s.conflict(owners[i])
			conflicts = append(conflicts, owners[i])
		case err != nil:
			return nil, nil, nil, err
		default:
			ready, left = append(ready, owners[i]), append(left, p)
		}
	}
	return ready, left, conflicts, nil
}

// conflict counts a conflict, and forgets what the session knows of the shard.
func (s *session) conflict(w *work) {
	s.metrics.conflicts.Inc()
	w.state.forget()
}

// note records that a part of w is committed. The rest of the work is left.
func (s *session) note(w *work, p *part) {
	st := w.state
	w.items = p.rest
	s.count(p.results)
	s.lane.population.notice(p)
	s.metrics.forgotten.Add(float64(p.forgotten))
	s.metrics.beyondCaps.WithLabelValues(s.label()).Add(float64(p.beyondCaps))
	st.committed(p)
	s.withhold(st, p)
	for customer, k := range p.profiles {
		if k.stale {
			s.display.markDirty(st, customer)
		}
	}
	s.observe(s.metrics.committedSeconds, p.items)
	for _, a := range p.announcements {
		s.metrics.announced(a)
		if a.muted || !st.own {
			continue // the owner of the shard publishes
		}
		a.state = st
		if len(s.unpublished) == 0 {
			s.metrics.outbox.WithLabelValues(s.label()).Set(float64(time.Now().Unix()))
		}
		s.unpublished = append(s.unpublished, a)
	}
}

// count adds results to the metrics.
func (s *session) count(results map[result]int) {
	for r, n := range results {
		s.metrics.events.WithLabelValues(string(r.topic), r.label).Add(float64(n))
	}
}
