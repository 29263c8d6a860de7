package pipeline

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// TestEventClock loads a history: reviews run up to the as-of and no further. Then every customer is projected as of this instant. Only
// then do the committed offsets reach the end.
func TestEventClock(t *testing.T) {
	for _, s := range scorers(t) {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s, 1, 4)
				w.lives(9)
				asOf := ago(60 * day)
				w.adjust = func(c *Config) { c.Clock, c.AsOf = EventClock, asOf }
				lane := w.start(0, nil)
				eventually(t, "caught up", func() bool { return lane.lane.Progress().CaughtUp })
				for customer, v := range w.store.views {
					if !slices.Contains(v.Fields, shard.Field{Name: "as_of", Value: asOf.String()}) {
						t.Errorf("view of %s: want it as of %s, got %v", customer, asOf, v.Fields)
					}
				}
				lane.lane.Drain()
				if err := <-lane.done; err != nil {
					t.Errorf("a drained lane: want no error, got %v", err)
				}
				w.check(asOf)
			})
		})
	}
}

// TestEventClockAfterAsOf: an event later than the as-of ends the lane.
func TestEventClockAfterAsOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: ago(day)})
		w.adjust = func(c *Config) { c.Clock, c.AsOf = EventClock, ago(2*day) }
		if err := <-w.start(0, nil).done; !errors.Is(err, ErrAfterAsOf) {
			t.Errorf("want %v, got %v", ErrAfterAsOf, err)
		}
	})
}

// TestSimulatedClock: the clock stands still until the test moves it. Then the reviews that are due by the new time run.
func TestSimulatedClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		var clock atomic.Int64
		start := ago(300 * day)
		clock.Store(int64(start))
		w.adjust = func(c *Config) {
			c.Clock, c.Now = SimulatedClock, func() event.Instant { return event.Instant(clock.Load()) }
		}
		w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: start, Amount: 5})
		lane := w.start(0, nil)
		for _, step := range []struct{ days, alerts int }{{9, 0}, {10, 1}, {25, 2}, {200, 3}} {
			now := start.Add(time.Duration(step.days) * day)
			clock.Store(int64(now))
			eventually(t, "reviewed", func() bool { return lane.lane.Progress().Reviewed >= now })
			if got := len(w.alerts()); got != step.alerts {
				t.Errorf("alerts after %d days: want %d, got %d", step.days, step.alerts, got)
			}
		}
		lane.lane.Drain()
		if err := <-lane.done; err != nil {
			t.Errorf("a drained lane: want no error, got %v", err)
		}
		w.check(event.Instant(clock.Load()))
	})
}

// TestAge: a backfill alerts nobody. Transitions that are too old are recorded and not published, by whole episodes.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.AlertMaxAge = 7 * day }
		// Gone long ago: the three alerts of the episode are too old.
		w.send(event.Purchases, message{ID: "1", Customer: "c01", Occurred: ago(200 * day), Amount: 5})
		// Raised 15 days ago, escalated 5 days ago, with more to come.
		w.send(event.Purchases, message{ID: "2", Customer: "c02", Occurred: ago(25 * day), Amount: 5})
		// Raised 9 days ago and resolved yesterday: the end of an episode that was not published.
		w.send(event.Purchases, message{ID: "3", Customer: "c03", Occurred: ago(19 * day), Amount: 5})
		w.send(event.Purchases, message{ID: "4", Customer: "c03", Occurred: ago(day), Amount: 5})
		finish(t, w.start(0, nil))
		var got []string
		for _, id := range w.wire.order {
			o := w.wire.sent[id]
			if o.Topic == schemas.ChurnAlerts {
				got = append(got, string(o.Key))
			}
		}
		if want := []string{"c02"}; !slices.Equal(got, want) {
			t.Errorf("alerts of: want %v, got %v", want, got)
		}
		for customer, want := range map[string]int64{"c01": 4, "c02": 3, "c03": 3} {
			b := w.store.shards[w.layout.Of(customer)].profiles[customer]
			p, err := decodeToy(b)
			if err != nil {
				t.Fatal(err)
			}
			if p.Sequence != want {
				t.Errorf("transitions recorded of %s: want %d, got %d", customer, want, p.Sequence)
			}
		}
	})
}

// TestMerge: events come in the order of their record times, whatever the sizes of the fetches.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	merged := newIntake(&base{cfg: Settings{BatchEvents: 1000, BatchBytes: 1 << 20}}, nil, nil)
	for _, topic := range event.Topics() {
		in := newInput(shard.Partition{Topic: topic}, 0)
		in.known = true
		at := event.Instant(0)
		for n := range 50 {
			at += event.Instant(r.IntN(5))
			in.items = append(in.items, &item{record: stream.Record{Topic: topic, Offset: int64(n), Time: at}, event: &event.Purchase{}})
		}
		in.current = run{next: 50, high: 50}
		merged.inputs = append(merged.inputs, in)
	}
	b, err := merged.take()
	if err != nil || len(b.items) != 150 {
		t.Fatalf("items: want 150 and no error, got %d and %v", len(b.items), err)
	}
	if !slices.IsSortedFunc(b.items, func(a, b *item) int { return int(a.record.Time - b.record.Time) }) {
		t.Error("items: want them in order of record time, got another")
	}
}

// TestMergeWaits: the merge waits for an input below its high watermark, and not for an input at its high watermark.
func TestMergeWaits(t *testing.T) {
	for _, c := range []struct {
		name  string
		other *input
		want  int
	}{
		{"never read", &input{}, 0},
		{"below its high watermark", &input{known: true, current: run{next: 5, high: 6}}, 0},
		{"at its high watermark", &input{known: true, current: run{next: 6, high: 6}}, 1},
	} {
		merged := newIntake(&base{cfg: Settings{BatchEvents: 10, BatchBytes: 10}}, nil, nil)
		ready := newInput(shard.Partition{Topic: event.Purchases}, 0)
		ready.known, ready.items = true, []*item{{event: &event.Purchase{}}}
		merged.inputs = []*input{ready, c.other}
		b, err := merged.take()
		if err != nil || len(b.items) != c.want {
			t.Errorf("%s: want %d items and no error, got %d and %v", c.name, c.want, len(b.items), err)
		}
	}
}

// TestFetchAhead: while the lane is busy, its fetchers fetch more, up to a bound, so that the next run is fresh.
func TestFetchAhead(t *testing.T) {
	for _, c := range []struct {
		batch, min, max int
	}{{1000, 20, 40}, {10, 10, 20}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, toyScorer(), 1, 4)
			w.adjust = func(cfg *Config) { cfg.BatchEvents = c.batch }
			busy := w.start(0, &fuse{at: -1, fails: map[string]int{"audit": math.MaxInt}}).lane
			in := newInput(w.place(event.Purchases, "c01"), 0)
			ctx, stop := context.WithCancel(t.Context())
			var fetcher sync.WaitGroup
			fetching := newIntake(busy.base, busy.ports.Source, busy.ports.Codec)
			fetcher.Go(func() { fetching.fetch(ctx, in) })
			for n := range 40 {
				w.sendTo(in.partition, ago(0), message{ID: strconv.Itoa(n), Customer: "c01", Occurred: ago(0), Amount: 5})
				pass(fetchPause)
			}
			if got := int(in.waiting.Load()); got < c.min || got > c.max {
				t.Errorf("events that wait, of 40, with batches of %d: want %d to %d, got %d", c.batch, c.min, c.max, got)
			}
			stop()
			fetcher.Wait()
			busy.Drain()
		})
	}
}
