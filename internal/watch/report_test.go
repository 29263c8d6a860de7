package watch_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/judge"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// on is 00:00 of a date.
func on(t *testing.T, date string) event.Instant {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return event.InstantOf(at)
}

// outcomes are n forecasts of a risk in millionths, of which so many were gone.
func outcomes(at event.Instant, model string, g score.Group, risk int64, n, gone int) []score.Outcome {
	list := make([]score.Outcome, n)
	for i := range list {
		list[i] = score.Outcome{AsOf: at, Model: model, Group: g, Risk: risk, Gone: i < gone}
	}
	return list
}

func TestCounters(t *testing.T) {
	got := map[string]int64{}
	watch.Count(got, []score.Outcome{
		{AsOf: on(t, "1998-06-30"), Model: "0a", Risk: 500_000, Gone: true},
		{AsOf: on(t, "1998-06-30"), Model: "0a", Risk: 500_001},
		{AsOf: on(t, "1998-07-01"), Model: "0a", Group: score.Contacted, Risk: 499_999},
		{AsOf: on(t, "1998-07-01"), Model: "0b", Group: score.Control, Risk: 800}, // squared, .64 millionths
		{AsOf: on(t, "1998-07-01"), Model: "0b", Group: score.Control, Risk: 1e6},
	})
	want := map[string]int64{
		"forecast:0a:1998h1:uncontacted:25:cases": 2, "forecast:0a:1998h1:uncontacted:25:gone": 1,
		"forecast:0a:1998h1:uncontacted:25:risk": 1_000_001, "forecast:0a:1998h1:uncontacted:error": 500_001,
		"forecast:0a:1998h2:contacted:24:cases": 1, "forecast:0a:1998h2:contacted:24:risk": 499_999, "forecast:0a:1998h2:contacted:error": 249_999,
		"forecast:0b:1998h2:control:00:cases": 1, "forecast:0b:1998h2:control:00:risk": 800,
		"forecast:0b:1998h2:control:49:cases": 1, "forecast:0b:1998h2:control:49:risk": 1e6, "forecast:0b:1998h2:control:error": 1_000_001,
	}
	if !maps.Equal(got, want) {
		t.Errorf("counters: got %v, want %v", got, want)
	}
}

// However many customers there are, a model has no more than 453 counters to a half-year.
func TestCountersAreFew(t *testing.T) {
	counters := map[string]int64{}
	for risk := int64(0); risk <= 1e6; risk += 250 {
		for g := score.Uncontacted; g <= score.Control; g++ {
			watch.Count(counters, outcomes(0, "0a", g, risk, 2, 1))
		}
	}
	if len(counters) != 453 {
		t.Errorf("%d counters, want 453", len(counters))
	}
}

// The figures of counters are those of the cases: the Brier score to the millionth, the others as near as bins allow.
func TestFigures(t *testing.T) {
	var all []score.Outcome
	var set judge.Set
	for i := range 5000 {
		odds := -3 + 6*math.Mod(float64(i)*.618034, 1)
		risk := math.Round(1e6 / (1 + math.Exp(-odds)))
		gone := math.Mod(float64(i)*.754878, 1) < 1/(1+math.Exp(.2-.8*odds))
		all = append(all, score.Outcome{Model: "0a", Risk: int64(risk), Gone: gone})
		set.Scores, set.Happened = append(set.Scores, risk/1e6), append(set.Happened, gone)
	}
	counters := map[string]int64{}
	watch.Count(counters, all)
	f := watch.DefaultBounds().Reports(counters)[0].Fair
	line, auc := judge.CalibrationLine(set.Scores, set.Happened), judge.AUC(set)
	for _, row := range []struct {
		what           string
		got, want, tol float64
	}{
		{"settled", float64(f.Settled), 5000, 0},
		{"Brier", f.Brier, judge.Brier(set.Scores, set.Happened), 1e-6},
		{"slope", f.Slope.Value, line.Slope.Value, .005},
		{"its standard error", f.Slope.StandardError, line.Slope.StandardError, .001},
		{"AUC", f.AUC.Value, auc.Value, f.AUCWithin},
		{"AUC, closer", f.AUC.Value, auc.Value, .002},
		{"lift", f.Lift, judge.TopShare(set.Scores, set.Happened, nil, .1).Lift, .02},
	} {
		if !(math.Abs(row.got-row.want) <= row.tol) {
			t.Errorf("%s: got %v, want %v within %v", row.what, row.got, row.want, row.tol)
		}
	}
	for i, b := range f.Curve {
		if i > 0 && b.Forecast <= f.Curve[i-1].Forecast {
			t.Errorf("the curve falls back at %d: %+v", i, f.Curve)
		}
	}
}

