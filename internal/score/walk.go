package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// forever is how far a walk looks into a stretch that has no end: two centuries.
const forever = 200 * 365 * 24 * time.Hour

// labels is a set of the labels that silence may change.
type labels uint8

const (
	tierLabel labels = 1 << iota
	levelLabel
	// windowLabel is the window for a second order, and the memory of a lapse.
	windowLabel
	// shopLabel is Profile.Shop. No transition tells of it.
	shopLabel
	// dropLabel is the drop of the value; see Drop.
	dropLabel
	// segmentLabel are the segments, and the tests with a margin. No transition tells of a test.
	segmentLabel

	allLabels = tierLabel | levelLabel | windowLabel | shopLabel | dropLabel | segmentLabel
)

// walk goes through a customer's silence from one change of a label to the next.
//
//	     facts change       facts change   lapse, stay, window
//	at        │                  │                │
//	├─────────┼──────────────────┼────────────────┼──> time
//	  stretch       stretch           stretch
//
// Within a stretch every time-varying term is monotone in silence (recency, predicted value, risk; value.Scorecard.Check and
// churn.Lines see to it). So the tier can only fall and the level can only rise. One look at the end of a stretch proves that no
// label changes within it, or that a search will find the change.
//
// p holds the labels before the next change. A caller who goes on after a change writes the new label to p first.
type walk struct {
	engine *Engine
	p      *Profile
	// labels are the labels that the walk looks at.
	labels labels
	// limit is the last instant that the walk looks at.
	limit event.Instant
	// at is the instant that the walk has reached, facts are p's at that instant.
	at    event.Instant
	facts history.Facts
	// normal is Engine.normal of the facts: the same at all instants of a stretch. It is unknown until somebody asks for it.
	normal churn.Risk
	// tier and level are the labels that a change has led to. A walk that looks at several labels sets the first that has changed.
	tier  Tier
	level Level
	// since is what a drop of the value is measured from in the stretch.
	since reference
	// seen is the last look at the score and the value.
	seen worthLook
	// placed are the tests of segments at the start of the stretch.
	placed placed
}

// unknown is no risk.
const unknown churn.Risk = -1

// walk returns a walk over the silence of p in (from, limit].
func (e *Engine) walk(p *Profile, from, limit event.Instant, l labels) walk {
	return walk{engine: e, p: p, labels: l, limit: limit, at: from, facts: e.factsAt(p, from), normal: unknown}
}

// next moves to the first instant after w.at at which silence alone changes a label of p, and returns true. Where the rest of the
// walk has no such instant, next returns false; w.at is then the limit, or event.Never if no label can ever change.
func (w *walk) next() bool {
	var facts history.Facts
	for {
		end := w.stretch(&facts)
		if at, found := w.within(w.lastOf(end)); found {
			w.at = at
			return true
		}
		switch {
		case end == event.Never:
			w.at = event.Never
			return false
		case end > w.limit:
			w.at = w.limit
			return false
		}
		same := w.engine.feels.same(&w.facts, &facts)
		if !same {
			w.normal = unknown
		}
		w.at, w.facts, w.seen, w.placed = end, facts, worthLook{}, placed{}
		if w.turned(same) {
			return true
		}
	}
}

// lastOf is the last instant that the walk looks at of a stretch with an end.
func (w *walk) lastOf(end event.Instant) event.Instant {
	switch {
	case end == event.Never:
		return w.at.Add(forever)
	case end <= w.limit:
		return end - 1
	}
	return w.limit
}

// stretch returns the end of the monotone stretch that begins at w.at: the first instant that no longer belongs to the stretch,
// event.Never where the stretch has no end. Where the end is not after the limit, then becomes the facts at the end.
func (w *walk) stretch(then *history.Facts) event.Instant {
	e, facts := w.engine, &w.facts
	turn := w.turn()
	u := e.feels.until(facts)
	// What is forgotten besides must not make a search that has an end look as if it had none.
	for u < turn && (u <= w.limit || e.feels.quiet(facts)) {
		*then = e.Facts(w.p.Whole(), u)
		if !e.feels.same(facts, then) {
			return u
		}
		u = e.feels.until(then)
	}
	if turn <= w.limit {
		*then = e.Facts(w.p.Whole(), turn)
		return turn
	}
	return min(turn, u)
}

