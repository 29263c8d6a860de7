package learn

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"tidemark/internal/score/clv"
)

// bound sets the ranges of a learnt value, as the ranges of a churn stack are set; see the other bound. Of the terms that fall in silence only the
// forecast has a range: the largest account must not be worth a hundred times what anybody brought. The others go on falling, to 0.
func (w *valueRows) bound(l *clv.Learnt) {
	for _, t := range clv.Terms() {
		if t.Falls() && t != clv.Forecast || t == clv.Once {
			continue
		}
		var some []float64
		low, high := math.Inf(1), math.Inf(-1)
		for i := range w.cases {
			if x := w.cases[i].values[t]; x != 0 {
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
		if low == high {
			low, high = min(low, some[0]), max(high, some[len(some)-1])
		}
		if low < high {
			l.Ranges[t] = clv.Range{Low: low, High: high}
		}
	}
}
