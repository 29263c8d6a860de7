package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

// tierTurns reports whether the tier at w.at is another than p's. If it is, w.tier is that tier. same says that the facts are those of the stretch
// before: then the tier can only have fallen.
func (w *walk) tierTurns(same bool) bool {
	f := w.foreseen()
	if f.knows(w.at) {
		_, to, turns := f.change(w.at)
		w.tier = to
		return turns
	}
	if w.tier = w.tierNow(same); w.tier == w.p.Standing.Tier {
		f.stays(w.at)
		return false
	}
	f.leads(w.at, w.tier)
	return true
}

// tierNow is the tier at w.at.
func (w *walk) tierNow(same bool) Tier {
	e, s := w.engine, &w.p.Standing
	switch {
	case w.facts.PurchaseDays == 0:
		return tier.None
	case same && !w.mayFall(w.at):
		return s.Tier
	}
	return e.model.Tiers.Next(s.Tier, s.Since, value.Round(w.worthAt(w.at).exact), w.at)
}

// tierFalls returns the first instant in (w.at, until], all of it one stretch, at which p's tier has fallen. w.tier is then the tier of that instant.
func (w *walk) tierFalls(until event.Instant) (event.Instant, bool) {
	f := w.foreseen()
	f.stays(w.at)
	if !f.knows(until) {
		if w.mayFall(until) {
			if fall := w.fall(until); fall.crossed {
				fall = w.searchFall(fall)
				f.leads(fall.at, fall.tier)
			}
		}
		f.stays(until)
	}
	at, to, falls := f.change(until)
	if falls {
		w.tier = to
	}
	return at, falls
}

// tier is the tier that a standing of p leads to at an instant, if these were the facts. p is a buyer.
func (e *Engine) tier(p *Profile, s Standing, facts *history.Facts, at event.Instant) Tier {
	pattern := e.pattern(p, facts, at)
	_, predicted := e.worth(facts, pattern, e.model.Value.Ahead(pattern))
	reading := e.reading(facts, pattern, predicted)
	points, _ := e.model.Scorecard.Score(&reading)
	return e.model.Tiers.Next(s.Tier, s.Since, points, at)
}

// mayFall reports whether p's tier would have fallen by an instant of the stretch if no purchase were expected of p any more.
// It spares the predicted value, which is most of what a score costs.
func (w *walk) mayFall(at event.Instant) bool {
	e, s := w.engine, &w.p.Standing
	reading := e.reading(&w.facts, e.pattern(w.p, &w.facts, at), 0)
	points, _ := e.model.Scorecard.Score(&reading)
	return e.model.Tiers.Next(s.Tier, s.Since, points, at) != s.Tier
}

// worthLook is the score, in hundredths of a point, unrounded, and the current value, in major units, at an instant.
type worthLook struct {
	known          bool
	at             event.Instant
	exact, current float64
}

// worthAt is the score and the current value at an instant of the stretch. The tier and the drop of the value mostly ask for the same instant one
// after the other, and the predicted value is dear.
func (w *walk) worthAt(at event.Instant) worthLook {
	if w.seen.known && w.seen.at == at {
		return w.seen
	}
	e := w.engine
	pattern := e.pattern(w.p, &w.facts, at)
	current, predicted := e.worth(&w.facts, pattern, e.model.Value.Ahead(pattern))
	reading := e.reading(&w.facts, pattern, predicted)
	exact, _ := e.model.Scorecard.Exact(&reading)
	w.seen = worthLook{true, at, exact, current}
	return w.seen
}

// look is what a search for a fall sees at one instant.
type look struct {
	// point's ahead is how far the score lies above the line that it must pass, in hundredths of a point, unrounded.
	point
	tier Tier
}

// fall looks for a fall of p's tier at an instant of the stretch.
func (w *walk) fall(at event.Instant) look {
	e, s := w.engine, &w.p.Standing
	exact := w.worthAt(at).exact
	to := e.model.Tiers.Next(s.Tier, s.Since, value.Round(exact), at)
	line := e.model.Tiers.Line(s.Tier) - e.model.Tiers.Margin
	return look{point{at, to != s.Tier, exact - float64(line) + .5}, to}
}

// searchFall looks at the first instant in (w.at, hi.at] at which the tier has fallen, given that it has at hi and not at w.at. The score is
// smooth.
func (w *walk) searchFall(hi look) look {
	from := w.at
	if stay := w.p.Standing.Since.Add(w.engine.model.Tiers.MinStay); stay > from && stay <= hi.at {
		if l := w.fall(stay); l.crossed {
			return l
		}
		from = stay
	}
	firstCrossed(w.fall(from).point, hi.point, true, func(at event.Instant) point {
		l := w.fall(at)
		if l.crossed {
			hi = l
		}
		return l.point
	})
	return hi
}