func TestReports(t *testing.T) {
	bounds := watch.Bounds{Settled: 100, Shift: .25, Slope: .15}
	early, late := on(t, "1998-01-01"), on(t, "1999-08-01")
	for _, row := range []struct {
		why      string
		outcomes []score.Outcome
		since    string
		settled  int
		drift    string // a part of it
	}{
		{"as forecast", outcomes(late, "0a", 0, 800_000, 200, 160), "1999h2", 200, ""},
		{"far too many left", outcomes(late, "0a", 0, 500_000, 200, 160), "1999h2", 200, "80.0 % had no purchase where 50.0 % was forecast"},
		{"nobody left, which is no reason to be silent", outcomes(late, "0a", 0, 500_000, 200, 0), "1999h2", 200, "0.0 % had no purchase"},
		{"all left", outcomes(late, "0a", 0, 500_000, 200, 200), "1999h2", 200, "100.0 % had no purchase"},
		{"too few to say anything", outcomes(late, "0a", 0, 500_000, 99, 80), "1999h2", 99, ""},
		{"out of bounds, but that may be chance", outcomes(late, "0a", 0, 500_000, 100, 63), "1999h2", 100, ""},
		{"beyond chance, but within bounds", outcomes(late, "0a", 0, 500_000, 9000, 4900), "1999h2", 9000, ""},
		{
			"what was right long ago does not hide what is wrong now",
			slices.Concat(outcomes(early, "0a", 0, 500_000, 9000, 4500), outcomes(late, "0a", 0, 500_000, 200, 160)), "1999h2", 200, "80.0 %",
		},
		{
			"where the newest are too few, older ones help out",
			slices.Concat(outcomes(early, "0a", 0, 500_000, 200, 160), outcomes(late, "0a", 0, 500_000, 50, 25)), "1998h1", 250, "74.0 %",
		},
		{
			"a timid model: right on the whole, but too low where it is high, and too high where it is low",
			slices.Concat(outcomes(late, "0a", 0, 600_000, 1000, 800), outcomes(late, "0a", 0, 400_000, 1000, 200)), "1999h2", 2000, "slope is 3.42",
		},
		{
			"who was contacted says nothing about the model, and who was not is no fair sample: too few of the control group to judge",
			slices.Concat(outcomes(late, "0a", score.Contacted, 500_000, 900, 100), outcomes(late, "0a", score.Uncontacted, 500_000, 900, 100), outcomes(late, "0a", score.Control, 500_000, 60, 30)),
			"1999h2", 60, "",
		},
		{
			"the control group speaks for itself",
			slices.Concat(outcomes(late, "0a", score.Contacted, 500_000, 900, 450), outcomes(late, "0a", score.Control, 500_000, 200, 160)), "1999h2", 200, "80.0 %",
		},
		{
			"one mail in two hundred spoils nothing",
			slices.Concat(outcomes(late, "0a", score.Contacted, 500_000, 1, 0), outcomes(late, "0a", score.Uncontacted, 500_000, 180, 90), outcomes(late, "0a", score.Control, 500_000, 20, 10)),
			"1999h2", 200, "",
		},
	} {
		counters := map[string]int64{"customers": 7, "forecast:": 1, "forecast:0a:1998h1:nobody:01:cases": 5, "forecast:0a:1998h1:control:99:cases": 5}
		if row.since != "1998h1" {
			delete(counters, "forecast:0a:1998h1:control:99:cases")
		}
		watch.Count(counters, row.outcomes)
		reports := bounds.Reports(counters)
		if len(reports) != 1 {
			t.Fatalf("%s: %d reports, want 1", row.why, len(reports))
		}
		r := reports[0]
		if r.Model != "0a" || r.Since != row.since || r.Fair.Settled != row.settled {
			t.Errorf("%s: model %s since %s, %d settled; want 0a since %s, %d", row.why, r.Model, r.Since, r.Fair.Settled, row.since, row.settled)
		}
		if got := strings.Join(r.Drift, " and "); !strings.Contains(got, row.drift) || (got == "") != (row.drift == "") {
			t.Errorf("%s: drift %q, want %q in it", row.why, got, row.drift)
		}
		if math.IsInf(r.Fair.Shift.Value, 0) {
			t.Errorf("%s: shift %v, want it finite", row.why, r.Fair.Shift)
		}
		if got := r.String(); !strings.Contains(got, fmt.Sprintf("of %d forecasts since %s", row.settled, row.since)) {
			t.Errorf("%s: in words %q", row.why, got)
		}
	}
}

func TestReportsAreByModel(t *testing.T) {
	counters := map[string]int64{}
	watch.Count(counters, outcomes(0, "0b", 0, 500_000, 2000, 1800))
	watch.Count(counters, outcomes(0, "0a", 0, 500_000, 2000, 1000))
	reports := watch.DefaultBounds().Reports(counters)
	if len(reports) != 2 || reports[0].Model != "0a" || reports[1].Model != "0b" || len(reports[0].Drift) > 0 || len(reports[1].Drift) == 0 {
		t.Errorf("reports %+v, want 0a as it should be and 0b adrift", reports)
	}
}

func TestBoundsCheck(t *testing.T) {
	if err := watch.DefaultBounds().Check(); err != nil {
		t.Errorf("the default bounds: %v, want no error", err)
	}
	for _, b := range []watch.Bounds{{}, {Settled: 1, Shift: 1}, {Settled: 1, Slope: 1}, {Shift: 1, Slope: 1}, {Settled: 1, Shift: math.NaN(), Slope: 1}} {
		if err := b.Check(); err == nil {
			t.Errorf("%+v: got no error", b)
		}
	}
}
