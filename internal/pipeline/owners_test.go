package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// TestTwoOwners runs a lane beside its successor, as a zombie that does not know of a rebalance.
func TestTwoOwners(t *testing.T) {
	for _, s := range scorers(t) {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s, 1, 4)
				w.logs.limit = 3
				w.lives(11)
				zombie := w.start(0, nil)
				successor := w.start(0, nil)
				for n := range 20 {
					w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n%5), Occurred: ago(0), Amount: 90})
					pass(130 * time.Millisecond)
				}
				finish(t, zombie, successor)
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestGenerationOver: when its generation is over, a lane does nothing more, not even for the batch that it works on.
func TestGenerationOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.logs.limit = 1
		w.live(rand.New(rand.NewPCG(4, 4)), 5, 300, ago(200*day))
		w.wire.set(schemas.TierChanges, true) // it is busy publishing
		first := w.start(0, nil)
		pass(200 * time.Millisecond)
		first.stop()
		if err := <-first.done; !errors.Is(err, context.Canceled) {
			t.Errorf("a lane whose generation ended: want its cause, got %v", err)
		}
		before := w.store.states()
		pass(time.Minute)
		if got := w.store.states(); got != before || before == 0 {
			t.Errorf("commits: want %d as at the end, got %d", before, got)
		}
		w.wire.set(schemas.TierChanges, false)
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
	})
}

// TestNotCoPartitioned feeds every customer through two partition indices: producers of the topics that hash differently.
// It is correct, only slower.
func TestNotCoPartitioned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		r := rand.New(rand.NewPCG(1, 2))
		send := func(topic event.Topic, m message) {
			m.Occurred = ago(0)
			p := w.place(topic, m.Customer)
			if topic == event.Interactions {
				p.Index = 1 - p.Index
			}
			w.sendTo(p, m.Occurred, m)
			pass(110 * time.Millisecond) // canonical order: each event is read before the next one is sent
		}
		for n := range 60 {
			send(event.Topics()[r.IntN(3)], message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", r.IntN(6)), Amount: int64(r.IntN(150))})
			pass(time.Duration(r.IntN(2000)) * time.Millisecond)
		}
		for n := range 10 { // by turns, more often than the lanes look at the heads
			send(event.Topics()[n%2], message{ID: fmt.Sprint("turn ", n), Customer: "c01", Amount: 5})
		}
		finish(t, lanes...)
		if w.wire.repeats != 0 {
			t.Errorf("outputs published again while nothing fails: want none, got %d", w.wire.repeats)
		}
		finish(t, w.start(0, nil), w.start(1, nil))
		w.check(event.InstantOf(time.Now()))
		if got := reading(t, metrics.misrouted); got == 0 {
			t.Error("events of another index: want them counted, got none")
		}
		if got := reading(t, metrics.conflicts); got == 0 {
			t.Error("conflicts: want some between two lanes on the same shards, got none")
		}
	})
}

// heldUp does one call of Project six seconds late: its process was stopped in between.
type heldUp struct {
	Store
	at    int
	calls *int
}

func (s heldUp) Project(ctx context.Context, views []shard.View) error {
	if *s.calls++; *s.calls == s.at {
		pass(6 * time.Second)
	}
	return s.Store.Project(ctx, views)
}

// TestOvertakenViews delays a lane at each call of Project, while its successor goes on and customers fall silent. The late view must not
// stay, although the rolling pass of the successor is off.
func TestOvertakenViews(t *testing.T) {
	for at, calls := 1, 1; calls >= at; at++ {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, toyScorer(), 1, 2)
			calls = 0
			for n := range 6 { // customers fall silent one after another
				silent := ago(10*day - time.Duration(n)*700*time.Millisecond)
				w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: silent, Amount: 150})
			}
			rolling := []time.Duration{-1, time.Second}[at%2]
			w.adjust = func(c *Config) { c.Store, c.RollingCycle = heldUp{c.Store, at, &calls}, rolling }
			lane := w.start(0, nil)
			pass(100 * time.Millisecond)
			w.adjust = func(c *Config) { c.RollingCycle = -1 }
			successor := w.start(0, nil)
			pass(12 * time.Second)
			finish(t, lane, successor)
			w.check(event.InstantOf(time.Now()))
		})
		if t.Failed() || at > 200 {
			t.Fatalf("held up at call %d of %d", at, calls)
		}
	}
}

// TestRebalance moves partitions between two members again and again, without waiting until a member is done.
func TestRebalance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		w.logs.limit = 2
		w.live(rand.New(rand.NewPCG(4, 4)), 12, 200, ago(150*day))
		for n := range 30 {
			a, b := w.start(0, nil), w.start(1, nil)
			pass(time.Duration(10+37*n) * time.Millisecond)
			a.stop() // its generation ends; the other lane is drained
			b.lane.Drain()
			a.wait()
			if err := <-b.done; err != nil {
				t.Errorf("a drained lane: want no error, got %v", err)
			}
		}
		finish(t, w.start(0, nil), w.start(1, nil))
		w.check(event.InstantOf(time.Now()))
	})
}

