package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

// mostUsual is how many usual orders a purchase may be worth to make sense as advice.
const mostUsual = 3

// WhatIf says which purchase keeps the customer's tier, and which one reaches the next. Amounts are in minor units of the base currency, whole
// numbers of major units, at most three usual orders.
type WhatIf struct {
	// Tier is the tier that the customer has. Falls is the instant at which silence alone lowers it; event.Never where it does not.
	Tier  Tier
	Falls event.Instant
	// Usual is the customer's usual order; see KeepBy.
	Usual int64
	// KeepBy is the last day that ends before the tier falls, Keep a purchase on it that keeps the tier beyond; 0 where no single purchase of a
	// sensible size does. Least is the least such purchase, Any says that any order is enough.
	KeepBy      event.Day
	Keep, Least int64
	Any         bool
	// Next is the next tier up; tier.None in the highest. Reach is the least purchase now that reaches it; 0 where no single purchase of a
	// sensible size does.
	Next  Tier
	Reach int64
}

// WhatIf looks at p at an instant, p.AsOf or later. It is nil for who has no tier.
func (e *Engine) WhatIf(p Profile, at event.Instant) *WhatIf {
	p.AsOf = max(at, p.AsOf)
	e.remember(&p)
	v := e.evaluate(&p, p.AsOf)
	return e.whatIf(&p, &v)
}

// whatIf is WhatIf for a caller who has evaluated p as of p.AsOf.
func (e *Engine) whatIf(p *Profile, v *evaluation) *WhatIf {
	if !v.buyer() || p.Standing.Tier == tier.None || p.Away() {
		return nil
	}
	w := &WhatIf{Tier: p.Standing.Tier, Falls: event.Never, Usual: e.usualOrder(&v.facts)}
	if fall, standing, ok := e.nextFall(*p); ok && p.Standing.Tier > tier.Low {
		w.Falls, w.KeepBy = fall, max(e.calendar.Day(fall)-1, e.calendar.Day(p.AsOf))
		if k := e.keepUntil(p, fall, standing); k.Amount > 0 && k.Advised() <= mostUsual*k.Usual {
			w.Keep, w.Least, w.Any = k.Advised(), k.Amount, k.Any
		}
	}
	if p.Standing.Tier < tier.High {
		w.Next, w.Reach = p.Standing.Tier+1, e.reach(p, p.Standing.Tier+1, w.Usual)
	}
	return w
}

// reach returns the least purchase at p.AsOf that leads to a tier, in minor units; 0 where none of up to three usual orders does. The score
// rises with the amount.
func (e *Engine) reach(p *Profile, to Tier, usual int64) int64 {
	reaches := func(major int64) bool { return e.tierWith(p, p.Standing, major, p.AsOf, p.AsOf) >= to }
	high := int64(math.Floor(e.major(mostUsual * usual)))
	if high < 1 || !reaches(high) {
		return 0
	}
	return e.minor(float64(leastEnough(0, high, reaches)))
}
