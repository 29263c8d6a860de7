package learn

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"tidemark/internal/fit"
	"tidemark/internal/score/churn"
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
		var some []float64
		low, high := math.Inf(1), math.Inf(-1)
		for _, row := range rows {
			if x := row.X[t]; x != 0 {
				some = append(some, x)
			} else {
				low, high = 0, 0
			}
		}
		if some == nil {
			continue
		}
		slices.Sort(some)
		low = min(low, stat.Quantile(tail, stat.Empirical, some, nil))
		high = max(high, stat.Quantile(1-tail, stat.Empirical, some, nil))
		if low == high { // nearly all are alike: then what the others had is what the weight was fitted to
			low, high = min(low, some[0]), max(high, some[len(some)-1])
		}
		if low < high {
			s.Ranges[t] = churn.Range{Low: low, High: high}
		}
	}
}
