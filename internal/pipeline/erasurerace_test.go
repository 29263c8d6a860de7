package pipeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// eraseElsewhere erases a customer as a lane does that is not of this test: profile and due time go, and a tombstone comes.
func (m *memory) eraseElsewhere(t *testing.T, n int, customer string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.commit(shard.Commit{
		Shard: n, Read: m.shards[n].meta.Token, Token: shard.Token("erased " + customer), Forgotten: []string{customer},
		Erased: []shard.Tombstone{{Customer: customer, At: event.InstantOf(time.Now())}},
	})
	if err != nil {
		t.Errorf("erase %s elsewhere: %v", customer, err)
	}
}

// erasedMeanwhile is a store whose due times are out of date once: another lane erases a customer as soon as a review is due.
type erasedMeanwhile struct {
	Store
	erase func()
	done  *bool
}

func (s erasedMeanwhile) Due(ctx context.Context, n, limit int) ([]shard.Due, error) {
	due, err := s.Store.Due(ctx, n, limit)
	if err == nil && !*s.done && len(due) > 0 && due[0].At <= event.InstantOf(time.Now()) {
		*s.done = true
		s.erase()
	}
	return due, err
}

// TestErasedBeforeTheirReview: another lane erases a customer after this lane has read that a review of the customer is due. The lane goes on,
// and reviews the others.
func TestErasedBeforeTheirReview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 1)
		done := false
		w.adjust = func(c *Config) {
			c.Store = erasedMeanwhile{c.Store, func() { w.store.eraseElsewhere(t, 0, "ann") }, &done}
		}
		for _, customer := range []string{"ann", "bob"} {
			w.send(event.Purchases, message{ID: customer, Customer: customer, Occurred: ago(10*day - 20*time.Second), Amount: 500})
		}
		lane := w.start(0, nil)
		lane.rest(t)
		pass(time.Minute)
		finish(t, lane)
		if !done {
			t.Fatal("nobody was erased")
		}
		alerts := map[string]int{}
		for _, o := range w.wire.of(schemas.ChurnAlerts) {
			alerts[string(o.Key)]++
		}
		if alerts["ann"] != 0 || alerts["bob"] != 1 {
			t.Errorf("alerts: want one, of bob, got %v", alerts)
		}
		if s := w.store.shards[0]; len(s.due) != 1 || s.profiles["ann"] != nil {
			t.Errorf("want a due time of bob and no profile of ann, got due times %v", s.due)
		}
	})
}

// lastWords is a publisher that remembers the last value of each key of a topic.
type lastWords struct {
	Publisher
	mu   *sync.Mutex
	last map[string][]byte
}

func (p lastWords) Publish(ctx context.Context, outputs []shard.Output) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range outputs {
		p.last[o.Topic+" "+string(o.Key)] = o.Value
	}
	return p.Publisher.Publish(ctx, outputs)
}

// slowErasures is a store that takes its time to carry out an erasure.
type slowErasures struct{ Store }

func (s slowErasures) Commit(ctx context.Context, commits []shard.Commit) []error {
	if slices.ContainsFunc(commits, func(c shard.Commit) bool { return len(c.Erased) > 0 }) {
		pass(3 * time.Second)
	}
	return s.Store.Commit(ctx, commits)
}

