package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/tier"
)

// KeepBy is what keeps a tier. The zero value is a tier that silence does not lower, or that no purchase keeps.
type KeepBy struct {
	// Day is the last that is over before silence alone lowers the tier, but not before the day of the transition.
	Day event.Day
	// Amount is the least purchase on that day with which the tier is kept beyond that instant; in minor units, whole major ones.
	Amount int64
}

// keepBy returns what keeps the tier of p, as of p.AsOf.
func (e *Engine) keepBy(p Profile) KeepBy {
	if p.Standing.Tier <= tier.Low {
		return KeepBy{}
	}
	p.Episode = Episode{} // no tier depends on it
	fall, standing, ok := e.nextFall(p)
	if !ok {
		return KeepBy{}
	}
	last := max(e.calendar.Day(fall)-1, e.calendar.Day(p.AsOf))
	then := max(e.calendar.Start(last), p.AsOf)
	keeps := func(major int64) bool {
		x := &event.Purchase{Head: event.Head{ID: "to keep the tier", OccurredAt: then}, Kind: event.Order, OrderID: "to keep the tier"}
		h, _ := p.History.Observe(x, history.Amounts{Amount: e.minor(float64(major))}, e.calendar)
		facts := h.Facts(fall, e.calendar)
		return e.model.Tiers.Next(standing.Tier, standing.Since, e.points(&facts, fall), fall) >= p.Standing.Tier
	}
	low, high := int64(0), int64(1) // of major units: not enough, perhaps enough
	for !keeps(high) {
		if low, high = high, 2*high; e.minor(float64(high)) > event.MaxMinor {
			return KeepBy{}
		}
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; keeps(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return KeepBy{Day: last, Amount: e.minor(float64(high))}
}

// points are those of a buyer with these facts.
func (e *Engine) points(facts *history.Facts, at event.Instant) Points {
	pattern := e.Pattern(facts, at)
	raw := e.raw(facts, pattern.Age-pattern.Last, e.model.Value.Current(pattern))
	reading := e.model.Scorecard.Read(&raw)
	points, _ := e.model.Scorecard.Score(&reading)
	return points
}

// nextFall returns the first instant after p.AsOf at which silence alone brings a tier below that of p, and the standing until
// then, which may have risen meanwhile; false where there is none. It is what Review would find, without the churn levels.
func (e *Engine) nextFall(p Profile) (event.Instant, Standing, bool) {
	least, at := p.Standing.Tier, p.AsOf
	facts := p.History.Facts(at, e.calendar)
	for facts.PurchaseDays > 0 {
		end, next := e.stretch(&p, &facts, at, event.Never-1)
		until := at.Add(forever)
		if end != event.Never {
			until = end - 1
		}
		last := look{}
		if at < until && e.mayFall(&p, &facts, until) {
			last = e.fall(&p, &facts, until)
		}
		switch {
		case last.crossed:
			at = e.searchFall(&p, &facts, at, until, last)
		case end == event.Never:
			return 0, Standing{}, false
		default:
			at, facts = end, next
		}
		if facts.PurchaseDays == 0 {
			break
		}
		switch to := e.model.Tiers.Next(p.Standing.Tier, p.Standing.Since, e.points(&facts, at), at); {
		case to < least:
			return at, p.Standing, true
		case to != p.Standing.Tier:
			p.Standing.Tier, p.Standing.Since = to, at
		}
	}
	return 0, Standing{}, false
}
