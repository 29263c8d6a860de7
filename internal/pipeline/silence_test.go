package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// quiet sets up a world with a lane that has caught up. c01 crosses a line a minute from now if no event arrives.
func quiet(t *testing.T) (*world, *running, event.Instant) {
	w := newWorld(t, toyScorer(), 1, 4)
	due := ago(-time.Minute)
	w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: due.Add(-10 * day), Amount: 5})
	lane := w.start(0, nil)
	lane.rest(t)
	return w, lane, due
}

// alerts returns when the alerts were published.
func (w *world) alerts() []time.Time {
	w.wire.mu.Lock()
	defer w.wire.mu.Unlock()
	var at []time.Time
	for id, o := range w.wire.sent {
		if o.Topic == schemas.ChurnAlerts {
			at = append(at, w.wire.at[id])
		}
	}
	return at
}

// TestSilence: without any traffic, the alert is published within a second after its due time plus the grace.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, lane, due := quiet(t)
		pass(3 * time.Minute)
		alerts := w.alerts()
		if len(alerts) != 1 {
			t.Fatalf("alerts: want 1, got %d", len(alerts))
		}
		late := event.InstantOf(alerts[0]).Sub(due)
		if grace := 500 * time.Millisecond; late < grace || late > grace+time.Second {
			t.Errorf("alert: want it 0.5 to 1.5 s after the due time, got %s", late)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}

// TestSilenceIsNoOutage: while one input cannot be read, no review fires, not even before an event of another input. When the input can
// be read again, its events come first.
func TestSilenceIsNoOutage(t *testing.T) {
	for _, back := range []struct {
		name   string
		event  bool
		alerts int
	}{{"she had written in time", true, 0}, {"she had not, until she came back", false, 2}} {
		t.Run(back.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, lane, due := quiet(t)
				feedback := w.place(event.Feedbacks, "c01")
				w.logs.set(w.logs.away, feedback, true)
				if back.event {
					w.sendTo(feedback, due.Add(-time.Second), message{ID: "f", Customer: "c01", Occurred: due.Add(-time.Second)})
				}
				pass(time.Hour)
				w.send(event.Interactions, message{ID: "i", Customer: "c01", Occurred: ago(0)})
				pass(time.Minute)
				if got := len(w.alerts()); got != 0 {
					t.Errorf("alerts while an input lags: want none, got %d", got)
				}
				w.logs.set(w.logs.away, feedback, false)
				pass(20 * time.Second)
				if got := len(w.alerts()); got != back.alerts {
					t.Errorf("alerts once it has caught up: want %d, got %d", back.alerts, got)
				}
				finish(t, lane)
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestUnreadInput: no review fires before every input has been read once.
func TestUnreadInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: ago(15 * day), Amount: 5})
		w.logs.set(w.logs.away, w.place(event.Interactions, "c01"), true)
		lane := w.start(0, nil)
		pass(10 * time.Minute)
		if got := len(w.alerts()); got != 0 {
			t.Errorf("alerts while interactions are unknown: want none, got %d", got)
		}
		w.logs.set(w.logs.away, w.place(event.Interactions, "c01"), false)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}

// TestFutureStamp: an event whose producer's clock is an hour ahead does not move the clock of other customers.
func TestFutureStamp(t *testing.T) {
	for _, stamp := range []struct {
		name               string
		occurred, recorded time.Duration
	}{{"occurred_at ahead", 4 * time.Minute, 0}, {"record time ahead", time.Hour, time.Hour}} {
		t.Run(stamp.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, lane, due := quiet(t)
				for _, topic := range event.Topics() {
					m := message{ID: "x" + string(topic), Customer: "c02", Occurred: ago(-stamp.occurred)}
					w.sendTo(w.place(topic, "c02"), ago(-stamp.recorded), m)
				}
				for event.InstantOf(time.Now()) < due {
					if got := len(w.alerts()); got != 0 {
						t.Fatalf("alerts before the due time: want none, got %d", got)
					}
					pass(500 * time.Millisecond)
				}
				pass(2 * time.Second)
				if got := len(w.alerts()); got != 1 {
					t.Errorf("alerts after the due time: want 1, got %d", got)
				}
				finish(t, lane)
			})
		})
	}
}

// TestTimerStorm: the reviews of a thousand customers are due at once. The lane goes on scoring events between these reviews.
func TestTimerStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.logs.limit = 500
		w.adjust = func(c *Config) { c.BatchEvents, c.CommitProfiles = 0, 0 }
		at := ago(10*day - time.Minute)
		for n := range 1500 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%04d", n), Occurred: at, Amount: 5})
		}
		lane := w.start(0, nil)
		lane.rest(t)
		pass(2 * time.Minute)
		if got := len(w.alerts()); got != 1500 {
			t.Errorf("alerts: want 1500, got %d", got)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}
