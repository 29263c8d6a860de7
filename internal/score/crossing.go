package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/value"
)

const (
	// lookahead is how far one search for the next crossing looks while the windows still hold something, or up to twice that.
	lookahead = 32 * 24 * time.Hour
	// forever is how far it looks once nothing but silence can change: two centuries.
	forever = 200 * 365 * 24 * time.Hour
)

// horizon is the end of a search from an instant: the next of a customer's own, which come every 64 days. So the next review
// depends on what is known, and not on when it was looked for; and not all customers have theirs on one day.
func horizon(customer string, from event.Instant) event.Instant {
	const every = event.Instant(2 * lookahead / time.Millisecond)
	return after(from, event.Instant(hash(customer)%uint64(every)), every)
}

// after returns the first instant after another of those that come so often, one of them at phase.
func after(from, phase, every event.Instant) event.Instant {
	return from + every - ((from-phase)%every+every)%every
}

// NextCrossing returns the first instant after from at which silence alone changes a label of p: p's tier or churn level, or
// opens or closes the window for a second order, as Review would see it. False means never (within two centuries). It depends on
// the profile and the model only, never on when it is asked. from is at least p.AsOf.
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
// silence (recency, predicted value, risk; value.Scorecard.Check and churn.Lines see to it), and so are the labels: the tier
// only falls, the level only rises. One look at the far end proves that nothing is crossed, or that a search will find where.
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
		if at, crossed := e.within(p, &facts, t, hi); crossed {
			return at, true
		}
		switch {
		case end == event.Never:
			return event.Never, false
		case end > limit:
			return limit, false
		}
		t, facts = end, next
		if e.crossed(p, &facts, t) {
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
	u := e.feels.until(facts)
	// What is forgotten besides must not make a search that has an end look as if it had none.
	for u < turn && (u <= limit || e.feels.quiet(facts)) {
		next := p.History.Facts(u, e.calendar)
		if !e.feels.same(facts, &next) {
			return u, next
		}
		u = e.feels.until(&next)
	}
	if turn <= limit {
		return turn, p.History.Facts(turn, e.calendar)
	}
	return min(turn, u), history.Facts{}
}

// turn is the first instant after t at which silence does what the monotone labels do not show: the lapse and the end of a
// level's minimum stay, where the level may turn back, and the window for a second order. Never where there is none.
func (e *Engine) turn(p *Profile, facts *history.Facts, t event.Instant) event.Instant {
	turn := event.Never
	if facts.PurchaseDays == 0 {
		return turn
	}
	if lapse := e.silentFor(facts.LastDay, e.model.Churn.Lapse); lapse > t {
		turn = lapse
	}
	if window := e.model.Churn.SecondOrder; window > 0 && facts.PurchaseDays == 1 && !p.Second.Closed {
		if opens := e.silentFor(facts.LastDay, window); opens > t {
			turn = min(turn, opens)
		}
	}
	if stay := p.Episode.Since.Add(e.model.Churn.MinStay); p.Episode.Level > 0 && stay > t {
		turn = min(turn, stay)
	}
	return turn
}

// silentFor is the instant from which somebody who bought last on a day has been silent for so many whole days.
func (e *Engine) silentFor(last event.Day, silence time.Duration) event.Instant {
	return e.calendar.Start(last + event.Day(silence/(24*time.Hour)))
}

// crossed reports whether p's labels at an instant with these facts are others than p's.
func (e *Engine) crossed(p *Profile, facts *history.Facts, at event.Instant) bool {
	v := e.evaluateFacts(facts, at)
	tier, level := e.labels(&v, p.Standing, p.Episode)
	return tier != p.Standing.Tier || level != p.Episode.Level || e.secondTurns(p.Second, &v) || e.returned(p, &v)
}

// within returns the first crossing in (lo, hi], a monotone stretch whose labels at lo are p's.
func (e *Engine) within(p *Profile, facts *history.Facts, lo, hi event.Instant) (event.Instant, bool) {
	if facts.PurchaseDays == 0 || lo >= hi {
		return 0, false
	}
	first, crossed := event.Never, false
	if e.levelCrossed(p, facts, hi) {
		first, crossed = e.searchLevel(p, facts, lo, hi), true
	}
	if until := min(hi, first); e.mayFall(p, facts, until) {
		if fall := e.fall(p, facts, until); fall.crossed {
			first, crossed = e.searchFall(p, facts, lo, until, fall), true
		}
	}
	return first, crossed
}

