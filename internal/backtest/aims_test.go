package backtest

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// met is a backtest of a log with orders and amounts alone that reaches every aim.
func met() *Result {
	cutoff := func(slope, bias Number) Cutoff {
		return Cutoff{
			Date: "2025-01-01", LogDays: 800, Churn: map[string]Churn{Stack: {Slope: slope}}, Counts: map[string]Counts{MBGNBD: {Bias: bias}},
		}
	}
	return &Result{
		Cutoffs:    []Cutoff{cutoff(.9, -.1), cutoff(1.1, .12)},
		Difference: map[string]Interval{LogitRFM: {Value: .001, Low: -.002, High: .004}},
		Alerts:     &Alerts{Levels: []AlertLevel{{Level: "WATCH", Recall: .3, Precision: .7, Matched: .69, Over: Interval{.01, -.02, .04}}}},
	}
}

func TestAims(t *testing.T) {
	nan := Number(math.NaN())
	for _, row := range []struct {
		why     string
		change  func(r *Result)
		aim     string // a part of its name and wish
		verdict string
	}{
		{"the mean of 10 and 12 %", func(*Result) {}, "mean |count bias|", "reached"},
		{"a bound of -.002", func(*Result) {}, "above −0.003", "reached"},
		{"just at the bound", func(r *Result) { r.Difference[LogitRFM] = Interval{0, -.003, .003} }, "above −0.003", "missed by 0.0000"},
		{"by .001", func(r *Result) { r.Difference[LogitRFM] = Interval{0, -.004, .003} }, "above −0.003", "missed by 0.0010"},
		{"one class left everywhere", func(r *Result) { r.Difference[LogitRFM] = Interval{nan, nan, nan} }, "above −0.003", "no aim: too few cases"},
		{"baskets at the second cutoff alone", func(r *Result) { r.Cutoffs[1].Known = []string{"baskets"} }, "above 0, with baskets", "missed by 0.0020"},
		{"low and high do not cancel", func(r *Result) {
			r.Cutoffs[0].Counts[MBGNBD], r.Cutoffs[1].Counts[MBGNBD] = Counts{Bias: -.3}, Counts{Bias: .3}
		}, "mean |count bias|", "missed by 18.0 points"},
		{"a young log has no aim", func(r *Result) { r.Cutoffs[0].LogDays, r.Cutoffs[1].LogDays = 400, 500 }, "mean |count bias|", "no aim: less than two years of log"},
		{"what was forecast while the log was young does not count", func(r *Result) {
			r.Cutoffs[0].LogDays, r.Cutoffs[0].Counts[MBGNBD] = 700, Counts{Bias: 2}
		}, "mean |count bias|", "reached"},
		{"nobody bought", func(r *Result) { r.Cutoffs[0].Counts[MBGNBD] = Counts{Bias: Number(math.Inf(1))} }, "mean |count bias|", "no aim: nobody bought"},
		{"the worst cutoff counts", func(r *Result) { r.Cutoffs[0].Churn[Stack] = Churn{Slope: 1.4} }, "calibration slope", "missed by 0.250"},
		{"too extreme", func(r *Result) { r.Cutoffs[0].Churn[Stack] = Churn{Slope: .8} }, "calibration slope", "missed by 0.050"},
		{"no slope", func(r *Result) {
			r.Cutoffs[0].Churn[Stack], r.Cutoffs[1].Churn[Stack] = Churn{Slope: nan}, Churn{Slope: nan}
		}, "calibration slope", "no aim: too few cases"},
		{"hardly an alert", func(r *Result) { r.Alerts.Levels[0].Recall = .02 }, "alert recall", "missed by 0.230"},
		{"no alert at all", func(r *Result) { r.Alerts.Levels[0].Precision = nan }, "alerts true", "no aim: no alert that could be judged"},
		{"less true than silence", func(r *Result) { r.Alerts.Levels[0].Precision = .6 }, "alerts true", "missed by 0.090"},
	} {
		r := met()
		row.change(r)
		aims := r.Aims()
		at := slices.IndexFunc(aims, func(a Aim) bool { return strings.Contains(a.Name+", "+a.Want, row.aim) })
		if at < 0 {
			t.Errorf("%s: no aim %q in %+v", row.why, row.aim, aims)
			continue
		}
		if got := aims[at].Verdict(); got != row.verdict || strings.Contains(aims[at].Got, "NaN") {
			t.Errorf("%s: %s came to %q: %q, want %q", row.why, row.aim, aims[at].Got, got, row.verdict)
		}
	}
	if aims := (&Result{}).Aims(); aims != nil {
		t.Errorf("no cutoff: got %+v, want no aims", aims)
	}
}
