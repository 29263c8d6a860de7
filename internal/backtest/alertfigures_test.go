//go:build !race

// The test here checks figures. The race detector sees the same code in bench_test.go, and takes ten times as long.

package backtest_test

import (
	"math"
	"reflect"
	"testing"

	"tidemark/internal/backtest"
	"tidemark/internal/dataset"
)

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
