package pipeline

import (
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestTestAccountsAreCountedApart: a customer leaves every counter of the population but one while an attribute marks a test account, and the
// customer without a channel counts once more. The counters of the metrics are the same.
func TestTestAccountsAreCountedApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		lane := w.start(0, nil)
		shown := func(when, customers, tests, uncontactable string, metric float64) {
			t.Helper()
			lane.rest(t)
			pass(2 * countEvery)
			for name, want := range map[string]string{"customers": customers, TestAccounts: tests, Uncontactable: uncontactable} {
				if got := w.store.public()[name]; got != want {
					t.Errorf("%s, %s of the population: want %s, got %q", when, name, want, got)
				}
			}
			if got := reading(t, metrics.testAccounts.WithLabelValues()); got != metric {
				t.Errorf("%s, test accounts of the metric: want %g, got %g", when, metric, got)
			}
		}
		n := 0
		send := func(topic event.Topic, m message) {
			n++
			m.ID, m.Customer, m.Occurred = string(rune('a'+n)), "ann", ago(time.Hour).Add(time.Duration(n)*time.Minute)
			w.send(topic, m)
		}
		send(event.Purchases, message{Amount: 2500})
		shown("a customer", "1", "0", "0", 0)
		send(event.Interactions, message{Marked: "true"})
		shown("a test account", "0", "1", "0", 1)
		send(event.Purchases, message{Amount: 2500})
		shown("which has bought", "0", "1", "0", 1)
		send(event.Interactions, message{Marked: "false"})
		shown("a customer again", "1", "0", "0", 0)
		send(event.Interactions, message{Refused: true})
		shown("who may not be contacted", "1", "0", "1", 0)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}
