package judge

import "math"

// Cell is a set of cases with like forecasts, of which only sums are known.
type Cell struct {
	Cases, Happened int
	// Forecast is the sum of the forecasts.
	Forecast float64
}

func (c Cell) mean() float64 { return c.Forecast / float64(c.Cases) }

// CellsLine is CalibrationLine where each case counts with the mean forecast of its cell. A cell has at least one case. If no
// cell is wider than half a unit of log-odds, CellsLine is as good as CalibrationLine: a regression is not biased by grouping
// the cases by the regressor.
func CellsLine(cells []Cell) Line {
	cases := make([]weighed, 0, 2*len(cells))
	for _, c := range cells {
		x := logit(c.mean())
		cases = append(cases, weighed{x, true, float64(c.Happened)}, weighed{x, false, float64(c.Cases - c.Happened)})
	}
	return calibrate(cases)
}

// CellsAUC is AUC where a pair of cases of one cell counts half. The cells are in ascending order of their forecasts and do
// not overlap. The AUC of the single cases lies within the distance within of auc: the ranking inside the cells is unknown.
func CellsAUC(cells []Cell) (auc Estimate, within float64) {
	var yes, no float64
	for _, c := range cells {
		yes += float64(c.Happened)
		no += float64(c.Cases - c.Happened)
	}
	var below, yesBelow, sum, tied float64
	for _, c := range cells {
		happened, not := float64(c.Happened), float64(c.Cases-c.Happened)
		sum += float64(happened * (below + not/2))
		tied += float64(happened * not)
		below += not
	}
	auc.Value, within = sum/(yes*no), tied/2/(yes*no)
	var ofYes, ofNo float64
	below = 0
	for _, c := range cells {
		happened, not := float64(c.Happened), float64(c.Cases-c.Happened)
		d := (below+not/2)/no - auc.Value
		ofYes += float64(happened * d * d)
		d = (yes-yesBelow-happened/2)/yes - auc.Value
		ofNo += float64(not * d * d)
		below, yesBelow = below+not, yesBelow+happened
	}
	auc.StandardError = math.Sqrt(ofYes/(yes-1)/yes + ofNo/(no-1)/no)
	return auc, within
}

// CellsTop is TopShare for cells in ascending order of their forecasts. The cases of a cell count as of equal score.
func CellsTop(cells []Cell, share float64) Top {
	var n, all int
	for _, c := range cells {
		n, all = n+c.Cases, all+c.Happened
	}
	top := Top{Cases: min(n, max(1, int(math.Round(share*float64(n)))))}
	var in, hit float64
	for i := len(cells) - 1; i >= 0 && in < float64(top.Cases); i-- {
		taken := min(1, (float64(top.Cases)-in)/float64(cells[i].Cases))
		in += float64(taken * float64(cells[i].Cases))
		hit += float64(taken * float64(cells[i].Happened))
	}
	top.Precision = hit / in
	top.Lift = top.Precision / (float64(all) / float64(n))
	top.Captured = hit / float64(all)
	return top
}