// turn is the first instant after w.at at which silence does to a label of the walk what monotone labels do not show: the lapse, the end
// of a level's minimum stay (the level may then turn back), and the two ends of the window for a second order. Without such an instant it
// is Never. The tier has none.
func (w *walk) turn() event.Instant {
	e, p, last := w.engine, w.p, w.facts.LastDay
	turn := event.Never
	if w.facts.PurchaseDays == 0 {
		return turn
	}
	if w.labels&dropLabel != 0 {
		turn = e.nextReference(p, &w.facts, w.at)
	}
	if w.labels&(levelLabel|windowLabel|dropLabel) != 0 {
		turn = w.sooner(turn, e.lapses(&w.facts))
	}
	if window := e.model.Churn.SecondOrder; w.labels&windowLabel != 0 && window > 0 && w.facts.PurchaseDays == 1 && !p.Second.Closed {
		turn = w.sooner(turn, e.silentFor(last, window))
		turn = w.sooner(turn, e.silentFor(last, e.windowEnd()))
	}
	if w.labels&levelLabel != 0 && p.Episode.Level > churn.None {
		turn = w.sooner(turn, p.Episode.Since.Add(e.model.Churn.MinStay))
	}
	return turn
}

// sooner returns the earlier of two instants, if the second lies after w.at; else the first.
func (w *walk) sooner(first, second event.Instant) event.Instant {
	if second <= w.at {
		return first
	}
	return min(first, second)
}

// silentFor is the instant at which a silence since a day reaches so many whole days.
func (e *Engine) silentFor(last event.Day, silence time.Duration) event.Instant {
	return e.calendar.Start(last + event.Day(silence/(24*time.Hour)))
}

// turned reports whether a label that the walk looks at is another at w.at than p's. same says that the facts are those of the stretch before: then
// the tier can only have fallen.
func (w *walk) turned(same bool) bool {
	e, p, facts := w.engine, w.p, &w.facts
	switch {
	case w.labels&levelLabel != 0 && w.levelTurns(w.at):
		return true
	case w.labels&tierLabel != 0 && (!same || facts.PurchaseDays == 0 || w.mayFall(w.at)) && w.tierTurns():
		return true
	case w.labels&shopLabel != 0 && e.model.Shop.behaves(facts) != p.Shop:
		return true // an order that was stamped ahead has come into force
	case w.labels&dropLabel != 0 && w.dropTurns(w.at):
		return true
	case w.labels&segmentLabel != 0 && e.rules != nil && w.segmentsTurn():
		return true
	}
	return w.labels&windowLabel != 0 && (e.secondTurns(p.Second, facts, w.silence()) || e.returned(p, facts, w.silence()))
}

// within returns the first change of a label in (w.at, until], all of it one stretch.
func (w *walk) within(until event.Instant) (event.Instant, bool) {
	if w.facts.PurchaseDays == 0 || w.at >= until {
		return 0, false
	}
	first, found := until, false
	if w.labels&levelLabel != 0 && w.levelTurns(until) {
		first, found = w.searchLevel(until), true
	}
	if w.labels&tierLabel != 0 && w.mayFall(first) {
		if fall := w.fall(first); fall.crossed {
			fall = w.searchFall(fall)
			first, found, w.tier = fall.at, true, fall.tier
		}
	}
	if w.labels&dropLabel != 0 && w.dropTurns(first) {
		first, found = w.searchDrop(first), true
	}
	if w.labels&segmentLabel != 0 && w.engine.rules != nil {
		if at, turns := w.segmentsWithin(first); turns {
			first, found = at, true
		}
	}
	return first, found
}

// silence is the time since the last purchase at w.at.
func (w *walk) silence() time.Duration {
	return silence(w.engine.Pattern(&w.facts, w.at))
}

// levelTurns reports whether the churn level at an instant of the stretch is another than p's. If it is, w.level is that level.
func (w *walk) levelTurns(at event.Instant) bool {
	level := w.levelAt(at)
	if level == w.p.Episode.Level {
		return false
	}
	w.level = level
	return true
}

// levelAt is the churn level that p's level leads to at an instant of the stretch.
func (w *walk) levelAt(at event.Instant) Level {
	e, ep, facts := w.engine, &w.p.Episode, &w.facts
	if facts.PurchaseDays == 0 || e.model.Shop.behaves(facts) || ep.Level == churn.None && !e.model.Churn.Counts(facts.PurchaseDays, facts.Spend) {
		return churn.None // so it is for most customers: their risk is not computed
	}
	signs, _ := w.signsAt(at)
	return e.model.Churn.Next(ep.Level, ep.Since, signs, at)
}
