package backtest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"tidemark/internal/chart"
)

func (r *Result) calibration() section {
	s := section{
		ID: "calibration", Title: "Calibration: whether a risk of 30 % comes true in 30 % of the cases",
		Words: []string{
			"Each point is a tenth of the customers, from the lowest risks to the highest. On the dashed diagonal the risks came " +
				"true; below it fewer left than was said. The bars are two standard errors if the stack's risks were true.",
		},
		Summary: "The points of the diagrams",
	}
	t := table{
		Words: 2,
		Caption: "Brier score: mean square error of the risk, in [0, 1], less is better; that of the base rate gives every customer the rate " +
			"in training. Calibration error: mean distance of risk and share that left, 0 is perfect, and 95 % of perfect models stay " +
			"below “by chance”. Slope: 1 is right, below 1 the risks are too extreme, above too timid. Bias: mean risk less the " +
			"share that left, 0 is right. Drifted: the bias is over three standard errors, the model is due for another fit.",
		Head: []string{"cutoff", "score", "Brier score", "calibration error", "by chance", "slope", "bias", "drifted"},
	}
	bins := table{
		Words:   2,
		Caption: "Share of customers, from 0 to 1: risk is what was forecast, left what came; equal is good.",
		Head:    []string{"cutoff", "score", "customers", "risk", "left"},
	}
	drifted := 0
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		moved := "no"
		if c.Drifted {
			moved = "yes"
			drifted++
		}
		for _, name := range probabilities {
			x, ok := c.Churn[name]
			if !ok {
				continue
			}
			row := []string{c.Date, name, fixed(4, x.Brier), fixed(3, x.Error), fixed(3, x.ByChance), fixed(2, x.Slope), signed(3, x.Bias), ""}
			if name == Stack {
				row[len(row)-1] = moved
			}
			t.Rows = append(t.Rows, row)
		}
		off := c.TrainingRate - c.Rate
		t.Rows = append(t.Rows, []string{
			c.Date, "base rate", fixed(4, c.Rate*(1-c.Rate)+off*off), fixed(3, Number(math.Abs(float64(off)))), "", "", signed(3, off), "",
		})
		s.draw(c.diagram(s.frame(few, "Risk and what came, "+c.Date, "A point for each tenth of the customers. The folded table has the figures.")), c.Date)
		for _, name := range slices.Sorted(maps.Keys(c.Reliability)) {
			for _, b := range c.Reliability[name] {
				bins.Rows = append(bins.Rows, []string{c.Date, name, strconv.Itoa(b.Cases), fixed(3, b.Forecast), fixed(3, b.Observed)})
			}
		}
	}
	s.Said = []string{fmt.Sprintf("The base rate has moved at %d of %s.", drifted, plural(len(r.Cutoffs), "cutoff"))}
	s.Tables, s.More = []table{t}, []table{bins}
	return s
}

// diagram draws the shares that left over the risks that were forecast. The error bars are two standard errors if the stack's
// risks are true. The standard error of a share of n cases with probability p is sqrt(p(1-p)/n).
func (c *Cutoff) diagram(f chart.Frame) chart.Line {
	shares := [2]float64{0, 1}
	d := chart.Line{
		Frame: f, X: chart.Axis{Label: "risk", Ends: shares}, Y: chart.Axis{Label: "share that left", Ends: shares},
		Guides: []chart.Guide{{Slope: 1}},
	}
	for _, name := range []string{Stack, LogitRFM} {
		points := chart.Series{Name: name, Style: styles[name]}
		for _, b := range c.Reliability[name] {
			p := chart.Point{X: float64(b.Forecast), Y: float64(b.Observed)}
			if name == Stack {
				p.Error = 2 * math.Sqrt(float64(b.Forecast*(1-b.Forecast))/float64(b.Cases))
			}
			points.Points = append(points.Points, p)
		}
		d.Series = append(d.Series, points)
	}
	return d
}
