package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

const (
	// lookahead is how far one search for the next crossing looks while the windows still hold something.
	lookahead = 32 * 24 * time.Hour
	// forever is how far it looks once nothing but silence can change: two centuries.
	forever = 200 * 365 * 24 * time.Hour
)

// NextCrossing returns the first instant after from at which silence alone changes a label of p: p's tier or churn level,
// as Review would see it. False means never (within two centuries). It depends on the profile and the model only, never on
// when it is asked. from is at least p.AsOf.
func (e *Engine) NextCrossing(p Profile, from event.Instant) (event.Instant, bool) {
	for {
		at, crossed := e.crossing(&p, from, from.Add(lookahead))
		if crossed || at == event.Never {
			return at, crossed
		}
		from = at
	}
}

// crossing looks for the next crossing in (from, limit]. It returns its instant and true; or, where there is none, the
// instant up to which it has looked and false: limit, or event.Never when nothing can be crossed any more.
//
// The walk goes from one change of the facts to the next. Between two of them every time-varying term is monotone in
// silence (recency, predicted value, risk), and so are the labels: one evaluation at the far end
// proves that nothing is crossed, or that bisection will find where.
func (e *Engine) crossing(p *Profile, from, limit event.Instant) (event.Instant, bool) {
	facts := p.History.Facts(from, e.calendar)
	if facts.PurchaseDays == 0 && e.stillborn(p, from) {
		return event.Never, false
	}
	for t := from; ; {
		end, next := e.stretch(p, &facts, t, limit)
		hi := limit
		switch {
		case end == event.Never:
			hi = t.Add(forever)
		case end <= limit:
			hi = end - 1
		}
		if e.crossed(p, facts, hi) {
			return e.bisect(p, facts, t, hi), true
		}
		switch {
		case end == event.Never:
			return event.Never, false
		case end > limit:
			return limit, false
		}
		t, facts = end, next
		if e.crossed(p, facts, t) {
			return t, true
		}
	}
}

// stillborn reports whether no purchase of p is waiting for its own time: occurred_at may lie a little ahead of the record.
func (e *Engine) stillborn(p *Profile, from event.Instant) bool {
	later := p.History.Facts(from.Add(event.Tolerance), e.calendar)
	return later.PurchaseDays == 0
}

// stretch returns the end of the monotone stretch that begins at t with these facts (the first instant that no longer
// belongs to it, event.Never where it has no end), and the facts there where that is not after limit.
func (e *Engine) stretch(p *Profile, facts *history.Facts, t, limit event.Instant) (event.Instant, history.Facts) {
	turn := e.turn(p, facts, t)
	u := facts.Until
	for u <= limit && u < turn {
		next := p.History.Facts(u, e.calendar)
		if !same(facts, &next) {
			return u, next
		}
		u = next.Until
	}
	if turn <= limit {
		return turn, p.History.Facts(turn, e.calendar)
	}
	return min(turn, u), history.Facts{}
}

// turn is the first instant after t at which the churn level may turn back in silence: the lapse, and the end of a level's
// minimum stay. Never where there is none.
func (e *Engine) turn(p *Profile, facts *history.Facts, t event.Instant) event.Instant {
	turn := event.Never
	if facts.PurchaseDays == 0 {
		return turn
	}
	lapse := e.calendar.Start(facts.LastDay + event.Day(e.model.Churn.Lapse/(24*time.Hour)))
	if lapse > t {
		turn = lapse
	}
	if stay := p.Episode.Since.Add(e.model.Churn.MinStay); p.Episode.Level > 0 && stay > t {
		turn = min(turn, stay)
	}
	return turn
}

// crossed reports whether p's labels at an instant with these facts are others than p's.
func (e *Engine) crossed(p *Profile, facts history.Facts, at event.Instant) bool {
	v := e.evaluateFacts(facts, at)
	tier, level := e.labels(&v, p.Standing, p.Episode)
	return tier != p.Standing.Tier || level != p.Episode.Level
}

// bisect returns the first instant in (lo, hi] at which a label has changed, given that it has at hi and not at lo.
func (e *Engine) bisect(p *Profile, facts history.Facts, lo, hi event.Instant) event.Instant {
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		if e.crossed(p, facts, mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}
