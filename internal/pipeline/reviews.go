package pipeline

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

const (
	// reviewsAtOnce bounds the customers reviewed per shard and step, shardsAtOnce the shards: events are not starved.
	reviewsAtOnce, shardsAtOnce = 200, 16
	// reviewsInARow bounds the reviews of one customer in a step; what is left stays due.
	reviewsInARow = 64
)

// review runs reviews of the own shards that are due by W, each at its due time. It reports whether there may be more.
func (l *Lane) review(ctx context.Context) (bool, error) {
	w := l.until
	if w == unknown {
		return false, nil
	}
	own := l.ownShards()
	var works []*work
	var fired []event.Instant
	for range own {
		s := own[l.turn%len(own)]
		l.turn++
		if s.due > w {
			continue
		}
		due, err := l.dueBy(ctx, s, w)
		if err != nil {
			return false, err
		}
		if len(due) == 0 {
			continue
		}
		wk := &work{shard: s}
		for _, d := range due {
			wk.customers = append(wk.customers, d.Customer)
			fired = append(fired, d.At)
		}
		wk.plan = func() ([]*part, error) {
			return l.planCustomers(s, wk.customers, func(d *draft, customer string) error { return d.reviewUntil(customer, w) })
		}
		if works = append(works, wk); len(works) == shardsAtOnce {
			break
		}
	}
	if len(works) == 0 {
		return false, nil
	}
	if err := l.carrySilent(ctx, works); err != nil {
		return false, err
	}
	now := l.present()
	for _, at := range fired {
		l.metrics.reviews.Inc()
		l.metrics.reviewDelay.Observe(ageOf(at, now).Seconds())
	}
	l.pulse.beat()
	return true, nil
}

// dueBy asks the store for a shard's reviews due by w, and notes when the first one after them is.
func (l *Lane) dueBy(ctx context.Context, s *state, w event.Instant) ([]shard.Due, error) {
	var due []shard.Due
	err := l.retry(ctx, "due", func() (err error) {
		due, err = l.cfg.Store.Due(ctx, s.number, reviewsAtOnce)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, d := range due {
		if d.At > w {
			s.due = d.At
			return due[:i], nil
		}
	}
	s.due = event.Never
	if len(due) == reviewsAtOnce {
		s.due = due[len(due)-1].At
	}
	return due, nil
}

// reviewUntil reviews a customer at the due times up to w. A due time that the profile does not bear out is rewritten.
func (d *draft) reviewUntil(customer string, w event.Instant) error {
	engine := d.lane.engine
	k := d.profile(customer)
	if !k.exists {
		return fmt.Errorf("a review is due of a customer without a profile")
	}
	p := k.profile
	for range reviewsInARow {
		at := p.Due
		if at > w {
			break
		}
		var told []score.Transition
		p, told = engine.Review(p, at)
		p = engine.Schedule(p)
		if p.Due <= at {
			return fmt.Errorf("the review after the one at %s is scheduled for %s", at, p.Due)
		}
		if err := d.tell(&p, told); err != nil {
			return err
		}
	}
	d.put(customer, p, true)
	return nil
}

// planCustomers does something to each of some customers, in commits that are not too large.
func (l *Lane) planCustomers(s *state, customers []string, do func(d *draft, customer string) error) ([]*part, error) {
	d := l.newDraft(s, nil)
	for _, customer := range customers {
		if err := do(d, customer); err != nil {
			return nil, err
		}
	}
	if d.finish() <= l.cfg.CommitBytes || len(customers) == 1 {
		return []*part{d.part}, nil
	}
	half := len(customers) / 2
	parts, err := l.planCustomers(s, customers[:half], do)
	if err != nil {
		return nil, err
	}
	rest, err := l.planCustomers(s, customers[half:], do)
	return append(parts, rest...), err
}
