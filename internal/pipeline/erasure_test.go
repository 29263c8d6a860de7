package pipeline

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// erase sends an ERASED of a customer, which states an earlier time.
func (w *world) erase(id, customer string) {
	w.sendTo(w.place(event.Interactions, customer), ago(0), message{ID: id, Customer: customer, Occurred: ago(3 * day), Erase: true})
}

// checkErased compares the tombstones with those of the fold, and looks for what is left of customers who are gone.
func (w *world) checkErased(until event.Instant) {
	w.t.Helper()
	w.check(until)
	want := w.fold(until)
	tombstones := map[string]event.Instant{}
	for n, s := range w.store.shards {
		maps.Copy(tombstones, s.erased)
		for customer := range want.erased {
			if want.profiles[customer] != nil {
				continue
			}
			if _, ok := s.due[customer]; ok {
				w.t.Errorf("shard %d: a review of %s is due, who is erased", n, customer)
			}
		}
	}
	if !maps.Equal(tombstones, want.erased) {
		w.t.Errorf("tombstones: want %v, got %v", want.erased, tombstones)
	}
}

// TestErasedCustomerIsGone: profile, view, due time and share of the counts go, and those downstream hear of it. What comes late is
// swallowed, also by a lane that has read nothing of the erasure. Whoever comes back is a new customer.
func TestErasedCustomerIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics, c.PublishScores = metrics, true }
		for _, customer := range []string{"ann", "bob", "cid"} {
			for n := range 5 {
				w.send(event.Purchases, message{ID: fmt.Sprint(customer, n), Customer: customer, Occurred: ago(time.Duration(40-n) * day), Amount: 20_000})
			}
		}
		first := w.start(0, nil)
		first.rest(t)
		w.erase("forget ann", "ann")
		w.erase("forget bob", "bob")
		first.rest(t)
		w.sendTo(w.place(event.Purchases, "ann"), ago(0), message{ID: "late", Customer: "ann", Occurred: ago(day), Amount: 20_000})
		first.rest(t)
		pass(2 * time.Second)
		if got := w.store.shown(); fmt.Sprint(got) != "[cid]" {
			t.Errorf("views: want that of cid, got %v", got)
		}
		finish(t, first)

		second := w.start(0, nil)
		w.sendTo(w.place(event.Purchases, "bob"), ago(0), message{ID: "late too", Customer: "bob", Occurred: ago(day), Amount: 20_000})
		w.send(event.Purchases, message{ID: "back", Customer: "bob", Occurred: ago(0), Amount: 20_000})
		second.rest(t)
		pass(10 * time.Second) // for the population
		finish(t, second)
		w.checkErased(event.InstantOf(time.Now()))

		if got := len(w.wire.of(schemas.Erasures)); got != 2 {
			t.Errorf("messages on %s: want 2, got %d", schemas.Erasures, got)
		}
		for _, customer := range []string{"ann", "bob"} {
			if o, got := w.wire.message(scores + " " + nullID(customer)); !got || o.Value != nil {
				t.Errorf("null value of %s in the scores: want one, got %t, with value %q", customer, got, o.Value)
			}
			exits := 0
			for _, o := range w.wire.of(schemas.TierChanges) {
				if string(o.Key) == customer && strings.Contains(string(o.Value), "Cause:ERASED") {
					exits++
				}
			}
			if exits != 1 {
				t.Errorf("%s: %d tier changes with cause ERASED, want 1", customer, exits)
			}
		}
		if got := reading(t, metrics.events.WithLabelValues(string(event.Purchases), "erased")); got != 2 {
			t.Errorf("events counted as erased: want the 2 late ones, got %g", got)
		}
	})
}

// of returns the messages of a topic.
func (w *wire) of(topic string) (all []shard.Output) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.order {
		if o := w.sent[id]; o.Topic == topic {
			all = append(all, o)
		}
	}
	return all
}

// TestErasureBlanksWhatWaits: outputs of a customer that are committed, and cannot be published yet, are overwritten. The successor
// publishes what is left, and the last words on the customer.
func TestErasureBlanksWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 2)
		w.erasedWhileWaiting("ann", "bob")
		w.wire.set(schemas.TierChanges, true)
		first := w.start(0, nil)
		eventually(t, "outputs wait", func() bool { return w.store.waiting() > 0 })
		first.stop()
		first.wait()
		w.erase("forget ann", "ann")
		second := w.start(0, nil)
		pass(5 * time.Second)
		w.wire.set(schemas.TierChanges, false)
		second.rest(t)
		pass(10 * time.Second)
		finish(t, second)
		w.checkErased(event.InstantOf(time.Now()))
	})
}

// erasedWhileWaiting sends orders of customers.
func (w *world) erasedWhileWaiting(customers ...string) {
	for _, customer := range customers {
		for n := range 3 {
			w.send(event.Purchases, message{ID: fmt.Sprint(customer, n), Customer: customer, Occurred: ago(time.Duration(3-n) * time.Hour), Amount: 20_000})
		}
	}
}

// waiting is the number of outputs in all outboxes.
func (m *memory) waiting() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.shards {
		n += len(s.outbox)
	}
	return n
}

