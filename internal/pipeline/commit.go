package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/shard"
)

// commit carries out the parts of works, one round after another, all shards of a round pipelined. It returns the works
// that another's commit got in the way of: those are to be loaded and planned again. If this generation is over, that
// other is its successor, and ctx has ended.
func (l *Lane) commit(ctx context.Context, works []*work) ([]*work, error) {
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
		conflicts, err := l.commitRound(ctx, owners, parts)
		if err != nil {
			return nil, err
		}
		for _, w := range conflicts {
			w.parts = nil
			again = append(again, w)
		}
	}
}

func (l *Lane) commitRound(ctx context.Context, owners []*work, parts []*part) ([]*work, error) {
	var conflicts []*work
	for i, p := range parts {
		s := owners[i].shard
		p.commit.Read, p.commit.Token, p.commit.Confirmed = s.token, l.cfg.NewToken(), s.confirmed
	}
	began := time.Now()
	err := l.retry(ctx, "commit", func() error {
		commits := make([]shard.Commit, len(parts))
		for i, p := range parts {
			commits[i] = p.commit
		}
		var unsure error
		var leftOwners []*work
		var left []*part
		for i, err := range l.cfg.Store.Commit(ctx, commits) {
			switch {
			case err == nil:
				l.note(owners[i], parts[i])
			case errors.Is(err, shard.ErrConflict):
				l.metrics.conflicts.Inc()
				owners[i].shard.forget()
				conflicts = append(conflicts, owners[i])
			default:
				// It may have been done: the same tokens are sent again.
				leftOwners, left = append(leftOwners, owners[i]), append(left, parts[i])
				unsure = errors.Join(unsure, fmt.Errorf("commit shard %d: %w", commits[i].Shard, err))
			}
		}
		owners, parts = leftOwners, left
		return unsure
	})
	l.metrics.commitSeconds.Observe(time.Since(began).Seconds())
	return conflicts, err
}

// note records that a part of w is committed, which leaves the rest.
func (l *Lane) note(w *work, p *part) {
	s := w.shard
	w.items = p.rest
	l.count(p.results)
	s.committed(p, l.cfg.CacheProfiles)
	for customer, k := range p.profiles {
		if k.stale {
			l.touch(s, customer)
		}
	}
	l.observe(l.metrics.committedSeconds, p.items)
	for _, o := range p.outputs {
		l.metrics.transitions.WithLabelValues(o.kind, o.cause, o.label()).Inc()
		if !o.muted {
			o.shard = s
			if len(l.outputs) == 0 {
				l.metrics.outbox.WithLabelValues(l.label()).Set(float64(time.Now().Unix()))
			}
			l.outputs = append(l.outputs, o)
		}
	}
}

// count counts what became of events.
func (l *Lane) count(results map[result]int) {
	for r, n := range results {
		l.metrics.events.WithLabelValues(string(r.topic), r.label).Add(float64(n))
	}
}