// levelCrossed reports whether p's churn level at an instant with these facts is another than p's.
func (e *Engine) levelCrossed(p *Profile, facts *history.Facts, at event.Instant) bool {
	if p.Episode.Level == 0 && !e.model.Churn.Counts(facts.PurchaseDays, facts.Spend) {
		return false // most customers, and no risk needs to be known
	}
	pattern := e.Pattern(facts, at)
	signs, _ := e.signs(facts, pattern)
	return e.model.Churn.Next(p.Episode.Level, p.Episode.Since, signs, at) != p.Episode.Level
}

// searchLevel bisects on the churn level alone: that costs little.
func (e *Engine) searchLevel(p *Profile, facts *history.Facts, lo, hi event.Instant) event.Instant {
	for hi-lo > 1 {
		mid := lo + (hi-lo)/2
		if e.levelCrossed(p, facts, mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// mayFall reports whether p's tier could fall by an instant of the stretch: whether it would if nothing were expected of the
// customer any more. It spares the predicted value, which is most of what a score costs.
func (e *Engine) mayFall(p *Profile, facts *history.Facts, at event.Instant) bool {
	pattern := e.Pattern(facts, at)
	raw := e.raw(facts, pattern.Age-pattern.Last, 0)
	reading := e.model.Scorecard.Read(&raw)
	points, _ := e.model.Scorecard.Score(&reading)
	return e.model.Tiers.Next(p.Standing.Tier, p.Standing.Since, points, at) != p.Standing.Tier
}

// look is what a search for a fall sees at one instant.
type look struct {
	at      event.Instant
	crossed bool
	// above is how far the score lies above the line that it must pass, in hundredths, unrounded.
	above float64
}

func (e *Engine) fall(p *Profile, facts *history.Facts, at event.Instant) look {
	pattern := e.Pattern(facts, at)
	raw := e.raw(facts, pattern.Age-pattern.Last, e.model.Value.Current(pattern))
	reading := e.model.Scorecard.Read(&raw)
	exact, _ := e.model.Scorecard.Exact(&reading)
	tier := e.model.Tiers.Next(p.Standing.Tier, p.Standing.Since, value.Round(exact), at)
	line := e.model.Tiers.Line(p.Standing.Tier) - e.model.Tiers.Margin
	return look{at, tier != p.Standing.Tier, exact - float64(line) + .5}
}

// searchFall returns the first instant in (lo, hi.at] at which the tier has fallen, given that it has at hi and not at lo. The
// score is smooth, so it steps by secants: a guess, then one as far beyond it as the guess was wrong, which closes the
// bracket. Where that does not halve the bracket it bisects.
func (e *Engine) searchFall(p *Profile, facts *history.Facts, from, until event.Instant, hi look) event.Instant {
	if stay := p.Standing.Since.Add(e.model.Tiers.MinStay); stay > from && stay <= until {
		if e.fall(p, facts, stay).crossed {
			return stay
		}
		from = stay
	}
	lo := e.fall(p, facts, from)
	narrow := func(at event.Instant) {
		if at > lo.at && at < hi.at {
			if l := e.fall(p, facts, at); l.crossed {
				hi = l
			} else {
				lo = l
			}
		}
	}
	for hi.at-lo.at > 1 {
		width := hi.at - lo.at
		slope := (lo.above - hi.above) / float64(width)
		guess := lo.at + event.Instant(lo.above/slope)
		narrow(guess)
		if lo.at == guess {
			narrow(guess + 1 + event.Instant(2*max(lo.above, 0)/slope))
		}
		if hi.at == guess {
			narrow(guess - 1 - event.Instant(2*max(-hi.above, 0)/slope))
		}
		if hi.at-lo.at > width/2 {
			narrow(lo.at + (hi.at-lo.at)/2)
		}
	}
	return hi.at
}
