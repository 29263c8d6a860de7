package pipeline

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

const (
	// reviewsAtOnce bounds the customers of a shard that one step reviews, shardsAtOnce the shards, so that events are not
	// starved.
	reviewsAtOnce, shardsAtOnce = 200, 16
	// reviewsInARow bounds the reviews of one customer in one step. Further ones stay due.
	reviewsInARow = 64
)

// review runs the reviews of own shards that are due by the instant until which silence is confirmed, each at its due time. It reports whether there may be more.
func (s *session) review(ctx context.Context) (bool, error) {
	if s.watermark == unknown {
		return false, nil
	}
	own := s.states.own
	var works []*work
	var fired []event.Instant
	for range own {
		st := own[s.nextReviewed%len(own)]
		s.nextReviewed++
		w := s.silentUntil(st)
		if st.due > w {
			continue
		}
		due, err := s.dueBy(ctx, st, w)
		if err != nil {
			return false, err
		}
		if len(due) == 0 {
			continue
		}
		wk := &work{state: st}
		for _, d := range due {
			wk.customers = append(wk.customers, d.Customer)
			fired = append(fired, d.At)
		}
		wk.plan = func() ([]*part, error) {
			return s.planCustomers(st, wk.customers, func(d *draft, customer string) error { return d.reviewUntil(customer, w) })
		}
		if works = append(works, wk); len(works) == shardsAtOnce {
			break
		}
	}
	if len(works) == 0 {
		return false, nil
	}
	if err := s.completeSilent(ctx, works); err != nil {
		return false, err
	}
	now := s.present()
	for _, at := range fired {
		s.metrics.reviews.Inc()
		s.metrics.reviewDelay.Observe(ageOf(at, now).Seconds())
	}
	s.pulse.beat()
	return true, nil
}

// allSilentUntil is the instant up to which the silence of all own customers is confirmed.
func (s *session) allSilentUntil() event.Instant {
	w := s.watermark
	for _, st := range s.states.own {
		w = min(w, s.silentUntil(st))
	}
	return w
}

// dueBy asks the store for a shard's reviews that are due by w, and notes when the first review after w is due.
func (s *session) dueBy(ctx context.Context, st *state, w event.Instant) ([]shard.Due, error) {
	var due []shard.Due
	err := s.retry(ctx, "due", func() (err error) {
		due, err = s.queues.Due(ctx, st.number, reviewsAtOnce)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, d := range due {
		if d.At > w {
			st.due = d.At
			return due[:i], nil
		}
	}
	st.due = event.Never
	if len(due) == reviewsAtOnce {
		st.due = due[len(due)-1].At
	}
	return due, nil
}

// reviewUntil reviews a customer at the due times up to w. A due time in the shard that does not match the profile is rewritten.
func (d *draft) reviewUntil(customer string, w event.Instant) error {
	engine := d.session.engine
	k := d.profile(customer)
	if !k.exists && k.profile.Erased != 0 { // another lane has erased the customer since the due time was read
		d.forget(customer, k.profile)
		return nil
	}
	if !k.exists {
		return fmt.Errorf("a review is due of a customer without a profile")
	}
	p := k.profile
	for range reviewsInARow {
		at := p.Due
		if at > w {
			break
		}
		var transitions []score.Transition
		if p, transitions = engine.Review(p, at); p.Unknown() {
			d.forget(customer, p)
			return nil
		}
		p = engine.Schedule(p)
		if p.Due <= at {
			return fmt.Errorf("the review after the one at %s is scheduled for %s", at, p.Due)
		}
		if err := d.announce(&p, transitions, nil); err != nil {
			return err
		}
	}
	d.put(customer, p, true)
	return nil
}

// completeSilent completes works that have no event behind them, and shows at once the customers of whom they announce something. If
// the lane dies, no event comes again that would bring these views up to date.
func (s *session) completeSilent(ctx context.Context, works []*work) error {
	if err := s.complete(ctx, works); err != nil {
		return err
	}
	if err := s.display.showAtOnce(ctx, s.announced); err != nil {
		return err
	}
	s.release()
	s.states.trim()
	return nil
}
