package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestPopulationAtTheEnd: lanes leave one after another, in whatever order, or at once. The view that they leave is true, though the lane
// of index 0 looks for the last time before the others commit for the last time.
func TestPopulationAtTheEnd(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, w *world, lanes []*running){
		"the lane of index 0 first": func(t *testing.T, w *world, lanes []*running) {
			finish(t, lanes[0])
			w.shop(1, 2)
			finish(t, lanes[1])
			w.shop(2)
			finish(t, lanes[2])
		},
		"the lane of index 0 last": func(t *testing.T, w *world, lanes []*running) {
			w.shop(2)
			finish(t, lanes[2])
			w.shop(0, 1)
			finish(t, lanes[1], lanes[0])
		},
		"together": func(t *testing.T, w *world, lanes []*running) {
			w.shop(0, 1, 2)
			for _, lane := range lanes {
				lane.rest(t)
			}
			for _, lane := range lanes {
				lane.lane.Drain()
			}
			for _, lane := range lanes {
				if lane.wait(); lane.err != nil {
					t.Errorf("a drained lane: want no error, got %v", lane.err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 3, 12)
				lanes := []*running{w.start(0, nil), w.start(1, nil), w.start(2, nil)}
				w.shop(0, 1, 2)
				for _, lane := range lanes {
					lane.rest(t)
				}
				leave(t, w, lanes)
				w.check(event.InstantOf(time.Now()))
				if _, err := time.Parse(time.RFC3339, w.store.public()["as_of"]); err != nil {
					t.Errorf("as of when: want an instant, got %v", err)
				}
			})
		})
	}
}

// shop sends a purchase of ten new customers of each of these partitions.
func (w *world) shop(partitions ...int) {
	for n, left := w.shopped, 10*len(partitions); left > 0; n++ {
		customer := fmt.Sprintf("s%04d", n)
		w.shopped = n + 1
		if p := w.place(event.Purchases, customer); slices.Contains(partitions, p.Index) {
			w.send(event.Purchases, message{ID: customer, Customer: customer, Occurred: ago(0), Amount: int64(10 * n)})
			left--
		}
	}
}

// overtakenCensus lets another lane commit and leave between a look at the census and the view that is made of it: once armed, it closes
// began before it writes the view, and waits for over.
type overtakenCensus struct {
	Store
	armed       atomic.Bool
	began, over chan struct{}
}

func (s *overtakenCensus) ProjectPopulation(ctx context.Context, fields map[string]string) error {
	if s.armed.Swap(false) {
		close(s.began)
		<-s.over
	}
	return s.Store.ProjectPopulation(ctx, fields)
}

// TestPopulationOvertaken: a lane that leaves must not replace the view of a lane that has left meanwhile by an older one.
func TestPopulationOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		store := &overtakenCensus{began: make(chan struct{}), over: make(chan struct{})}
		w.adjust = func(c *Config) {
			if c.Index == 0 {
				store.Store = c.Store
				c.Store = store
			}
		}
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		w.shop(0, 1)
		for _, lane := range lanes {
			lane.rest(t)
		}
		pass(5 * time.Second)
		w.shop(1)
		lanes[1].rest(t)
		pass(5 * time.Second)
		store.armed.Store(true)
		lanes[0].lane.Drain()
		<-store.began
		w.shop(1)
		finish(t, lanes[1])
		close(store.over)
		lanes[0].wait()
		w.check(event.InstantOf(time.Now()))
	})
}
