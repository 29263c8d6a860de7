package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/value"
)

// base is what a change is measured from, in up to three steps, each under the model of its time. last is the customer at the
// last event or transition. aged is the same history now. remodelled is the same history now, under the model in force.
type base struct {
	engine              *Engine // the model of last and aged
	last, aged          evaluation
	remodelled          evaluation
	byModel, byOccasion bool
	cause               Cause // of what is byOccasion
}

// base evaluates the customer before the occasion that led to v.
func (e *Engine) base(before *Profile, v *evaluation, o occasion) base {
	b := base{engine: e, byOccasion: o.event != nil, cause: ByEvent}
	if o.merge {
		b.cause = ByMerge
	}
	if o.model && e.replaces(before.Model) {
		b.engine, b.byModel = e.previous, true
	}
	b.last = b.engine.evaluate(before, before.LastChange)
	switch {
	case b.byOccasion:
		b.aged = e.evaluate(before, v.at)
		b.remodelled = b.aged
	case b.byModel:
		b.aged, b.remodelled = b.engine.evaluate(before, v.at), *v
	default:
		b.aged, b.remodelled = *v, *v
	}
	return b
}

// contributions splits the change of score from the base to v over causes and indicators, in the order time, model, event. The
// points add up to the change exactly. An indicator that contributes nothing is left out.
func (e *Engine) contributions(b *base, v *evaluation) []Contribution {
	var t tally
	was, is := &b.engine.model.Scorecard, &e.model.Scorecard
	t.change(ByTime, was, &b.last.reading, &b.aged.reading)
	if b.byModel {
		t.exchange(was, is, &b.aged.reading, &b.remodelled.reading)
	}
	if b.byOccasion {
		t.change(b.cause, is, &b.remodelled.reading, &v.reading)
	}
	for i, points := range value.Apportion(t.parts, v.points-b.last.points) {
		t.all[i].Points = points
	}
	return t.all
}

// Explanation is what a score and a risk are made of.
type Explanation struct {
	// Indicators are measured from a score of zero: their points add up to the value score exactly. An indicator that is unknown,
	// or contributes nothing, is left out.
	Indicators []Contribution
	// Factors are the factors of a churn alert: they add up to the log-odds of the risk.
	Factors []Factor
	// WayBack is the way back from the open episode; nil outside an episode.
	WayBack *WayBack
	// Value is what the learnt value is made of; nil where the model has none.
	Value []ValuePart
}

// Explain says what p's score and risk are made of at an instant, p.AsOf or later. It is empty for a customer without a purchase
// that stands.
func (e *Engine) Explain(p Profile, at event.Instant) Explanation {
	e.recognize(&p)
	v := e.evaluate(&p, max(at, p.AsOf))
	if !v.buyer() {
		return Explanation{}
	}
	var t tally
	t.change(UnknownCause, &e.model.Scorecard, &value.Reading{}, &v.reading)
	for i, points := range value.Apportion(t.parts, v.points) {
		t.all[i].Points = points
	}
	return Explanation{t.all, e.factors(&v), e.wayBack(p, &v), e.learntParts(&v)}
}

// tally collects contributions, and their points before rounding.
type tally struct {
	all   []Contribution
	parts []float64
}

// change adds what a change of readings did to the score under one scorecard.
func (t *tally) change(cause Cause, card *value.Scorecard, before, after *value.Reading) {
	parts := card.Attribute(*before, *after)
	for i, line := range card.Lines {
		t.add(cause, line, parts[i], sideOf(before, i), sideOf(after, i))
	}
}

// exchange adds what another scorecard did to the score of an last customer. Under either scorecard a score is the sum of
// its lines' shares, so the differences add up. A line that the new scorecard lacks has lost its share.
func (t *tally) exchange(was, is *value.Scorecard, before, after *value.Reading) {
	lost, won := was.Attribute(value.Reading{}, *before), is.Attribute(value.Reading{}, *after)
	for i, line := range is.Lines {
		old, part := none, won[i]
		if j := place(was, line.Indicator); j >= 0 {
			old, part = sideOf(before, j), won[i]-lost[j]
		}
		t.add(ByModel, line, part, old, sideOf(after, i))
	}
	for j, line := range was.Lines {
		if place(is, line.Indicator) < 0 {
			t.add(ByModel, line, -lost[j], sideOf(before, j), none)
		}
	}
}

// place is the place of an indicator on a scorecard; -1 where the scorecard lacks it.
func place(card *value.Scorecard, name value.Indicator) int {
	for i, line := range card.Lines {
		if line.Indicator == name {
			return i
		}
	}
	return -1
}

func (t *tally) add(cause Cause, line value.Line, part float64, before, after side) {
	if part == 0 && before.normalised == after.normalised {
		return
	}
	t.parts = append(t.parts, part)
	t.all = append(t.all, Contribution{
		Indicator: string(line.Indicator), Cause: cause, Weight: micro(line.Weight),
		RawBefore: before.raw, RawAfter: after.raw, NormalisedBefore: before.normalised, NormalisedAfter: after.normalised,
		Capped: after.capped, Missing: after.missing,
	})
}

// side is one line of a reading for the record, rounded to 1e-6. raw is NaN where there is no value.
type side struct {
	raw, normalised float64
	capped, missing bool
}

// none is the side of a customer without a score, and of a line that the scorecard lacks.
var none = side{raw: math.NaN()}

func sideOf(r *value.Reading, line int) side {
	if !r.Scored {
		return none
	}
	s := side{raw: micro(r.Raw[line].Value), normalised: micro(r.Normalised[line]), capped: r.Capped[line]}
	if r.Raw[line].Missing {
		s.raw, s.missing = math.NaN(), true
	}
	return s
}
