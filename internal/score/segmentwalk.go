package score

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score/segment"
)

// placed are the tests that hold at the start of a stretch of a walk, given those with a margin that p remembers.
type placed struct {
	known bool
	now   segment.States
}

// sight is p as rules see it at an instant of the stretch.
func (w *walk) sight(at event.Instant) sight {
	e, p := w.engine, w.p
	s := sight{facts: &w.facts, tier: p.Standing.Tier, level: p.Episode.Level, whole: p.Whole()}
	if w.facts.PurchaseDays > 0 {
		s.pattern = e.pattern(p, &w.facts, at)
		if e.rules.score {
			look := w.worthAt(at)
			s.points = look.round()
		}
	}
	return s
}

// start returns the tests that hold at w.at.
func (w *walk) start() *segment.States {
	if !w.placed.known {
		s := w.sight(w.at)
		held := w.engine.recall(w.p.Segments)
		w.placed = placed{true, w.engine.states(&s, &held)}
	}
	return &w.placed.now
}

// segmentsTurn reports whether p is in other segments at w.at than p remembers, or other tests with a margin hold.
func (w *walk) segmentsTurn() bool { return w.places(w.start()) }

// places reports whether p is in other segments than it remembers where these tests hold, or whether other tests with a margin hold than it
// remembers: they must be remembered even if they change no segment, for what follows depends on them.
func (w *walk) places(now *segment.States) bool {
	e := w.engine
	s := sight{facts: &w.facts}
	in, others := e.member(w.p.Segments)
	return others || e.rules.inside(&s, now) != in || !slices.Equal(e.rules.keys(now), w.p.Segments.held())
}

// segmentsWithin returns the first instant in (w.at, until], all of it one stretch, at which p enters or leaves a segment, or at which a test with
// a margin changes. Within a stretch each test changes at most once. So only those matter that differ at the two ends; where they change is
// searched for, and the rules are evaluated at each of these instants.
//
//	recency_days >= 30   ─────┐▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔
//	recency_days < 60    ▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔┐─────────
//	                     w.at   enters    leaves   until
func (w *walk) segmentsWithin(until event.Instant) (event.Instant, bool) {
	e := w.engine
	from := *w.start()
	end := w.sight(until)
	then := e.states(&end, &from)
	open := from.Xor(&then)
	if !open.Any() {
		return 0, false
	}
	matters := e.rules.matters(&from, &open)
	type flip struct {
		at   event.Instant
		test int
	}
	var flips []flip
	matters.Each(func(i int) { flips = append(flips, flip{w.searchTest(i, &from, until), i}) })
	slices.SortFunc(flips, func(a, b flip) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.test, b.test)) })
	now := from
	for i, f := range flips {
		now.Set(f.test, then.Has(f.test))
		if i+1 < len(flips) && flips[i+1].at == f.at {
			continue
		}
		if w.places(&now) {
			return f.at, true
		}
	}
	return 0, false
}

// matters are those of the open tests that may change a segment, or that have a margin.
func (r *rules) matters(now, open *segment.States) (some segment.States) {
	for i := range r.book.Segments {
		if _, sure := r.book.Sure(i, now, open); !sure {
			of := r.book.Of(i)
			for word := range some {
				some[word] |= of[word]
			}
		}
	}
	for word := range some {
		some[word] = (some[word] | r.remembered[word]) & open[word]
	}
	return some
}

// searchTest looks for the first instant in (w.at, until] at which a test differs from what it is at w.at, given that it does at until.
func (w *walk) searchTest(i int, from *segment.States, until event.Instant) event.Instant {
	e, t, held := w.engine, &w.engine.rules.tests[i], from.Has(i)
	line, sign := t.Line(held), 1.0
	if (t.Op == segment.Above || t.Op == segment.AtLeast) != held {
		sign = -1 // the number has to rise
	}
	look := func(at event.Instant) point {
		s := w.sight(at)
		x, word, known := e.read(t, &s)
		return point{at, t.holds(x, word, known, held) != held, sign * (x - line)}
	}
	return firstCrossed(look(w.at), look(until), t.smooth && t.OfNumbers(), look)
}
