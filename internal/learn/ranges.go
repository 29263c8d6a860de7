package learn

import (
	"math"
	"slices"

	gonum "gonum.org/v1/gonum/stat"

	"tidemark/internal/fit"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// tail is the share of the cases beyond each edge of a range. One account that is a hundred times larger than all others must not
// widen the range so far that it holds nobody.
const tail = .005

// bound sets the ranges that the weights of a stack were fitted to. A range goes from the 0.5th to the 99.5th percentile of the cases in
// which the term is not 0, and it takes in 0 where there are cases with 0. So a rare complaint keeps its range, and with it its weight.
// A term that does not vary has no range.
//
// Terms that rise in silence have no range. A log ends one horizon after the newest cut, so most customers of today have been silent
// for longer than anybody at a cut. To hold their silence and their risk would make all of them alike: on CDNOW that costs .0002 to
// .005 of AUC. The weights of these terms are not negative, so a longer silence is a higher risk beyond the newest cut too. The ranges
// of the other terms move the AUC by at most .0001, on CDNOW and on Online Retail.
//
// MaxTenure is the range of the tenure. An answer and a share have a range too, though they are limited by nature: who has learnt from
// promoters alone does not know what a detractor does. Whether a customer bought once needs none, nor does whether one bought in this window
// last year: a fit that varies has seen both.
func bound(s *churn.Stack, rows []fit.Row) {
	for _, t := range churn.Terms() {
		if t.Rises() || t == churn.Once || t == churn.LastYear || t == churn.Tenure {
			continue
		}
		s.Ranges[t] = rangeOf(len(rows), func(i int) float64 { return rows[i].X[t] })
	}
}

// rangeOf is the range of a term over n cases; the zero Range for a term that does not vary, or is 0 in all cases.
func rangeOf(n int, value func(i int) float64) stat.Range {
	var some []float64
	low, high := math.Inf(1), math.Inf(-1)
	for i := range n {
		if x := value(i); x != 0 {
			some = append(some, x)
		} else {
			low, high = 0, 0
		}
	}
	if some == nil {
		return stat.Range{}
	}
	slices.Sort(some)
	low = min(low, gonum.Quantile(tail, gonum.Empirical, some, nil))
	high = max(high, gonum.Quantile(1-tail, gonum.Empirical, some, nil))
	if low == high { // nearly all are alike: then what the others had is what the weight was fitted to
		low, high = min(low, some[0]), max(high, some[len(some)-1])
	}
	if low < high {
		return stat.Range{Low: low, High: high}
	}
	return stat.Range{}
}
