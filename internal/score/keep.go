package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/tier"
)

// KeepBy is what keeps a tier. The zero value says that silence does not lower the tier, or that no purchase keeps it.
type KeepBy struct {
	// Day is the last day that ends before silence alone lowers the tier, but not a day before the transition's own.
	Day event.Day
	// Amount is the least purchase on Day that keeps the tier beyond the instant of the fall, Usual the customer's usual order. Both are in
	// minor units of the base currency, whole numbers of major units.
	Amount, Usual int64
	// Any says that any order keeps the tier: one major unit is enough.
	Any bool
}

// Advised is the least purchase that makes sense as advice: one that keeps the tier, and not less than the customer's usual order. To ask
// somebody who spends 40 dollars for an order of one dollar is no advice.
func (k KeepBy) Advised() int64 { return max(k.Amount, k.Usual) }

// keepBy returns what keeps the tier of p, as of p.AsOf.
func (e *Engine) keepBy(p Profile) KeepBy {
	if p.Standing.Tier <= tier.Low {
		return KeepBy{}
	}
	fall, standing, ok := e.nextFall(p)
	if !ok {
		return KeepBy{}
	}
	return e.keepUntil(&p, fall, standing)
}

// keepUntil returns what keeps the tier of p beyond an instant at which silence alone would lower it, as of p.AsOf. standing is p's just before that
// instant.
func (e *Engine) keepUntil(p *Profile, fall event.Instant, standing Standing) KeepBy {
	last := max(e.calendar.Day(fall)-1, e.calendar.Day(p.AsOf))
	then := max(e.calendar.Start(last), p.AsOf)
	keeps := func(major int64) bool { return e.tierWith(p, standing, major, then, fall) >= p.Standing.Tier }
	low, high := int64(0), int64(1) // of major units: not enough, perhaps enough
	for !keeps(high) {
		if low, high = high, 2*high; e.minor(float64(high)) > event.MaxMinor {
			return KeepBy{}
		}
	}
	high = leastEnough(low, high, keeps)
	facts := p.Whole().Facts(p.AsOf, e.calendar)
	return KeepBy{Day: last, Amount: e.minor(float64(high)), Usual: e.usualOrder(&facts), Any: high == 1}
}

// tierWith is the tier that a standing of p leads to at an instant, if p bought for so many major units at another instant, not a later one.
func (e *Engine) tierWith(p *Profile, s Standing, major int64, bought, at event.Instant) Tier {
	const id = "an order that is only asked about"
	x := &event.Purchase{Head: event.Head{ID: id, OccurredAt: bought}, Kind: event.Order, OrderID: id}
	h, _ := p.Whole().Observe(x, history.Amounts{Amount: e.minor(float64(major))}, e.calendar)
	facts := e.Facts(&h, at)
	return e.tier(p, s, &facts, at)
}

// leastEnough returns the least number in (low, high] that is enough, given that high is and low is not.
func leastEnough(low, high int64, enough func(int64) bool) int64 {
	for high-low > 1 {
		if mid := low + (high-low)/2; enough(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// usualOrder is the mean of the orders of the trailing 365 days, net of refunds; over life where these days have none; the last order, before
// refunds, where refunds leave nothing. In minor units of the base currency, rounded to whole major units.
func (e *Engine) usualOrder(f *history.Facts) int64 {
	spend, orders := f.Spend365, f.Orders365
	if orders == 0 {
		spend, orders = f.Spend, f.Orders
	}
	if orders == 0 || spend <= 0 {
		spend, orders = f.LastOrderAmount, 1
	}
	return e.minor(math.RoundToEven(e.major(spend) / float64(orders)))
}

// nextFall returns the first instant after p.AsOf at which silence alone brings p's tier below the tier that p has now, and p's
// standing just before that instant, for the tier may rise first. False where there is no such instant. nextFall finds what Review
// would find, without the churn levels.
func (e *Engine) nextFall(p Profile) (event.Instant, Standing, bool) {
	least := p.Standing.Tier
	w := e.walk(&p, p.AsOf, event.Never-1, tierLabel)
	for w.next() && w.facts.PurchaseDays > 0 {
		if w.tier < least {
			return w.at, p.Standing, true
		}
		p.Standing.Tier, p.Standing.Since = w.tier, w.at
	}
	return 0, Standing{}, false
}
