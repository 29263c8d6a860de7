package watch

import (
	"math"

	"tidemark/internal/judge"
)

// Figures say how good forecasts were. What cannot be told of so few cases is NaN.
type Figures struct {
	Settled int
	// Gone is the share without a purchase, Forecast the mean risk: in [0, 1].
	Gone, Forecast float64
	// Shift is how far the log-odds of Gone lie above those of Forecast: 0 where the forecasts are right on the whole, above
	// where too many have left. Where all or none have, half a case is taken to be otherwise.
	Shift judge.Estimate
	// Brier is the mean square of what the risk was off: 0 to 1, the smaller the better; exact within 5e-7.
	Brier float64
	// Slope is that of the calibration line: 1 where it is true, below where risks are too extreme, above where too timid. It is
	// that of the means of the bins.
	Slope judge.Estimate
	// AUC counts pairs of one bin half; that of the single forecasts is within AUCWithin of it.
	AUC       judge.Estimate
	AUCWithin float64
	// Lift is how many times the usual share has gone among the tenth with the highest risks.
	Lift float64
	// Curve is the calibration curve, a point per bin that has any, from the lowest risks on.
	Curve []judge.Bin
}

// figures are those of a tally.
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
	// By the number that would go by chance if every risk were right, carried over to log-odds at the mean risk.
	f.Shift.StandardError = math.Sqrt(variance) / cases / (f.Forecast * (1 - f.Forecast))
	f.Slope = judge.CellsLine(cells).Slope
	f.AUC, f.AUCWithin = judge.CellsAUC(cells)
	f.Lift = judge.CellsTop(cells, .1).Lift
	return f
}
