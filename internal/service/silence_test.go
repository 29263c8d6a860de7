package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestSilence: a customer who bought every day falls silent, and no event arrives. The alert is published when the risk crosses a line, by
// the wall clock: not before, and at most a second after the grace. The test chooses the customer and the line so that the crossing is
// seconds away. If the machine is too busy to have the service ready by then, it tries again with a later crossing.
func TestSilence(t *testing.T) {
	bound := 500*time.Millisecond + time.Second // the grace, and the promise
	if servicetest.RaceDetector {
		bound *= 4
	}
	for wait := 4 * time.Second; ; wait *= 3 {
		log, model, due := crossingIn(t, wait)
		if log == nil {
			if wait >= servicetest.Longest {
				t.Fatalf("no customer was found in time who crosses a line in about %v", wait)
			}
			continue
		}
		s := servicetest.Start(t, 1)
		c := usual()
		c.model = model
		serve(t, s, c)
		s.Send(t, log)
		servicetest.Eventually(t, servicetest.Longest, "ann is scored", func() bool { return s.Score(t, "ann", "tier") != "" })
		ready := due.Time().After(time.Now())
		servicetest.Eventually(t, servicetest.Longest, "the alert is published", func() bool { return len(s.Records(t, schemas.ChurnAlerts)) > 0 })
		alert := s.Records(t, schemas.ChurnAlerts)[0]
		if got := servicetest.HeaderOf(alert, "ce_time"); got != due.String() || string(alert.Key) != "ann" {
			t.Errorf("alert of %s at %s, want ann's at %s", alert.Key, got, due)
		}
		after := alert.Timestamp.Sub(due.Time())
		if !ready && wait < servicetest.Longest {
			continue
		}
		if after < 0 || after > bound {
			t.Errorf("published %v after it was due, want 0 to %v", after, bound)
		}
		t.Logf("published %v after it was due", after)
		return
	}
}

// crossingIn returns a log of one customer, and a model under which the customer crosses the first churn line in silence after about
// wait, and no sooner. due is the exact instant. Log-odds are whole thousandths, so the possible crossings of one customer are about a
// minute apart. crossingIn tries many customers, until one has a crossing at that time. On a busy machine a trial may take so long that the
// crossing is over, or nearly so: log is nil if no trial within some multiples of wait was quick enough.
func crossingIn(t *testing.T, wait time.Duration) (log []event.Event, text string, due event.Instant) {
	t.Helper()
	lined, err := model.Parse([]byte(withLine(1)))
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for days := 5; days < 300 && time.Since(begun) < 5*wait; days++ {
		now := event.InstantOf(time.Now())
		target := now.Add(wait)
		log = daily(t, days)
		crossed := func(up int) event.Instant {
			lined.Churn.Levels[0].Up = int32(up)
			engine, err := score.NewEngine(lined, event.Calendar{}, avro.Identify, nil)
			if err != nil {
				t.Fatal(err)
			}
			customer := replay.Run(engine, log, now).Customers[0]
			if customer.Profile.Episode.Level != churn.None {
				return now
			}
			return customer.Profile.Due
		}
		low, high := 1, 20_000 // the higher the line, the later it is crossed
		for high-low > 1 {
			if up := (low + high) / 2; crossed(up) < target {
				low = up
			} else {
				high = up
			}
		}
		if due = crossed(high); due.Sub(target) < 6*time.Second && due > event.InstantOf(time.Now().Add(wait/2)) {
			return log, withLine(high), due
		}
	}
	return nil, "", 0
}

// daily returns the log of a customer who bought on a number of days in a row. The last of these days is two days ago.
func daily(t *testing.T, days int) []event.Event {
	t.Helper()
	var log strings.Builder
	last := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -2)
	for n := range days {
		fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":"e%d","customer_id":"ann","order_id":"o%d",`+
			`"occurred_at":%q,"kind":"ORDER","amount_minor":4000,"currency":"USD"}}`+"\n",
			n, n, last.AddDate(0, 0, n-days+1).Format(time.RFC3339))
	}
	return readLog(t, log.String())
}

// withLine is the model with its first churn line at so many thousandths of log-odds above normal, and the others out of
// reach.
func withLine(up int) string {
	return strings.NewReplacer(
		"min_silence_days: 14", "min_silence_days: 1",
		"{up: 0.5, down: 0.3, floor: 0.65}", fmt.Sprintf("{up: %.3f, down: 0.001, floor: 0.0001}", float64(up)/1000),
		"{up: 0.8, down: 0.6,", "{up: 50, down: 49,",
		"{up: 1.2, down: 1.0,", "{up: 60, down: 59,",
	).Replace(string(modeltest.Quiet()))
}
