package score

import (
	"math"

	"tidemark/internal/score/value"
)

// base is what a change is measured from, in up to three steps, each under the model of its time: settled is the customer at
// the last event or transition, aged the same history now, remodelled the same under the model in force.
type base struct {
	engine              *Engine // the model of settled and aged
	settled, aged       evaluation
	remodelled          evaluation
	byModel, byOccasion bool
}

func (b *base) first() *evaluation { return &b.settled }

// base evaluates p as it was before the occasion.
func (e *Engine) base(before *Profile, v *evaluation, o occasion) base {
	b := base{engine: e, byOccasion: o.event != nil}
	if o.model && e.previous != nil && e.previous.model.Hash == before.Model {
		b.engine, b.byModel = e.previous, true
	}
	b.settled = b.engine.evaluate(&before.History, before.Settled)
	b.aged = b.engine.evaluate(&before.History, v.at)
	b.remodelled = b.aged
	if b.byModel {
		b.remodelled = e.evaluate(&before.History, v.at)
	}
	return b
}

// contributions splits the change of score from the base to v over causes and indicators, in the order time, model, event.
// The points add up to the change exactly. What contributed nothing is left out.
func (e *Engine) contributions(b base, v *evaluation) []Contribution {
	var all []Contribution
	var parts []float64
	add := func(cause Cause, before, after *evaluation, split [value.MaxLines]float64) {
		for i, line := range e.model.Scorecard.Lines {
			c := Contribution{
				Indicator: string(line.Indicator), Cause: cause, Weight: micro(line.Weight),
				RawBefore: known(before, i), RawAfter: known(after, i),
				NormalisedBefore: micro(before.reading.Normalised[i]), NormalisedAfter: micro(after.reading.Normalised[i]),
				Capped: after.reading.Capped[i], Missing: after.reading.Scored && after.reading.Raw[i].Missing,
			}
			if split[i] != 0 || c.NormalisedBefore != c.NormalisedAfter {
				all = append(all, c)
				parts = append(parts, split[i])
			}
		}
	}
	add(ByTime, &b.settled, &b.aged, b.engine.model.Scorecard.Attribute(b.settled.reading, b.aged.reading))
	if b.byModel {
		add(ByModel, &b.aged, &b.remodelled, e.shares(b))
	}
	if b.byOccasion {
		add(ByEvent, &b.remodelled, v, e.model.Scorecard.Attribute(b.remodelled.reading, v.reading))
	}
	for i, points := range value.Apportion(parts, v.points-b.settled.points) {
		all[i].Points = points
	}
	return all
}

// shares splits what a change of model did to the score of an unchanged customer. Under either model a score is the sum of its
// lines' shares, so the difference of the shares adds up; lines that the new scorecard has no more are reported with its first.
func (e *Engine) shares(b base) (parts [value.MaxLines]float64) {
	was := b.engine.model.Scorecard.Attribute(value.Reading{}, b.aged.reading)
	is := e.model.Scorecard.Attribute(value.Reading{}, b.remodelled.reading)
	for i := range e.model.Scorecard.Lines {
		parts[i] = is[i]
	}
	for i, old := range b.engine.model.Scorecard.Lines {
		place := 0
		for j, line := range e.model.Scorecard.Lines {
			if line.Indicator == old.Indicator {
				place = j
			}
		}
		parts[place] -= was[i]
	}
	return parts
}

// known is a raw value for the record: rounded to 1e-6, zero where there is none.
func known(v *evaluation, line int) float64 {
	if raw := v.reading.Raw[line]; v.reading.Scored && !raw.Missing {
		return math.RoundToEven(raw.Value*1e6) / 1e6
	}
	return 0
}
