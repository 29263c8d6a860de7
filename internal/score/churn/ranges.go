package churn

import (
	"math"

	"tidemark/internal/stat"
)

// Range holds the values of a term that its weight was fitted to.
type Range = stat.Range

// Held returns the terms that are held at the edge of what they were fitted to, for a customer with these traits and the risk p by the
// purchase model. Terms without a weight are left out.
func (s *Stack) Held(c Traits, p Risk) []Term {
	var held []Term
	for i, v := range c.Values(p) {
		t := Term(i)
		beyond := s.Ranges[t].Hold(v) != v || t == Tenure && s.MaxTenure > 0 && c.Tenure > s.MaxTenure
		if beyond && s.Weights[t] != 0 {
			held = append(held, t)
		}
	}
	return held
}

// Unbounded returns the terms with a weight whose values nothing holds. Terms that rise in silence are left out: no fit bounds these,
// see package learn.
func (s *Stack) Unbounded() []Term {
	var free []Term
	for _, t := range Terms() {
		bounded := s.Ranges[t] != Range{} || t == Tenure && s.MaxTenure > 0
		if s.Weights[t] != 0 && !t.Rises() && !t.Limited() && !bounded {
			free = append(free, t)
		}
	}
	return free
}

// Limited reports whether the term cannot leave a range that lies in its nature, such as an answer on a scale.
func (t Term) Limited() bool {
	return t == Once || t == NPS || t == Satisfaction || t == Refunded || t == LastYear
}

// Money returns the amounts, in major units of the base currency, that a range of Spend or LastOrder begins and ends with. It is false
// for the other terms, which have no unit of money.
func (t Term) Money(r Range) (low, high float64, ok bool) {
	return math.Exp(r.Low), math.Exp(r.High), t == Spend || t == LastOrder
}