// TestErasedScoreIsTakenBackLast: the ERASED comes to a lane that does not own the shard. While that lane commits it, the owner of the shard
// publishes the score once more. The last message of the customer on the compacted topic is a null value all the same.
//
//	other lane   null value ── commit ─────────> null value
//	owner                 score ──>
func TestErasedScoreIsTakenBackLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 4)
		var mu sync.Mutex
		last := map[string][]byte{}
		w.adjust = func(c *Config) {
			c.PublishScores, c.Publisher, c.Store = true, lastWords{c.Publisher, &mu, last}, slowErasures{c.Store}
		}
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		customer := "ann"
		for n := range 5 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: customer, Occurred: ago(time.Duration(n) * day), Amount: 20_000})
		}
		pass(5 * time.Second) // until the outbox is empty: to empty it takes a commit, with which the erasure would conflict
		w.send(event.Purchases, message{ID: "last", Customer: customer, Occurred: ago(0), Amount: 20_000})
		end := w.logs.end(w.place(event.Purchases, customer))
		eventually(t, "the last purchase is applied", func() bool { return w.mark(w.layout.Of(customer), w.place(event.Purchases, customer)) == end })
		wrong := w.place(event.Interactions, customer)
		wrong.Index = 1 - wrong.Index
		w.sendTo(wrong, ago(0), message{ID: "forget", Customer: customer, Occurred: ago(0), Erase: true})
		pass(10 * time.Second)
		finish(t, lanes...)
		if value, ok := last[scores+" "+customer]; !ok || value != nil {
			t.Errorf("last message of %s on %s: want a null value, got %t %q", customer, scores, ok, value)
		}
		if got := w.store.shown(); len(got) != 0 {
			t.Errorf("views: want none, got %v", got)
		}
	})
}

// otherOutbox is a store of which another master answers for an outbox once: at the next erasure.
type otherOutbox struct {
	Store
	other shard.Outbox
	asked *bool
}

func (s otherOutbox) Outbox(ctx context.Context, n int) (shard.Outbox, error) {
	if !*s.asked {
		*s.asked = true
		return s.other, nil
	}
	return s.Store.Outbox(ctx, n)
}

// TestErasureBlanksNoOutputOfOthers: the outbox that a lane reads before an erasure comes from another master, whose entries stand in other
// places. No output of another customer is blanked.
func TestErasureBlanksNoOutputOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 2)
		asked := true
		w.adjust = func(c *Config) {
			c.RollingCycle = -1
			o, err := plain{}.EncodeErasure("ann", 1)
			if err != nil {
				t.Fatal(err)
			}
			c.Store = otherOutbox{c.Store, shard.Outbox{Token: "of another master", Outputs: []shard.Output{o}}, &asked}
		}
		owner := w.start(w.layout.Of("ann")%2, nil)
		other := w.start(1-w.layout.Of("ann")%2, nil)
		owner.rest(t)
		other.rest(t)
		owner.stop() // bob's output waits for the successor
		owner.wait()
		bob := "bob"
		for n := 0; w.layout.Of(bob) != w.layout.Of("ann"); n++ {
			bob = fmt.Sprint("bob", n)
		}
		stray := func(topic event.Topic, m message) {
			p := w.place(topic, m.Customer)
			p.Index = 1 - p.Index
			w.sendTo(p, ago(0), m)
		}
		stray(event.Purchases, message{ID: "bob", Customer: bob, Occurred: ago(0), Amount: 20_000})
		eventually(t, "an output of bob waits", func() bool { return w.store.waiting() > 0 })
		asked = false
		stray(event.Interactions, message{ID: "forget", Customer: "ann", Occurred: ago(0), Erase: true})
		eventually(t, "ann is erased", func() bool { return w.store.waiting() > 1 })
		w.adjust = func(*Config) {}
		owner = w.start(owner.lane.cfg.Index, nil)
		pass(10 * time.Second)
		finish(t, owner, other)
		if !asked {
			t.Error("the other master was not asked")
		}
		w.checkErased(event.InstantOf(time.Now()))
	})
}

