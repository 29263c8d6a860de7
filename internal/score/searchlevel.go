package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// signsAt are the signs at an instant of the stretch, and the risk before it is rounded. The customer has a purchase that stands.
func (w *walk) signsAt(at event.Instant) (signs churn.Signs, risk churn.Risk) {
	e, facts := w.engine, &w.facts
	pattern := e.pattern(w.p, facts, at)
	if w.normal == unknown {
		w.normal = e.normal(facts, pattern)
	}
	risk = e.model.Stack.Risk(e.Traits(facts, pattern), e.bareRisk(pattern))
	return e.signsOf(facts, pattern, risk, w.normal), risk
}

// glance is what a search for a level sees at one instant.
type glance struct {
	at    event.Instant
	signs churn.Signs
	turns bool // the level is another than p's
	// odds are the log-odds of the risk before it is rounded.
	odds float64
}

func (w *walk) glance(at event.Instant) glance {
	signs, risk := w.signsAt(at)
	g := glance{at: at, signs: signs, odds: stat.LogOdds(risk)}
	g.turns = w.turnsBy(signs, at)
	return g
}

// turnsBy reports whether signs at an instant lead to another level than p's. If they do, w.level is that level.
func (w *walk) turnsBy(signs churn.Signs, at event.Instant) bool {
	ep := &w.p.Episode
	level := w.engine.model.Churn.Next(ep.Level, ep.Since, signs, at)
	if level == ep.Level {
		return false
	}
	w.level = level
	return true
}

// searchLevel returns the first instant in (w.at, until] at which the level is another than p's, given that it is another at until and not at
// w.at. w.level is the level of the returned instant.
//
// The least risk at which the level turns is found first, for the lines cost little. The instant of that risk is searched by the log-odds, which
// needs a fifth of the looks of a bisection.
func (w *walk) searchLevel(until event.Instant) event.Instant {
	lo, hi := w.glance(w.at), w.glance(until)
	line, steady := w.turningOdds(&lo, &hi)
	level := w.level
	pointOf := func(g glance) point { return point{g.at, g.turns, line - g.odds} }
	at := firstCrossed(pointOf(lo), pointOf(hi), steady, func(at event.Instant) point {
		g := w.glance(at)
		if g.turns {
			level = w.level
		}
		return pointOf(g)
	})
	w.level = level
	return at
}

// turningOdds are the log-odds of the least risk at which the level turns within a bracket, as silent as at its end. It is false where the
// risk of the begin is enough: then the silence itself turns the level.
func (w *walk) turningOdds(lo, hi *glance) (line float64, ok bool) {
	const millionths = 1e6
	signs := hi.signs
	at := func(risk int64) bool {
		signs.Risk = float64(risk) / millionths
		return w.turnsBy(signs, hi.at)
	}
	level := w.level
	defer func() { w.level = level }()
	below, turned := int64(math.Round(lo.signs.Risk*millionths)), int64(math.Round(hi.signs.Risk*millionths))
	if at(below) {
		return 0, false
	}
	for turned-below > 1 {
		if mid := below + (turned-below)/2; at(mid) {
			turned = mid
		} else {
			below = mid
		}
	}
	return stat.LogOdds((float64(turned) - .5) / millionths), true
}
