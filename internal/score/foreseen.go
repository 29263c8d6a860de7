package score

import "tidemark/internal/event"

// foreseen is what walks have found out of the tier in the silence at hand, so that the next walk need not look again: the search for the next crossing,
// the notice of a fall and what keeps a tier ask the same of one silence. It holds until an event or another model is counted in. An answer is the same
// with it and without, but for the time. Nothing in it is a pointer: what is stored into a profile through a walk would move the profile to the heap.
type foreseen struct {
	// tier and since are the standing of which it is known.
	tier  Tier
	since event.Instant
	// From the instant from to until, the tier stays as it is. If turns, it stays to just before until, and is another at until: to.
	from, until event.Instant
	turns       bool
	to          Tier
}

// foreseen is what is known of the tier in silence from w.at on.
func (w *walk) foreseen() *foreseen {
	f, s := &w.p.foreseen, &w.p.Standing
	if f.tier != s.Tier || f.since != s.Since || w.at < f.from || w.at > f.until+1 || f.turns && w.at > f.until {
		*f = foreseen{tier: s.Tier, since: s.Since, from: w.at, until: w.at - 1}
	}
	return f
}

// knows reports whether it is known what the tier is at an instant.
func (f *foreseen) knows(at event.Instant) bool { return at <= f.until }

// change is the change of the tier by an instant, if that is known.
func (f *foreseen) change(by event.Instant) (at event.Instant, to Tier, ok bool) {
	return f.until, f.to, f.turns && f.until <= by
}

// stays writes down that the tier is at an instant what it was until then.
func (f *foreseen) stays(at event.Instant) {
	if !f.turns {
		f.until = max(f.until, at)
	}
}

// leads writes down that the tier is another from an instant on.
func (f *foreseen) leads(at event.Instant, to Tier) { f.until, f.turns, f.to = at, true, to }

// recall is next where the walk looks at the tier alone and the rest of it is known already.
func (w *walk) recall() (found, known bool) {
	if w.labels != tierLabel {
		return false, false
	}
	f := w.foreseen()
	if at, to, ok := f.change(w.limit); ok {
		w.at, w.tier, w.facts, w.normal, w.seen = at, to, w.engine.factsAt(w.p, at), unknown, worthLook{}
		return true, true
	}
	if f.knows(w.limit) {
		w.at = w.limit
		return false, true
	}
	return false, false
}
