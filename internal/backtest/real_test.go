package backtest_test

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/backtest"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/score"
)

func days(t *testing.T, dates ...string) []event.Instant {
	t.Helper()
	var all []event.Instant
	for _, date := range dates {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, event.InstantOf(at.AddDate(0, 0, 1))-1) // the end of the day
	}
	return all
}

func engine(t testing.TB) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func run(t *testing.T, format dataset.Format, file string, cutoffs []event.Instant) *backtest.Result {
	t.Helper()
	log, err := dataset.Read(format, []string{realdata.File(t, file)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := backtest.Run(t.Context(), engine(t), log.Events, backtest.Options{Cutoffs: cutoffs, Horizon: 91 * 24 * time.Hour, UnitDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Alerts, spend and the course of purchase days on the CDNOW sample.
func TestAlertsAndSpendOnCDNOW(t *testing.T) {
	r := run(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt", days(t, "1997-12-31"))
	c := r.Cutoffs[0]
	all := c.Alerts.Levels[0]
	t.Logf("%+v", *c.Alerts)
	// The log ends at midnight before 30 June 1998, so alerts are judged until 31 March.
	if got := float64(c.Alerts.WatchedDays); math.Abs(got-89) > .01 {
		t.Errorf("days watched: want 89, got %v", got)
	}
	if got := float64(c.Alerts.CustomerMonths); math.Abs(got-2357*89*12/365.) > .1 {
		t.Errorf("customer-months: want all 2,357 customers for 89 days, got %v", got)
	}
	if all.Alerts < 50 || all.Alerts < c.Alerts.Levels[1].Alerts || c.Alerts.Levels[1].Alerts < c.Alerts.Levels[2].Alerts {
		t.Errorf("want a fair number of alerts, and fewer of each higher level, got %+v", c.Alerts.Levels)
	}
	if !(all.Precision > .6 && all.Precision < .85 && all.Matched > .55 && all.Matched < .85) {
		t.Errorf("want a precision of about .7, and about as much of matched customers, got %v and %v", all.Precision, all.Matched)
	}
	if all.PerThousand > 30 {
		t.Errorf("want no more than 30 alerts per 1,000 customer-months, got %v", all.PerThousand)
	}
	ours, steady := c.Spend[backtest.ExpectedSpend], c.Spend[backtest.SteadySpend]
	if ours.Actual != steady.Actual || !(ours.MAE < steady.MAE && ours.RMSE < steady.RMSE && ours.Correlation > steady.Correlation) {
		t.Errorf("spend: want smaller errors than by the past average, got %+v and %+v", ours, steady)
	}
	for i, p := range c.Course {
		if i > 0 && !(p.Actual >= c.Course[i-1].Actual && p.Forecast > c.Course[i-1].Forecast) {
			t.Errorf("day %v: want the sums to grow, got %+v after %+v", p.Days, p, c.Course[i-1])
		}
	}
	last, counts := c.Course[len(c.Course)-1], c.Counts[backtest.MBGNBD]
	if len(c.Course) != 13 || last.Actual != counts.Actual || math.Abs(float64(last.Forecast-counts.Forecast)) > 1e-6 ||
		math.Abs(float64(last.Steady-c.Counts[backtest.Steady].Forecast)) > 1e-6 {
		t.Errorf("after 13 weeks: want the purchase days of the whole horizon, %+v, got %+v", counts, last)
	}
	again := run(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt", days(t, "1997-12-31"))
	if !reflect.DeepEqual(again.Alerts.Levels[0], r.Alerts.Levels[0]) {
		t.Errorf("a second time: want the same alerts, got %+v and %+v", again.Alerts.Levels[0], r.Alerts.Levels[0])
	}
}

func TestALogTooShort(t *testing.T) {
	log, err := dataset.Read(dataset.CDNOWSample, []string{realdata.File(t, "cdnow/CDNOW_sample.txt")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := backtest.Options{Cutoffs: days(t, "1997-05-30"), Horizon: 91 * 24 * time.Hour, UnitDays: 7}
	if _, err := backtest.Run(t.Context(), engine(t), log.Events, o); !errors.Is(err, learn.ErrShort) {
		t.Errorf("a cutoff five months after the beginning: want %v, got %v", learn.ErrShort, err)
	}
}
