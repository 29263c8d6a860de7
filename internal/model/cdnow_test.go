//go:build !race

// Two replays of 70,000 orders take minutes under the race detector, which would learn nothing from them.

package model_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/score/value"
)

// cdnow replays CDNOW's 23,570 customers under the default model. Without the data the test is skipped, or fails where
// TIDEMARK_STRICT is set.
func cdnow(t *testing.T, asOf event.Instant) (*score.Engine, replay.Result) {
	t.Helper()
	log, err := dataset.Read(dataset.CDNOW, []string{realdata.File(t, "cdnow/CDNOW_master.txt")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e, replay.Run(e, log.Events, asOf)
}

func date(year int, month time.Month, day int) event.Instant {
	return event.InstantOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// The model file says where its bounds come from: they are the 5th and 95th percentile of CDNOW's buyers at the end of 1997.
// And it says how their quintiles compare with the cuts of RFM.
func TestBoundsAreThoseOfCDNOW(t *testing.T) {
	e, result := cdnow(t, date(1997, time.December, 31))
	var spend, aov, orders, predicted []float64
	for _, c := range result.Customers {
		s := e.Score(c.Profile, result.AsOf)
		spend = append(spend, float64(s.Spend365)/100)
		aov = append(aov, float64(s.Spend365)/100/float64(max(1, s.Orders365)))
		orders = append(orders, float64(s.Orders365))
		predicted = append(predicted, float64(s.Current)/100)
	}
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	quintiles := map[value.Indicator][]float64{value.Spend: {15, 30, 53, 111}, value.Frequency: {1, 1, 2, 3}}
	for i, sample := range [][]float64{spend, aov, orders, nil, predicted} {
		if sample == nil {
			continue
		}
		slices.Sort(sample)
		at := func(q float64) float64 { return sample[int(q*float64(len(sample)-1))] }
		line := m.Scorecard.Lines[i]
		for _, bound := range []struct{ q, is float64 }{{.05, line.Scale.Low}, {.95, line.Scale.High}} {
			if got := at(bound.q); math.Abs(got-bound.is) > .05*got+.5 {
				t.Errorf("%s: the bound at %g %% is %g, the percentile of CDNOW %.4g", line.Indicator, 100*bound.q, bound.is, got)
			}
		}
		for k, want := range quintiles[line.Indicator] {
			if got := at(.2 * float64(k+1)); math.Abs(got-want) > .5 {
				t.Errorf("%s: quintile %d is %.4g, the model's comment says %g", line.Indicator, k+1, got, want)
			}
		}
	}
	once := 0
	for _, n := range orders {
		if n == 1 {
			once++
		}
	}
	if share := float64(once) / float64(len(orders)); math.Abs(share-.5) > .05 {
		t.Errorf("%.3g of the buyers bought once, the model's comment says half", share)
	}
}

// The model file says how often its lines raise an alert.
func TestAlertsAreAsFrequentAsTheModelSays(t *testing.T) {
	_, result := cdnow(t, date(1998, time.July, 1))
	for _, quarter := range []struct{ from, to event.Instant }{
		{date(1998, time.January, 1), date(1998, time.April, 1)}, {date(1998, time.April, 1), date(1998, time.July, 1)},
	} {
		raised, regular := 0, 0
		for _, c := range result.Customers {
			if c.Profile.History.Facts(quarter.from, event.Calendar{}).PurchaseDays < 3 {
				continue
			}
			regular++
			if slices.ContainsFunc(c.Transitions, func(x score.Transition) bool {
				a, ok := x.(*score.ChurnAlert)
				return ok && a.State == score.Raised && a.AsOf >= quarter.from && a.AsOf < quarter.to
			}) {
				raised++
			}
		}
		if share := 100 * float64(raised) / float64(regular); share < 17.5 || share >= 24.5 {
			t.Errorf("from %s on: %d of %d customers with a rhythm alerted in a quarter, %.1f %%; the model's comment says 18 to 24", quarter.from, raised, regular, share)
		}
	}
}
