package churn_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/churn"
)

// Beyond the edge a term counts as the edge: of two customers who differ by money alone, the one outside the range has the risk of the
// one at its edge.
func TestRangesHold(t *testing.T) {
	s := churn.Stack{Intercept: -1, MaxTenure: 100}
	s.Weights[churn.Base], s.Weights[churn.Spend], s.Weights[churn.LastOrder], s.Weights[churn.Repeats] = .5, -.16, .02, -.6
	s.Ranges[churn.Spend] = churn.Range{Low: math.Log(5), High: math.Log(500)}
	s.Ranges[churn.LastOrder] = churn.Range{High: math.Log(200)}
	at := func(spend, last, tenure float64) churn.Traits {
		return churn.Traits{Silent: 30, Repeats: 2, Tenure: tenure, Spend: spend, LastOrder: last}
	}
	for _, row := range []struct {
		why      string
		is, same churn.Traits
		held     []churn.Term
	}{
		{"a large account", at(1.2e6, 1e5, 90), at(500, 200, 90), []churn.Term{churn.Spend, churn.LastOrder}},
		{"a small one", at(1, 1, 90), at(5, 1, 90), []churn.Term{churn.Spend}},
		{"within", at(50, 20, 90), at(50, 20, 90), nil},
		{"a tenure without a weight is not held", at(50, 20, 9000), at(50, 20, 100), nil},
	} {
		if got, want := s.LogOdds(row.is, .3), s.LogOdds(row.same, .3); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: log-odds %v, want those of the edge, %v", row.why, got, want)
		}
		if got := s.Held(row.is, .3); !slices.Equal(got, row.held) {
			t.Errorf("%s: held are %v, want %v", row.why, got, row.held)
		}
	}
	if free := s.Unbounded(); !slices.Equal(free, []churn.Term{churn.Repeats}) {
		t.Errorf("without a range: %v, want repeats alone: base rises in silence", free)
	}
	s.Weights[churn.Tenure] = .1
	if got := s.Held(at(50, 20, 101), .3); !slices.Equal(got, []churn.Term{churn.Tenure}) {
		t.Errorf("a tenure beyond the longest: held are %v, want the tenure", got)
	}
	s.Weights[churn.NPS], s.MaxTenure = -1, 0
	if free := s.Unbounded(); !slices.Equal(free, []churn.Term{churn.Repeats, churn.Tenure}) {
		t.Errorf("without a longest tenure: %v lack a range, want repeats and tenure, and not the answers on a scale", free)
	}
}

func TestRangesAreChecked(t *testing.T) {
	for _, row := range []struct {
		why string
		r   churn.Range
		ok  bool
	}{
		{"none", churn.Range{}, true},
		{"two edges", churn.Range{Low: -1, High: 2}, true},
		{"upside down", churn.Range{Low: 2, High: 1}, false},
		{"a single value", churn.Range{Low: 2, High: 2}, false},
		{"not a number", churn.Range{Low: math.NaN(), High: 1}, false},
		{"without an end", churn.Range{High: math.Inf(1)}, false},
	} {
		s := churn.Plain()
		s.Ranges[churn.Spend] = row.r
		if err := s.Check(); (err == nil) != row.ok {
			t.Errorf("%s: %v, want valid %t", row.why, err, row.ok)
		}
	}
}

// Whatever the ranges, those of the terms that grow in silence too: the risk never falls in silence, and it lies within what the edges
// allow.
func TestRangesKeepTheRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := churn.Stack{Intercept: rapid.Float64Range(-3, 3).Draw(t, "intercept")}
		low, high := s.Intercept, s.Intercept
		for _, term := range churn.Terms() {
			least := -5.
			if term.Rises() {
				least = 0
			}
			w := rapid.Float64Range(least, 5).Draw(t, term.String())
			r := churn.Range{Low: rapid.Float64Range(-3, 3).Draw(t, "low")}
			r.High = r.Low + rapid.Float64Range(.1, 5).Draw(t, "width")
			s.Weights[term], s.Ranges[term] = w, r
			low, high = low+min(w*r.Low, w*r.High), high+max(w*r.Low, w*r.High)
		}
		c := churn.Traits{
			Silent: rapid.Float64Range(0, 1000).Draw(t, "silent"), MedianGap: rapid.Float64Range(0, 300).Draw(t, "gap"),
			Tenure: rapid.Float64Range(0, 3000).Draw(t, "tenure"), Repeats: rapid.IntRange(0, 5000).Draw(t, "repeats"),
			Spend: rapid.Float64Range(-10, 1e9).Draw(t, "spend"), LastOrder: rapid.Float64Range(0, 1e9).Draw(t, "last"),
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		later := c
		later.Silent += rapid.Float64Range(0, 400).Draw(t, "more")
		was, is := s.LogOdds(c, p), s.LogOdds(later, min(1, p+rapid.Float64Range(0, 1).Draw(t, "rise")))
		if is < was-1e-12 {
			t.Errorf("after more silence: want at least %v, got %v", was, is)
		}
		if was < low-1e-9 || is > high+1e-9 {
			t.Errorf("log-odds %v and %v, want them between the edges, %v and %v", was, is, low, high)
		}
	})
}
