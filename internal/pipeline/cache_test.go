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

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// laneCache is the cached profiles of a lane with one shard.
type laneCache struct {
	recent
	state *state
}

func newLaneCache(c *Cache) *laneCache {
	l := &laneCache{recent: recent{cache: c}}
	l.state = newState(0, true, &l.recent)
	l.state.loaded, l.state.profiles = true, map[string]*known{}
	c.lanes.Add(1)
	return l
}

// fill keeps so many profiles and trims after each batch of ten, as a lane does.
func (l *laneCache) fill(from, count int) {
	for i := range count {
		customer := fmt.Sprintf("c%06d", from+i)
		l.state.keep(customer, &known{profile: score.Profile{Customer: customer}, exists: true})
		if i%10 == 9 {
			l.trim()
		}
	}
}

// TestCacheEvictsLeastRecentlyUsed: what was used last stays; the count of bytes is that of what is kept.
func TestCacheEvictsLeastRecentlyUsed(t *testing.T) {
	c := NewCache(1 << 40)
	l := newLaneCache(c)
	l.fill(0, 4)
	one := l.bytes / 4
	if l.state.missing([]string{"c000000"}) != nil {
		t.Fatal("want the first profile in the cache")
	}
	l.state.keep("c000002", &known{profile: score.Profile{Customer: "c000002"}}) // committed again
	c.limit = 3 * one
	if got := l.trim(); got != 1 {
		t.Errorf("evicted: want 1, got %d", got)
	}
	c.limit = 2 * one
	l.trim()
	if got, want := sortedKeys(l.state.profiles), []string{"c000000", "c000002"}; !slices.Equal(got, want) {
		t.Errorf("in the cache: want %v, which were used last, got %v", want, got)
	}
	if l.bytes != 2*one || c.used.Load() != 2*one {
		t.Errorf("bytes: want %d, got %d in the lane and %d in the process", 2*one, l.bytes, c.used.Load())
	}
	l.state.forget()
	if l.bytes != 0 || c.used.Load() != 0 || l.newest != nil || l.oldest != nil {
		t.Errorf("after the shard is forgotten: want nothing, got %d bytes in the lane and %d in the process", l.bytes, c.used.Load())
	}
}

// TestCacheIsShared: a lane that comes late gets its even share from a lane that held everything, and the process never keeps more
// than the limit and a batch of each lane.
func TestCacheIsShared(t *testing.T) {
	probe := newLaneCache(NewCache(1 << 40))
	probe.fill(0, 1)
	one := probe.bytes
	c := NewCache(800 * one)
	first := newLaneCache(c)
	first.fill(0, 2000)
	if first.bytes != 800*one {
		t.Fatalf("a lane alone: want the whole limit of %d profiles, got %d", 800, first.bytes/one)
	}
	late := newLaneCache(c)
	within := func(when string) {
		if got := c.used.Load() / one; got > 800+2*10 {
			t.Errorf("%s: want at most 800 profiles and two batches, got %d", when, got)
		}
	}
	for n := range 10 {
		late.fill(n*1000, 1000) // the first lane is idle, but it comes to its checkpoint
		within("the late lane fills")
		first.trim()
	}
	if got := late.bytes / one; got < 399 {
		t.Errorf("the late lane: want an even share of 400 profiles, got %d", got)
	}
	for n := range 10 {
		late.fill(n*1000, 1000)
		first.fill(n*1000, 1000)
		within("both fill")
	}
	for _, l := range []*laneCache{first, late} {
		if got := l.bytes / one; got < 350 || got > 450 {
			t.Errorf("both are busy: want about 400 profiles each, got %d and %d", first.bytes/one, late.bytes/one)
		}
	}
	c.lanes.Add(-1)
	late.clear()
	first.fill(0, 2000)
	if got := first.bytes / one; got != 800 {
		t.Errorf("alone again: want 800 profiles, got %d", got)
	}
}

// asked is a store that counts how often each profile is read, and looks at the cache whenever one is.
type asked struct {
	Store
	cache *Cache
	mu    sync.Mutex
	times map[string]int
	// most is the greatest number of bytes that were kept when a read began.
	most int64
}

func (a *asked) Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error) {
	a.mu.Lock()
	a.most = max(a.most, a.cache.used.Load())
	for _, q := range queries {
		for _, customer := range q.Customers {
			a.times[customer]++
		}
	}
	a.mu.Unlock()
	return a.Store.Load(ctx, queries)
}

func (a *asked) of(customer string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.times[customer]
}

