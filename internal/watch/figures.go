package watch

import (
	"math"

	"tidemark/internal/judge"
)

// Figures say how good forecasts were. A figure that so few cases do not determine is NaN.
type Figures struct {
	Settled int
	// Gone is the share of the customers without a purchase, Forecast the mean risk. Both are in [0, 1].
	Gone, Forecast float64
	// Shift is the log-odds of Gone less the log-odds of Forecast. It is 0 where the forecasts are right on the whole, and
	// above 0 where more customers left than forecast. Where all customers left, or none, half a customer counts as the other
	// kind.
	Shift judge.Estimate
	// Brier is the mean square of the error of the risk: 0 to 1, the smaller the better. It is exact within 5e-7.
	Brier float64
	// Slope is the slope of the calibration line, through the means of the bins: 1 where the risks are right, below 1 where
	// they are too extreme, above 1 where they are too timid.
	Slope judge.Estimate
	// AUC counts a pair of cases in one bin half. The AUC of the single forecasts lies within AUCWithin of it.
	AUC       judge.Estimate
	AUCWithin float64
	// Lift is the share that left among the tenth with the highest risks, over the share that left among all.
	Lift float64
	// Curve is the calibration curve: a point for each bin with cases, from the lowest risks up.
	Curve []judge.Bin
}

// figures are the figures of a tally.
func (t *tally) figures() Figures {
	var cells []judge.Cell
	var cases, gone, risk, variance float64
	f := Figures{Settled: int(t.settled())}
	for i, n := range t.cases {
		if n == 0 {
			continue
		}
		sum := float64(t.risk[i]) / 1e6
		cells = append(cells, judge.Cell{Cases: int(n), Happened: int(t.gone[i]), Forecast: sum})
		mean := sum / float64(n)
		f.Curve = append(f.Curve, judge.Bin{Cases: int(n), Forecast: mean, Observed: float64(t.gone[i]) / float64(n)})
		cases, gone, risk = cases+float64(n), gone+float64(t.gone[i]), risk+sum
		variance += float64(float64(n) * mean * (1 - mean))
	}
	f.Gone, f.Forecast = gone/cases, risk/cases
	f.Brier = float64(t.error) / 1e6 / cases
	some := min(max(gone, .5), cases-.5) // all or none says much, but nothing infinite
	f.Shift.Value = math.Log(some/(cases-some)) - math.Log(f.Forecast/(1-f.Forecast))
	// The standard error of the number that leaves, if every risk is right, carried over to log-odds at the mean risk.
	f.Shift.StandardError = math.Sqrt(variance) / cases / (f.Forecast * (1 - f.Forecast))
	f.Slope = judge.CellsLine(cells).Slope
	f.AUC, f.AUCWithin = judge.CellsAUC(cells)
	f.Lift = judge.CellsTop(cells, .1).Lift
	return f
}
