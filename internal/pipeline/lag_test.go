package pipeline

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// muteFetch is a log whose fetches hang until their context ends.
type muteFetch struct{ Source }

func (muteFetch) Fetch(ctx context.Context, _ shard.Partition, _ int64) (f stream.Fetch, err error) {
	<-ctx.Done()
	return f, ctx.Err()
}

// TestLagGrowsWhateverTheLaneDoes: while a lane does not apply, for whichever reason, the metric of the lag grows with the log.
func TestLagGrowsWhateverTheLaneDoes(t *testing.T) {
	bad := func(w *world) {
		for n := range 150 {
			w.send(event.Purchases, message{ID: fmt.Sprint("bad", n), Customer: "c01", Occurred: ago(0), Bad: "schema"})
		}
	}
	for _, row := range []struct {
		name   string
		before func(*world)
	}{
		{"it pauses", bad},
		{"it retries to publish", func(w *world) { w.wire.set(schemas.TierChanges, true) }},
		{"its commit hangs", func(w *world) { w.adjust = func(c *Config) { c.Store = hanging{c.Store.(fusedStore)} } }},
		{"its fetches hang", func(w *world) { w.adjust = func(c *Config) { c.Source = muteFetch{c.Source} } }},
		{"its takeover hangs", func(w *world) { w.adjust = func(c *Config) { c.Store = deafStore{c.Store} } }},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				row.before(w)
				metrics, adjust := NewMetrics(), w.adjust
				w.adjust = func(c *Config) { c.Metrics, c.StallAfter = metrics, -1; adjust(c) }
				lane := w.start(0, nil)
				const series = `tidemark_consumer_lag{partition="0", topic="` + string(event.Purchases) + `"}`
				lag := func() float64 { return scrape(t, metrics)[series] }
				send := func(first int) {
					for n := range 1000 {
						w.send(event.Purchases, message{ID: fmt.Sprint("e", first+n), Customer: "c01", Occurred: ago(0), Amount: 500})
					}
				}
				send(0)
				pass(20 * time.Second)
				before := lag()
				send(1000)
				pass(5 * time.Second)
				if after := lag(); before < 900 || after != before+1000 {
					t.Errorf("the lag: got %v and, 1,000 records later, %v; want most of 1,000, and 1,000 more", before, after)
				}
				lane.stop()
				lane.wait()
				if got, ok := scrape(t, metrics)[series]; ok {
					t.Errorf("a lane that has ended: want no lag of it, got %v", got)
				}
			})
		})
	}
}

// deafStore is a store that does not answer what a takeover asks first.
type deafStore struct{ Store }

func (deafStore) Audit(ctx context.Context, _ []int) ([]shard.Audit, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