// TestSmallCache: lanes whose profiles do not fit into the cache come to the same end as the fold of the log, within the limit.
func TestSmallCache(t *testing.T) {
	for _, s := range scorers(t) {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s, 3, 12)
				cache, metrics := NewCache(8<<10), NewMetrics()
				w.adjust = func(c *Config) { c.Cache, c.Metrics = cache, metrics }
				w.live(rand.New(rand.NewPCG(3, 0)), 60, 400, ago(120*day))
				lanes := []*running{w.start(0, nil), w.start(1, nil), w.start(2, nil)}
				for _, lane := range lanes {
					lane.rest(t)
				}
				pass(2 * time.Second) // a checkpoint of each lane
				if got := cache.used.Load(); got > cache.limit || got == 0 {
					t.Errorf("kept at rest: want up to %d bytes, got %d", cache.limit, got)
				}
				of := &metrics.cache
				if got := reading(t, of.bytes); got != float64(cache.used.Load()) {
					t.Errorf("tidemark_cache_bytes: want %d, got %v", cache.used.Load(), got)
				}
				for _, c := range []prometheus.Counter{of.hits, of.misses, of.evictions} {
					if reading(t, c) == 0 {
						t.Errorf("%s: want it counted, got 0", c.Desc())
					}
				}
				finish(t, lanes...)
				w.check(event.InstantOf(time.Now()))
				if got := cache.used.Load(); got != 0 {
					t.Errorf("after the lanes have ended: want nothing kept, got %d bytes", got)
				}
			})
		})
	}
}

// TestBacklogStaysWithinCache: a lane that works off a backlog, and comes to no checkpoint, keeps to the limit after every batch.
func TestBacklogStaysWithinCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 2)
		store := &asked{times: map[string]int{}, cache: NewCache(8 << 10)}
		w.adjust = func(c *Config) {
			store.Store = c.Store
			c.Store, c.Cache, c.Checkpoint = store, store.cache, time.Hour
		}
		for n := range 300 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprint("c", n), Occurred: ago(0), Amount: 1})
		}
		lane := w.start(0, nil)
		eventually(t, "all is applied", func() bool {
			return lane.lane.Progress().Applied[shard.Partition{Topic: event.Purchases}] == 300
		})
		if got := store.most; got > store.cache.limit {
			t.Errorf("kept after a batch: want at most %d bytes, got %d", store.cache.limit, got)
		}
		lane.lane.Drain()
		lane.wait()
	})
}

// TestHotProfileStays: the profile of one customer id for all guests grows much larger than the others. It is read once, though the
// customers beside it do not all fit.
func TestHotProfileStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 1)
		store := &asked{times: map[string]int{}}
		w.adjust = func(c *Config) {
			store.Store, store.cache = c.Store, NewCache(40<<10)
			c.Store, c.Cache, c.BatchEvents = store, store.cache, 10
		}
		lane := w.start(0, nil)
		for n := range 120 {
			for i := range 5 {
				w.send(event.Purchases, message{ID: fmt.Sprint("guest", n, i), Customer: "guest", Occurred: ago(0), Amount: 1})
			}
			w.send(event.Purchases, message{ID: fmt.Sprint("other", n), Customer: fmt.Sprint("c", n%60), Occurred: ago(0), Amount: 1})
			lane.rest(t)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
		if got := store.of("guest"); got != 1 {
			t.Errorf("the hot profile: want it read once, got %d times", got)
		}
		if got := store.of("c1"); got < 2 {
			t.Errorf("another profile: want it evicted and read again, got it read %d times", got)
		}
	})
}

// TestPausedLaneGivesBack: a lane that pauses because too many records are bad keeps no memory from the others.
func TestPausedLaneGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		cache := NewCache(1 << 30)
		w.adjust = func(c *Config) { c.Cache, c.Breaker = cache, Breaker{AtLeast: 5, Pause: time.Hour} }
		lane := w.start(0, nil)
		w.send(event.Purchases, message{ID: "good", Customer: "c01", Occurred: ago(time.Minute), Amount: 60})
		lane.rest(t)
		if cache.used.Load() == 0 {
			t.Fatal("want the profile in the cache, got nothing")
		}
		for n := range 10 {
			w.send(event.Purchases, message{ID: fmt.Sprint("bad", n), Customer: "c01", Bad: "no good", Occurred: ago(0)})
		}
		eventually(t, "the lane pauses", func() bool { return w.noticed(Paused) > 0 })
		eventually(t, "the memory is given back", func() bool { return cache.used.Load() == 0 })
		lane.lane.Drain()
		lane.wait()
	})
}