// TestErasureIsToldAfterADroppedShard: a shard is damaged while what its erasure says still waits in the outbox. The lane reads the ERASED
// again under its own tombstone, and says again that the customer is erased.
func TestErasureIsToldAfterADroppedShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 2)
		w.erasedWhileWaiting("ann", "bob")
		lane := w.start(0, nil)
		lane.rest(t)
		pass(3 * time.Second)
		w.wire.set(schemas.Erasures, true)
		w.erase("forget ann", "ann")
		eventually(t, "ann is erased", func() bool { return w.store.profiles()["ann"] == "" && w.store.waiting() > 0 })
		lane.stop()
		lane.wait()
		if err := w.store.Drop(t.Context(), []int{w.layout.Of("ann")}); err != nil {
			t.Fatal(err)
		}
		w.wire.set(schemas.Erasures, false)
		lane = w.start(0, nil)
		pass(10 * time.Second)
		finish(t, lane)
		if got := len(w.wire.of(schemas.Erasures)); got != 1 {
			t.Errorf("messages on %s: want the one of ann, got %d", schemas.Erasures, got)
		}
	})
}

// TestErasedLeaveNothingAnywhere: two lanes, events and erasures in partitions of the wrong lane, slow stores and crashes. Whoever was erased
// last leaves no profile, due time, output, view or score behind; and everybody else is counted as before.
func TestErasedLeaveNothingAnywhere(t *testing.T) {
	for seed := range uint64(24) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 33))
			w := newWorld(t, scorers(t)[1], 2, 4)
			var mu sync.Mutex
			last := map[string][]byte{}
			w.adjust = func(c *Config) {
				c.PublishScores, c.Publisher = true, lastWords{c.Publisher, &mu, last}
				if seed%2 == 0 {
					c.Store = slowErasures{c.Store}
				}
			}
			lanes := []*running{w.start(0, nil), w.start(1, nil)}
			erased := map[string]bool{}
			send := func(topic event.Topic, m message) {
				p := w.place(topic, m.Customer)
				if r.IntN(2) == 0 {
					p.Index = 1 - p.Index
				}
				w.sendTo(p, ago(0), m)
				erased[m.Customer] = m.Erase
			}
			for n := range 60 {
				customer := fmt.Sprintf("c%02d", r.IntN(6))
				m := message{ID: fmt.Sprint("e", n), Customer: customer, Occurred: ago(0), Amount: int64(5000 + r.IntN(20_000))}
				switch r.IntN(5) {
				case 0:
					m.Erase = true
					send(event.Interactions, m)
				case 1:
					send(event.Interactions, m)
				default:
					send(event.Purchases, m)
				}
				pass(time.Duration(r.IntN(900)) * time.Millisecond)
				if r.IntN(15) == 0 {
					k := r.IntN(2)
					lanes[k].stop()
					lanes[k].wait()
					lanes[k] = w.start(k, nil)
				}
			}
			for customer := range erased {
				if r.IntN(2) == 0 {
					pass(2 * time.Second)
					send(event.Interactions, message{ID: "last " + customer, Customer: customer, Occurred: ago(0), Erase: true})
				}
			}
			pass(30 * time.Second)
			finish(t, lanes...)
			w.nothingLeft(t, erased, last)
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// nothingLeft looks for what is left of customers who are erased.
func (w *world) nothingLeft(t *testing.T, erased map[string]bool, last map[string][]byte) {
	t.Helper()
	profiles, census := w.store.profiles(), int64(0)
	for n, s := range w.store.shards {
		census += s.census["customers"]
		for customer := range s.due {
			if erased[customer] {
				t.Errorf("shard %d: a review of %s is due, who is erased", n, customer)
			}
		}
	}
	if census != int64(len(profiles)) {
		t.Errorf("customers of the census: want the %d with a profile, got %d", len(profiles), census)
	}
	for customer, gone := range erased {
		there := profiles[customer] != "" // who came back may be gone: the other lane may have read the ERASED after what followed it
		if gone && there {
			t.Errorf("%s is erased, and has a profile", customer)
		}
		if _, seen := w.store.views[customer]; seen != there {
			t.Errorf("%s: profile %t, view %t", customer, there, seen)
		}
		if value := last[scores+" "+customer]; (value != nil) != there {
			t.Errorf("%s: profile %t, last score %q", customer, there, value)
		}
	}
	if got := w.store.waiting(); got != 0 {
		t.Errorf("outputs that wait: want none, got %d", got)
	}
}