// TestGaugesEndWithTheirLane: when a lane ends, its gauges end, because another lane then reports on the partitions.
func TestGaugesEndWithTheirLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		w.lives(3)
		stays, leaves := w.start(0, nil), w.start(1, nil)
		stays.rest(t)
		leaves.rest(t)
		both := map[string]int{"0": 8, "1": 8} // the lag of four topics, and four more
		if got := gauges(t, metrics); !maps.Equal(got, both) {
			t.Errorf("gauges by partition, two lanes at work: got %v, want %v", got, both)
		}
		finish(t, leaves)
		if got, want := gauges(t, metrics), map[string]int{"0": 8}; !maps.Equal(got, want) {
			t.Errorf("gauges by partition after one lane has ended: got %v, want %v", got, want)
		}
		finish(t, stays)
	})
}

// gauges counts the gauges of each partition.
func gauges(t *testing.T, m *Metrics) map[string]int {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, f := range families {
		for _, one := range f.GetMetric() {
			for _, label := range one.GetLabel() {
				if f.GetType() == dto.MetricType_GAUGE && label.GetName() == "partition" {
					counts[label.GetValue()]++
				}
			}
		}
	}
	return counts
}

// TestReset: the group's offsets are set back to the beginning. Nothing is counted again.
func TestReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(2)
		finish(t, w.start(0, nil))
		before := len(w.wire.order)
		for p := range w.logs.committed {
			w.logs.committed[p] = 0
		}
		w.store.views = map[string]shard.View{}
		finish(t, w.start(0, nil))
		if got := len(w.wire.order); got != before {
			t.Errorf("outputs after a replay: want %d as before, got %d", before, got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}

// reading returns the value of a counter.
func reading(t *testing.T, c prometheus.Metric) float64 {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue() + m.GetGauge().GetValue()
}

// TestEverythingMisrouted: producers whose partitioner is another one. Every output is published once, by the owner of its shard, within
// a checkpoint or two.
func TestEverythingMisrouted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 3, 6)
		lanes := []*running{w.start(0, nil), w.start(1, nil), w.start(2, nil)}
		for n := range 120 {
			m := message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n%40), Occurred: ago(0), Amount: int64(20 + n*7%200)}
			p := w.place(event.Purchases, m.Customer)
			p.Index = (p.Index + 1 + n%40%2) % 3 // one wrong partition a customer
			w.sendTo(p, m.Occurred, m)
			pass(70 * time.Millisecond)
		}
		finish(t, lanes...)
		if w.wire.repeats != 0 {
			t.Errorf("outputs published again: want none, got %d of %d", w.wire.repeats, len(w.wire.order))
		}
		w.check(event.InstantOf(time.Now()))
	})
}

// twoMasters is a store of which a failover has made two: while apart, some calls go to a copy that has not heard of the others' commits.
type twoMasters struct {
	Store
	old   *memory
	apart func() bool
}

// Metas and Load answer from the old master while the two are apart.
func (s twoMasters) Metas(ctx context.Context, shards []int) ([]shard.Meta, error) {
	if s.apart() {
		return s.old.Metas(ctx, shards)
	}
	return s.Store.Metas(ctx, shards)
}

func (s twoMasters) Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error) {
	if s.apart() {
		return s.old.Load(ctx, queries)
	}
	return s.Store.Load(ctx, queries)
}

// TestTwoMasters: a head that comes from one master and an outbox that comes from another are never taken together. No output is lost.
func TestTwoMasters(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			w := newWorld(t, toyScorer(), 2, 4)
			var flip atomic.Bool
			var calls atomic.Uint64
			old := newMemory(4)
			w.adjust = func(c *Config) {
				c.Store = twoMasters{c.Store, old, func() bool { return flip.Load() && calls.Add(1)%(2+seed%3) == 0 }}
			}
			lanes := []*running{w.start(0, nil), w.start(1, nil)}
			for n := range 80 {
				m := message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", r.IntN(8)), Occurred: ago(0), Amount: int64(20 + r.IntN(200))}
				p := w.place(event.Purchases, m.Customer)
				if m.Customer < "c04" { // one partition a customer, and for these the wrong one
					p.Index = 1 - p.Index
				}
				w.sendTo(p, m.Occurred, m)
				pass(200 * time.Millisecond)
				switch n {
				case 30: // the replica as it is when the two part
					w.store.copyTo(old)
					flip.Store(true)
				case 60:
					flip.Store(false)
				}
			}
			finish(t, lanes...)
			finish(t, w.start(0, nil), w.start(1, nil))
			w.check(event.InstantOf(time.Now()))
		})
	}
}
