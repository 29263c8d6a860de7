package backtest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// spending tells how the purchase days came in, and what they brought.
func (r *Result) spending() (section, error) {
	s := section{
		Title: "Over time, and in money",
		Words: []string{fmt.Sprintf("Purchase days of all customers known at the cutoff, added up since. Spend is forecast as %s: the purchase days "+
			"expected, times what a customer's purchase day is expected to bring; beside it %s, at the past average of a purchase day.", ExpectedSpend, SteadySpend)},
		Summary: "The points of the charts",
	}
	money := table{
		Caption: "Spend within the horizon, in major units of the base currency. Bias: forecast over actual, less 1; 0 is right. MAE and RMSE are per " +
			"customer: less is better. Correlation: 1 is perfect.",
		Head: []string{"cutoff", "forecast by", "actual", "forecast", "bias", "MAE", "RMSE", "correlation"},
	}
	points := table{
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
		actual, ours, steady := series{name: came}, series{name: MBGNBD, joined: true}, series{name: Steady, joined: true}
		for _, p := range c.Course {
			at := float64(p.Days)
			actual.points = append(actual.points, point{at, float64(p.Actual), math.NaN()})
			ours.points = append(ours.points, point{at, float64(p.Forecast), math.NaN()})
			steady.points = append(steady.points, point{at, float64(p.Steady), math.NaN()})
			points.Rows = append(points.Rows, []string{c.Date, fixed(0, p.Days), fixed(0, p.Actual), fixed(1, p.Forecast), fixed(1, p.Steady)})
		}
		curve := &chart{x: "days after", y: "purchase days", zero: true, width: 200, height: 200, series: []series{actual, ours, steady}}
		if err := s.draw(curve, c.Date); err != nil {
			return s, err
		}
	}
	s.Tables, s.More = []table{money}, []table{points}
	return s, nil
}

// matched names the customers that alerts are compared with.
const matched = "matched customers"

// alerts tells how good they were.
func (r *Result) alerts() (section, error) {
	s := section{Title: "Alerts: how many, and how many were true", Words: AlertWords(r)}
	t := table{
		Caption: "Precision: share of the alerts that were true; by value, weighted by the value at stake. More is better, but for alerts per 1,000 " +
			"customer-months, and for days until a false alert's customer bought: there less is.",
		Head: []string{
			"cutoff", "level", "alerts", "precision", "by value", matched, "lift", "95 % interval of the difference", "recall", "per 1,000", "of counted",
			"lead, days", fmt.Sprintf("before %d days of silence", ruleDays), "returned after, days",
		},
	}
	rows := func(name string, a *Alerts) {
		if a == nil {
			return
		}
		for _, x := range a.Levels {
			t.Rows = append(t.Rows, []string{
				name, x.Level, strconv.Itoa(x.Alerts), fixed(3, x.Precision), fixed(3, x.ValuePrecision), fixed(3, x.Matched), fixed(2, x.Lift),
				signed(3, x.Over.Low) + " to " + signed(3, x.Over.High), fixed(3, x.Recall), fixed(1, x.PerThousand), fixed(1, x.PerThousandCounted),
				fixed(0, x.Lead), signed(0, x.BeforeRule), fixed(0, x.Returned),
			})
		}
	}
	rows("all", r.Alerts)
	for i := range r.Cutoffs {
		rows(r.Cutoffs[i].Date, r.Cutoffs[i].Alerts)
	}
	s.Tables = []table{t}
	if a := r.Alerts; a != nil && len(a.Levels) > 0 {
		s.Said = []string{saidOf(a.Levels[0])}
	}
	level := func(c *Cutoff, name string) Number {
		if c.Alerts == nil || len(c.Alerts.Levels) == 0 {
			return Number(math.NaN())
		}
		if name == matched {
			return c.Alerts.Levels[0].Matched
		}
		return c.Alerts.Levels[0].Precision
	}
	c := r.overCutoffs("share that left", []string{alerted, matched}, level)
	return s, s.draw(c, "Share that bought nothing in the horizon after the alert, and of the matched customers then; higher is better.")
}

// alerted names the customers that alerts are about.
const alerted = "alerted customers"

// saidOf says what came out of the alerts of all levels.
func saidOf(x AlertLevel) string {
	if !x.Precision.finite() {
		return "There was no alert whose truth the log shows."
	}
	than := "cannot be told from"
	switch {
	case x.Over.Low > 0:
		than = "is above"
	case x.Over.High < 0:
		than = "is below"
	}
	return fmt.Sprintf("Of %s, %s came true; that %s the %s among customers of equal frequency and recency. There were %s per 1,000 customer-months.",
		plural(x.Alerts, "alert"), percentage(x.Precision), than, percentage(x.Matched), fixed(1, x.PerThousand))
}

func percentage(n Number) string { return fixed(0, 100*n) + " %" }
