package model

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"tidemark/internal/score/clv"
)

// valueStack is the section of the learnt value: two regressions over the models. A file without it has no learnt value.
type valueStack struct {
	Version     string                `yaml:"version"`
	HorizonDays int                   `yaml:"horizon_days"`
	Predicts    bool                  `yaml:"predicts"`
	Whether     valuePart             `yaml:"whether"`
	Amount      valuePart             `yaml:"amount"`
	Ranges      map[string][2]float64 `yaml:"ranges"` // lower edge, upper edge, in the term's own unit
	Means       map[string]float64    `yaml:"means"`
}

type valuePart struct {
	Intercept float64            `yaml:"intercept"`
	Weights   map[string]float64 `yaml:"weights"`
}

// learnt returns the learnt value of the section; nil where there is no section. Its numbers are checked with the rest of the model, by
// clv.Learnt.Check.
func (s *valueStack) learnt() (*clv.Learnt, error) {
	if s == nil {
		return nil, nil
	}
	l := &clv.Learnt{Version: s.Version, HorizonDays: s.HorizonDays, Leads: s.Predicts}
	l.Whether.Intercept, l.Amount.Intercept = s.Whether.Intercept, s.Amount.Intercept
	return l, errors.Join(
		named("value_stack.whether.weights", s.Whether.Weights, clv.Terms(), func(t clv.Term, w float64) { l.Whether.Weights[t] = w }),
		named("value_stack.amount.weights", s.Amount.Weights, clv.Terms(), func(t clv.Term, w float64) { l.Amount.Weights[t] = w }),
		named("value_stack.ranges", s.Ranges, clv.Terms(), func(t clv.Term, r [2]float64) { l.Ranges[t] = clv.Range{Low: r[0], High: r[1]} }),
		named("value_stack.means", s.Means, clv.Terms(), func(t clv.Term, x float64) { l.Means[t] = x }),
	)
}

// withValueStack replaces the section value_stack, or adds it at the end.
func withValueStack(file string, l *clv.Learnt) string {
	before, _, after := cutSection(file, "value_stack")
	if after == "" {
		before = strings.TrimRight(before, "\n") + "\n\n"
	}
	return before + valueSection(l) + after
}

// valueSection is the text of the section.
func valueSection(l *clv.Learnt) string {
	var b strings.Builder
	b.WriteString("value_stack: # clv_learnt, two regressions over MBG × Gamma-Gamma: `tidemark fit --value-stack` writes it\n")
	fmt.Fprintf(&b, "  version: %s\n  horizon_days: %d # that of value\n", quoted(l.Version), l.HorizonDays)
	fmt.Fprintf(&b, "  predicts: %t # whether clv_learnt is the predicted_value of the scorecard\n", l.Leads)
	for _, part := range []struct {
		name, comment string
		of            *clv.Part
	}{
		{"whether", "log-odds that a customer brings money within the horizon", &l.Whether},
		{"amount", "logarithm of how much, given that the customer brings any", &l.Amount},
	} {
		fmt.Fprintf(&b, "  %s: # %s\n    intercept: %s\n    weights:\n", part.name, part.comment, decimal(part.of.Intercept))
		for _, t := range clv.Terms() {
			if w := part.of.Weights[t]; w != 0 {
				fmt.Fprintf(&b, "      %s: %s\n", t, decimal(w))
			}
		}
	}
	b.WriteString("  ranges: # what a term was fitted to, in its own unit; beyond the edge a term counts as the edge\n")
	for _, t := range clv.Terms() {
		r := l.Ranges[t]
		if r == (clv.Range{}) || !l.Weighs(t) {
			continue
		}
		fmt.Fprintf(&b, "    %s: [%s, %s]", t, decimal(r.Low), decimal(r.High))
		if t.Money() {
			fmt.Fprintf(&b, " # amounts of %s to %s", amount(math.Exp(r.Low)), amount(math.Exp(r.High)))
		}
		b.WriteString("\n")
	}
	b.WriteString("  means: # the mean customer, against whom a value is explained\n")
	for _, t := range clv.Terms() {
		if l.Weighs(t) && l.Means[t] != 0 {
			fmt.Fprintf(&b, "    %s: %s\n", t, decimal(l.Means[t]))
		}
	}
	return b.String()
}

// roundedLearnt is a learnt value as a file can say it.
func roundedLearnt(l clv.Learnt) clv.Learnt {
	for _, t := range clv.Terms() {
		weighs := l.Weighs(t)
		for _, x := range []*float64{&l.Whether.Weights[t], &l.Amount.Weights[t], &l.Ranges[t].Low, &l.Ranges[t].High, &l.Means[t]} {
			if *x = significant(*x, digits); !weighs {
				*x = 0 // a term that weighs nothing is not written
			}
		}
	}
	l.Whether.Intercept, l.Amount.Intercept = significant(l.Whether.Intercept, digits), significant(l.Amount.Intercept, digits)
	return l
}
