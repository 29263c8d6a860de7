package backtest

import (
	"fmt"
	"math"
	"strconv"
)

// matched names the customers whom alerted customers are compared with.
const matched = "matched customers"

// alerts judges the alerts.
func (r *Result) alerts() section {
	s := section{ID: "alerts", Title: "Alerts: how many, and how many were true", Words: AlertWords(r)}
	t := table{
		Words: 2,
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
	f := s.frame(alone, "Share of alerts that were true", "A line for alerted customers and one for matched ones, over the cutoffs."+inTable)
	s.draw(r.overCutoffs(f, "share that left", []string{alerted, matched}, level),
		"Share that bought nothing in the horizon after the alert, and of the matched customers then; higher is better.")
	return s
}

// alerted names the customers whom alerts are about.
const alerted = "alerted customers"

// saidOf sums up the alerts of all levels in words.
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
