package pipeline

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// skewed is a source whose local clock is ahead.
type skewed struct {
	fusedSource
	by *atomic.Int64 // ms
}

func (s skewed) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	f, err := s.fusedSource.Fetch(ctx, p, offset)
	f.SentAt += event.Instant(s.by.Load())
	return f, err
}

// Counted is asked by the same clock.
func (s skewed) Counted() (int, event.Instant) {
	n, at := s.fusedSource.Counted()
	return n, at + event.Instant(s.by.Load())
}

// TestClockThatRunsAhead: the clock of the source runs ahead for a while, or for good. Nobody is reported before the line; she who does not
// buy is reported when it is crossed, by the right clock.
func TestClockThatRunsAhead(t *testing.T) {
	for _, row := range []struct {
		name  string
		ahead time.Duration
		lasts time.Duration // 0 for good
	}{
		{"a day, for ten seconds", 24 * time.Hour, 10 * time.Second},
		{"a year, for an hour", 365 * day, time.Hour},
		{"two minutes, for good", 2 * time.Minute, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				w.logs.wait = time.Second // hours pass: fewer empty fetches
				var by atomic.Int64
				w.adjust = func(c *Config) { c.Source = skewed{c.Source.(fusedSource), &by} }
				w.send(event.Purchases, message{ID: "x", Customer: "c02", Occurred: ago(0), Amount: 5})
				lane := w.start(0, nil)
				lane.rest(t)
				due := ago(-2 * time.Hour)
				w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: due.Add(-10 * day), Amount: 5})
				by.Store(row.ahead.Milliseconds())
				if row.lasts > 0 {
					pass(row.lasts)
					by.Store(0)
				}
				pass(due.Sub(ago(0)) - time.Second)
				if got := w.alerts(); len(got) != 0 {
					t.Errorf("alerts before %s: want none, got %v", due, got)
				}
				pass(time.Minute)
				if got := w.alerted()["c01"]; got != 1 {
					t.Errorf("alerts a minute after the line: want 1, got %d", got)
				}
				finish(t, lane)
			})
		})
	}
}

// TestStoreClockBounds: the local clock of the lane jumps a day ahead of the store's, seen from the lane; nobody is reported whose line the
// store's clock has not passed. A store's clock that is ahead raises nothing either.
func TestStoreClockBounds(t *testing.T) {
	for _, row := range []struct {
		name    string
		store   time.Duration // ahead of the local clock
		waits   time.Duration // from the line, by the local clock
		reports time.Duration
	}{
		{"the local clock is a day ahead", -24 * time.Hour, 23*time.Hour + 50*time.Minute, 24*time.Hour + time.Minute},
		{"the store's clock is a day ahead", 24 * time.Hour, -time.Second, time.Minute},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				w.logs.wait = 5 * time.Second // a day passes: fewer empty fetches
				w.store.setClock(row.store)
				metrics := NewMetrics()
				w.adjust = func(c *Config) { c.Metrics, c.Checkpoint = metrics, 10*time.Second }
				due := ago(-time.Minute)
				w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: due.Add(-10 * day), Amount: 5})
				lane := w.start(0, nil)
				pass(due.Sub(ago(0)) + row.waits)
				if got := w.alerts(); len(got) != 0 {
					t.Errorf("alerts: want none yet, got %v", got)
				}
				if got, want := scrape(t, metrics)["tidemark_clock_ahead_seconds{}"], -row.store.Seconds(); got != want {
					t.Errorf("clock_ahead_seconds: want %v, got %v", want, got)
				}
				pass(row.reports - row.waits)
				if got := len(w.alerts()); got != 1 {
					t.Errorf("alerts once both clocks have passed the line: want 1, got %d", got)
				}
				lane.end(t)
			})
		})
	}
}

// TestStoreClockGoesOn: between two answers of the store its clock goes on.
func TestStoreClockGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c storeClock
		if got, want := c.bound(5), event.Instant(5); got != want {
			t.Errorf("before the first answer: want the local time %s, got %s", want, got)
		}
		c.set(1000)
		pass(300 * time.Millisecond)
		if got, want := c.bound(event.Never), event.Instant(1300); got != want {
			t.Errorf("the bound: want %d, got %d", want, got)
		}
	})
}
