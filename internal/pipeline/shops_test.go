package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestShopsAreCounted: an id of all guests counts as a shop in the public population and in the metric from its third day on, until a quiet day
// lowers its mean. Customers never count.
func TestShopsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		lane := w.start(0, nil)
		shown := func(when, want string, metric float64) {
			t.Helper()
			lane.rest(t)
			pass(2 * countEvery)
			if got := w.store.public()[Shops]; got != want {
				t.Errorf("%s, shops of the population: want %s, got %q", when, want, got)
			}
			if got := reading(t, metrics.shops.WithLabelValues()); got != metric {
				t.Errorf("%s, shops of the metric: want %g, got %g", when, metric, got)
			}
		}
		// The risk of "0" is frozen 39.7 hours ago. That instant lies between two stages: an order from before it would be late, because the
		// lane may have run the review already.
		begin := ago(3*day + 2*time.Hour)
		order := func(customer string, d, k int) {
			id := fmt.Sprint(customer, d, "-", k)
			at := begin.Add(time.Duration(d)*day + time.Duration(k)*time.Minute)
			w.send(event.Purchases, message{ID: id, Customer: customer, Occurred: at, Amount: 2500})
		}
		for d := range 2 {
			for k := range 100 {
				order("0", d, k)
			}
			order("ann", d, 0)
		}
		shown("two days", "0", 0)
		for k := range 100 {
			order("0", 2, k)
		}
		shown("three days", "1", 1)
		order("0", 3, 0)
		shown("a day of one order", "0", 0)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}