// TestErasuresEqualReplay: whatever the order of batches and erasures, what is left is what a fold of the logs leaves.
func TestErasuresEqualReplay(t *testing.T) {
	erased := 0
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, scorers(t)[1], 1, 4)
			r := rand.New(rand.NewPCG(seed, 21))
			w.live(r, 5, 60, ago(60*day))
			gone := map[string]bool{}
			for n := range 4 {
				lane := w.start(0, nil)
				for k := range 6 {
					customer := fmt.Sprintf("c%02d", r.IntN(5))
					switch r.IntN(3) {
					case 0:
						lane.rest(t) // the fold knows the order of the record times, the lane that of the arrivals
						pass(time.Millisecond)
						w.erase(fmt.Sprint("forget", n, k), customer)
						w.erase(fmt.Sprint("forget again", n, k), customer)
						gone[customer] = true
						lane.rest(t)
						pass(time.Millisecond)
					case 1: // from before, and late; of others a late event would correct what was said
						if !gone[customer] {
							continue
						}
						w.sendTo(w.place(event.Purchases, customer), ago(0), message{ID: fmt.Sprint("old", n, k), Customer: customer, Occurred: ago(day), Amount: 9000})
					default:
						w.send(event.Purchases, message{ID: fmt.Sprint("new", n, k), Customer: customer, Occurred: ago(0), Amount: 9000})
					}
					if r.IntN(2) == 0 {
						pass(time.Duration(r.IntN(1500)) * time.Millisecond)
					}
				}
				lane.rest(t)
				pass(10 * time.Second)
				finish(t, lane)
			}
			w.checkErased(event.InstantOf(time.Now()))
			erased += len(w.fold(event.InstantOf(time.Now())).erased)
		})
	}
	if erased < 30 {
		t.Errorf("erased in all: want many, got %d", erased)
	}
}

// TestCrashWhileErasing kills a lane at every call while customers are being erased. The successor leaves nothing of them behind.
func TestCrashWhileErasing(t *testing.T) {
	crashEverywhere(t, (*world).checkErased, func(t *testing.T, f *fuse) (*world, *running) {
		w := newWorld(t, scorers(t)[1], 1, 2)
		w.adjust = func(c *Config) { c.RollingCycle, c.PublishScores = -1, true }
		w.erasedWhileWaiting("ann", "bob", "cid")
		first := w.start(0, f)
		pass(2500 * time.Millisecond)
		w.erase("forget ann", "ann")
		w.erase("forget cid", "cid")
		first.rest(t)
		pass(time.Second)
		w.send(event.Purchases, message{ID: "back", Customer: "cid", Occurred: ago(0), Amount: 5000})
		first.rest(t)
		pass(2500 * time.Millisecond)
		return w, first
	})
}

// TestErasureSurvivesADroppedShard: a damaged shard is rebuilt from the log. Its tombstones stand while that goes on, so nothing of an
// erased customer is published again.
func TestErasureSurvivesADroppedShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 2)
		w.erasedWhileWaiting("ann", "bob")
		lane := w.start(0, nil)
		lane.rest(t)
		w.erase("forget ann", "ann")
		lane.rest(t)
		pass(2 * time.Second)
		finish(t, lane)
		told := len(w.wire.order)
		n := w.layout.Of("ann")
		if err := w.store.Drop(t.Context(), []int{n}); err != nil {
			t.Fatal(err)
		}
		lane = w.start(0, nil)
		pass(10 * time.Second)
		finish(t, lane)
		w.checkErased(event.InstantOf(time.Now()))
		for _, id := range w.wire.order[told:] {
			if strings.Contains(string(w.wire.sent[id].Key), "ann") {
				t.Errorf("%s is published again, of an erased customer", id)
			}
		}
	})
}

// TestErasureSparesEnds: a subscriber has heard of an episode. A purchase ends the episode in the batch in which the customer is erased: the
// subscriber hears of the end.
func TestErasureSparesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 2)
		for n := range 12 {
			w.send(event.Purchases, message{ID: fmt.Sprint("ann", n), Customer: "ann", Occurred: ago(time.Duration(24-n) * 7 * day), Amount: 9000})
		}
		finish(t, w.start(0, nil))
		alerts := func(state string) (n int) {
			for _, o := range w.wire.of(schemas.ChurnAlerts) {
				if strings.Contains(string(o.Value), "State:"+state+" ") && strings.Contains(string(o.Value), "Kind:CHURN ") {
					n++
				}
			}
			return n
		}
		if alerts("RAISED") != 1 || alerts("RESOLVED") != 0 {
			t.Fatalf("before: %d RAISED, %d RESOLVED, want an open episode", alerts("RAISED"), alerts("RESOLVED"))
		}
		w.send(event.Purchases, message{ID: "back", Customer: "ann", Occurred: ago(0), Amount: 9000})
		pass(time.Millisecond)
		w.erase("forget ann", "ann")
		finish(t, w.start(0, nil))
		if alerts("RESOLVED") != 1 {
			t.Errorf("%d RESOLVED, want the end of the episode that was told", alerts("RESOLVED"))
		}
		w.checkErased(event.InstantOf(time.Now()))
	})
}
