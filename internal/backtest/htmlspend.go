package backtest

import (
	"fmt"
	"maps"
	"slices"

	"tidemark/internal/chart"
)

// spending shows the purchase days over time, and the spend.
func (r *Result) spending() section {
	s := section{
		ID: "course", Title: "Over time, and in money",
		Words: []string{fmt.Sprintf("Purchase days of all customers known at the cutoff, added up since. Spend is forecast as %s: the purchase days "+
			"expected, times what a customer's purchase day is expected to bring; beside it %s, at the past average of a purchase day, and %s: two "+
			"regressions over the other models, fitted before the cutoff.", ExpectedSpend, SteadySpend, LearntSpend)},
		Summary: "The points of the charts",
	}
	money := table{
		Words: 2,
		Caption: "Spend within the horizon, in major units of the base currency. Bias: forecast over actual, less 1; 0 is right. MAE and RMSE are per " +
			"customer: less is better. Correlation: 1 is perfect.",
		Head: []string{"cutoff", "forecast by", "actual", "forecast", "bias", "MAE", "RMSE", "correlation"},
	}
	points := table{
		Words:   1,
		Caption: "Purchase days of all customers, added up since the cutoff; near what came is good.",
		Head:    []string{"cutoff", "days after", came, MBGNBD, Steady},
	}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		for _, name := range slices.Sorted(maps.Keys(c.Spend)) {
			x := c.Spend[name]
			money.Rows = append(money.Rows, []string{
				c.Date, name, fixed(0, x.Actual), fixed(0, x.Forecast), percent(x.Bias), fixed(2, x.MAE), fixed(2, x.RMSE), fixed(3, x.Correlation),
			})
		}
		if len(c.Course) == 0 {
			continue
		}
		s.draw(c.course(s.frame(few, "Purchase days since "+c.Date, "What came as points, two forecasts as lines. The folded table has the figures.")), c.Date)
		for _, p := range c.Course {
			points.Rows = append(points.Rows, []string{c.Date, fixed(0, p.Days), fixed(0, p.Actual), fixed(1, p.Forecast), fixed(1, p.Steady)})
		}
	}
	s.Tables, s.More = []table{money}, []table{points}
	return s
}

// course draws the purchase days since the cutoff.
func (c *Cutoff) course(f chart.Frame) chart.Line {
	zero := []float64{0}
	actual := chart.Series{Name: came, Style: styles[came]}
	ours := chart.Series{Name: MBGNBD, Style: styles[MBGNBD], Joined: true}
	steady := chart.Series{Name: Steady, Style: styles[Steady], Joined: true}
	for _, p := range c.Course {
		at := float64(p.Days)
		actual.Points = append(actual.Points, chart.Point{X: at, Y: float64(p.Actual)})
		ours.Points = append(ours.Points, chart.Point{X: at, Y: float64(p.Forecast)})
		steady.Points = append(steady.Points, chart.Point{X: at, Y: float64(p.Steady)})
	}
	return chart.Line{
		Frame: f, X: chart.Axis{Label: "days after the cutoff", Include: zero}, Y: chart.Axis{Label: "purchase days", Include: zero},
		Series: []chart.Series{steady, ours, actual},
	}
}
