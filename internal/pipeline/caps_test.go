package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"

	"tidemark/internal/event"
)

// TestEventsBeyondTheCapsAreSeen: a till without customer cards sells 300 times a day under one id. What the history no longer tells apart
// is counted by the lane that commits it.
func TestEventsBeyondTheCapsAreSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		lane := w.start(0, nil)
		sell := func(from, to int) {
			for i := from; i < to; i++ {
				w.send(event.Purchases, message{ID: fmt.Sprint("sale ", i), Customer: "till", Occurred: ago(0), Amount: 100})
			}
			lane.rest(t)
		}
		sell(0, 256)
		if got := reading(t, metrics.beyondCaps.WithLabelValues("0")); got != 0 {
			t.Errorf("events beyond the caps: want none of 256, got %v", got)
		}
		sell(256, 300)
		if got := reading(t, metrics.beyondCaps.WithLabelValues("0")); got != 44 {
			t.Errorf("events beyond the caps: want 44 of 300, got %v", got)
		}
		finish(t, lane)
	})
}
