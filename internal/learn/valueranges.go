package learn

import "tidemark/internal/score/clv"

// bound sets the ranges of a learnt value, as the ranges of a churn stack are set; see the other bound. Of the terms that fall in silence only the
// forecast has a range: the largest account must not be worth a hundred times what anybody brought. The others go on falling, to 0.
func (w *valueRows) bound(l *clv.Learnt) {
	for _, t := range clv.Terms() {
		if t.Falls() && t != clv.Forecast || t == clv.Once {
			continue
		}
		l.Ranges[t] = rangeOf(len(w.cases), func(i int) float64 { return w.cases[i].values[t] })
	}
}
