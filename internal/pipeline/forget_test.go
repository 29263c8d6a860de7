package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// forgetful is the real engine that forgets prospects.
func forgetful(t *testing.T) scorer {
	t.Helper()
	s := scorers(t)[1]
	first, next := s.engine.(*score.Engine), s.next
	s.engine = first.Forgetting(forgetAfter)
	s.next = func(from event.Instant) Engine { return next(from).(*score.Engine).Forgetting(forgetAfter) }
	return s
}

const forgetAfter = 100 * day

// TestProspectsAreForgotten: whoever never bought goes at the start of the day on which the newest event is 100 days old, and leaves
// no profile, view, due time or count behind. Buyers stay. Whoever comes again begins anew.
func TestProspectsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, forgetful(t), 1, 4)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics, c.PublishScores = metrics, true }
		came := ago(99 * day) // the bubble begins at midnight
		for _, c := range []string{"looked", "back", "buyer", "late buyer"} {
			w.send(event.Interactions, message{ID: c, Customer: c, Occurred: came})
		}
		w.send(event.Purchases, message{ID: "order", Customer: "buyer", Occurred: came, Amount: 5000})
		first := w.start(0, nil)
		finish(t, first)
		pass(23*time.Hour + 59*time.Minute) // nobody runs: an idle lane takes long in the bubble
		lane := w.start(0, nil)
		w.send(event.Purchases, message{ID: "second", Customer: "late buyer", Occurred: ago(0), Amount: 5000})
		lane.rest(t)
		pass(30 * time.Second)
		if got := len(w.store.shown()); got != 4 {
			t.Errorf("views half a minute before: want 4, got %d", got)
		}
		pass(31 * time.Second)
		lane.rest(t)
		pass(2 * time.Second)
		if got := w.store.shown(); fmt.Sprint(got) != "[buyer late buyer]" {
			t.Errorf("views afterwards: want those of the buyers, got %v", got)
		}
		for customer, want := range map[string]bool{"looked": true, "back": true, "buyer": false, "late buyer": false} {
			if o, got := w.wire.message(scores + " " + nullID(customer)); got != want || o.Value != nil {
				t.Errorf("tombstone of %s in the scores: want %t, got %t, with value %q", customer, want, got, o.Value)
			}
		}
		w.send(event.Interactions, message{ID: "again", Customer: "back", Occurred: ago(0)})
		lane.rest(t)
		pass(10 * time.Second) // for the population
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
		if got := reading(t, metrics.forgotten); got != 2 {
			t.Errorf("forgotten: want 2, got %g", got)
		}
		if got := w.fold(event.InstantOf(time.Now())).forgotten; got != 2 {
			t.Errorf("forgotten by the fold: want 2, got %d", got)
		}
	})
}

// shown returns the customers who have a view, sorted.
func (m *memory) shown() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return sortedKeys(m.views)
}

// message returns a message that has been sent.
func (w *wire) message(id string) (shard.Output, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o, ok := w.sent[id]
	return o, ok
}

// TestForgettingBeginsLater: prospects from before the service was told to forget are found by the rolling pass.
func TestForgettingBeginsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		w.adjust = func(c *Config) { c.RollingCycle = 5 * time.Second }
		for n := range 20 {
			w.send(event.Interactions, message{ID: fmt.Sprint(n), Customer: fmt.Sprint("p", n), Occurred: ago(200*day) + event.Instant(n)})
		}
		w.send(event.Purchases, message{ID: "order", Customer: "buyer", Occurred: ago(199 * day), Amount: 5000})
		finish(t, w.start(0, nil))
		w.scorer = forgetful(t)
		lane := w.start(0, nil)
		pass(30 * time.Second)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
		if got := w.store.shown(); fmt.Sprint(got) != "[buyer]" {
			t.Errorf("views: want that of the buyer, got %v", got)
		}
	})
}

// prospects fills the logs with the visits of many people over years, of whom a few buy now and then.
func (w *world) prospects(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 9))
	at := ago(900 * day)
	for n := range 120 {
		at = at.Add(time.Duration(r.IntN(14*24)) * time.Hour)
		topic := event.Interactions
		switch r.IntN(12) {
		case 0:
			topic = event.Purchases
		case 1:
			topic = event.Feedbacks
		}
		w.send(topic, message{ID: fmt.Sprint("v", n), Customer: fmt.Sprintf("p%02d", r.IntN(12)), Occurred: at, Amount: int64(1000 + r.IntN(9000))})
	}
}

// TestForgettingEqualsReplay: whatever the order of events and reviews, what is left is what a fold of the logs leaves.
func TestForgettingEqualsReplay(t *testing.T) {
	forgotten := 0
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, forgetful(t), 1, 4)
			w.prospects(seed)
			if seed%2 == 1 { // a switch of the model forgets nobody else
				w.activate(ago(-45 * day))
			}
			for n := range 4 { // nobody runs in between: an idle lane takes long in the bubble
				finish(t, w.start(0, nil))
				pass(30 * day)
				w.send(event.Interactions, message{ID: fmt.Sprint("live", n), Customer: fmt.Sprintf("p%02d", n), Occurred: ago(0)})
			}
			last := w.start(0, nil)
			last.rest(t)
			pass(10 * time.Second) // for the population
			finish(t, last)
			w.check(event.InstantOf(time.Now()))
			forgotten += w.fold(event.InstantOf(time.Now())).forgotten
		})
	}
	if forgotten < 20 {
		t.Errorf("forgotten in all: want many, got %d", forgotten)
	}
}

// TestCrashWhileForgetting kills a lane at every call while prospects are being forgotten. The successor leaves no view, due time or count
// of them behind.
func TestCrashWhileForgetting(t *testing.T) {
	crashEverywhere(t, (*world).check, func(t *testing.T, f *fuse) (*world, *running) {
		w := newWorld(t, forgetful(t), 1, 2)
		w.adjust = func(c *Config) { c.RollingCycle = -1 }
		for n := range 5 {
			w.send(event.Interactions, message{ID: fmt.Sprint(n), Customer: fmt.Sprint("p", n), Occurred: ago(0)})
		}
		first := w.start(0, nil)
		first.rest(t)
		finish(t, first)
		pass(forgetAfter)
		second := w.start(0, f)
		second.rest(t)
		return w, second
	})
}
