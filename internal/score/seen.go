package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
)

// seen are the facts of the last evaluation of a profile, so that the next look within a batch need not derive them again: that costs as
// many steps as the history has orders, and an id of all guests has thousands. Nobody modifies them.
type seen struct {
	// by is the engine that has derived the facts: engines of other models or calendars look at other facts.
	by    *Engine
	facts history.Facts
	// The facts hold at the instants in [from, until), as far as a label depends on facts.
	from, until event.Instant
}

// seenFrom is the number of orders over life from which facts are kept. Facts of fewer orders are derived faster than memory for them is
// found.
const seenFrom = 128

// see keeps the facts of an evaluation of p by e, of a customer with many orders.
func (e *Engine) see(p *Profile, v *evaluation) {
	if p.seen = nil; v.facts.Orders < seenFrom {
		return
	}
	p.seen = &seen{by: e, facts: v.facts, from: v.at, until: e.feels.until(&v.facts)}
}

// factsAt returns the facts of p at an instant, as far as labels depend on facts.
func (e *Engine) factsAt(p *Profile, at event.Instant) history.Facts {
	if s := p.seen; s != nil && s.by == e && s.from <= at && at < s.until {
		return s.facts
	}
	return e.Facts(p.Whole(), at)
}

// overlook drops what was seen of p where x, an event that bears on no label, may change the instant up to which the facts hold.
// Interactions do not: they enter facts that such an engine does not look at.
func (p *Profile) overlook(x event.Event) {
	if _, ok := x.(*event.Interaction); !ok {
		p.seen = nil
	}
}
