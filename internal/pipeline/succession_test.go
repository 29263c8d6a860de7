package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// trade sends purchases of some customers, over a few seconds; the others stay silent.
func (w *world) trade(name string, n int) {
	for i := range n {
		w.send(event.Purchases, message{
			ID: fmt.Sprint(name, i), Customer: fmt.Sprintf("c%02d", i%3), Occurred: ago(0), Amount: 150,
		})
		pass(300 * time.Millisecond)
	}
}

// checkModel is check, and also checks that every profile and every shard's head have the model in force.
func (w *world) checkModel(t *testing.T) {
	t.Helper()
	w.check(event.InstantOf(time.Now()))
	want := w.next.Hash()
	for n, s := range w.store.shards {
		if len(s.profiles) > 0 && s.meta.Model != want {
			t.Errorf("model of shard %d: want %s, got %s", n, want, s.meta.Model)
		}
		for customer, b := range s.profiles {
			p, err := w.scorer.decode(b)
			if err != nil || p.Model != want {
				t.Errorf("model of %s: want %s, got %s, error %v", customer, want, p.Model, err)
			}
		}
	}
	told := 0
	for _, o := range w.wire.sent {
		for _, h := range o.Headers {
			if h.Key == "cause" && string(h.Value) == score.ByModel.String() {
				told++
			}
		}
	}
	if told == 0 {
		t.Error("transitions that the model caused: want some, got none")
	}
}

// TestModelSwitch switches the model while a lane runs, with notice. Events before the instant are scored by the old model, events after
// it by the new model. Silent customers are migrated too.
func TestModelSwitch(t *testing.T) {
	for _, s := range scorers(t) {
		for _, owners := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/owners=%d", s.name, owners), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, s, 1, 4)
					w.lives(7)
					lanes := []*running{w.start(0, nil)}
					for range owners - 1 {
						lanes = append(lanes, w.start(0, nil))
					}
					lanes[0].rest(t)
					w.activate(ago(-2 * time.Second))
					w.trade("live", 20)
					finish(t, lanes...)
					w.checkModel(t)
				})
			})
		}
	}
}

// TestModelSwitchWaits: no customer is migrated before all records from before the switch have been read.
func TestModelSwitchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(7)
		lane := w.start(0, nil)
		lane.rest(t)
		away := w.place(event.Purchases, "c01")
		w.logs.set(w.logs.away, away, true)
		w.activate(ago(-time.Minute))
		w.send(event.Purchases, message{ID: "in time", Customer: "c01", Occurred: ago(-50 * time.Second), Amount: 150})
		pass(time.Hour)
		metas, err := w.store.Metas(t.Context(), []int{0, 1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		for n, meta := range metas {
			if meta.Model == w.next.Hash() {
				t.Errorf("shard %d while purchases lag: want it of the model before, got the next", n)
			}
		}
		w.logs.set(w.logs.away, away, false)
		pass(10 * time.Second)
		finish(t, lane)
		w.checkModel(t)
	})
}

// TestModelSwitchBetweenLives: the model is switched while no lane runs. The next lane uses it from its instant.
func TestModelSwitchBetweenLives(t *testing.T) {
	for _, s := range scorers(t) {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s, 1, 4)
				w.lives(7)
				finish(t, w.start(0, nil))
				pass(time.Minute)
				w.activate(ago(0))
				pass(12 * day)
				// This lane has only the next engine: all records from before the switch have been read.
				w.adjust = func(c *Config) { c.Engine = func() (Engine, error) { return w.next, nil } }
				finish(t, w.start(0, nil))
				w.checkModel(t)

				states, told := w.store.states(), len(w.wire.order)
				finish(t, w.start(0, nil))
				if got, most := w.store.states()-states, 4; got > most {
					t.Errorf("commits of the next life: want at most %d, the claims, got %d", most, got)
				}
				if got := len(w.wire.order); got != told {
					t.Errorf("outputs of the next life: want none, got %d", got-told)
				}
			})
		})
	}
}

// forgetfulSwitch is a store that loses, once for each shard, the newest commits that migrate profiles to a model: the second one as soon
// as it is done, or all of them when a scan of the shard has just found no profile left to migrate.
type forgetfulSwitch struct {
	Store
	memory *memory
	model  string
	atEnd  bool
	pages  map[int]int // commits that migrated profiles
	lost   map[int]bool
}

func (s forgetfulSwitch) Commit(ctx context.Context, commits []shard.Commit) []error {
	errs := s.Store.Commit(ctx, commits)
	for i, c := range commits {
		if errs[i] != nil || !slices.ContainsFunc(c.Updates, func(u shard.Update) bool { return bytes.Contains(u.Profile, []byte(s.model)) }) {
			continue
		}
		if s.pages[c.Shard]++; !s.atEnd && s.pages[c.Shard] == 2 {
			s.lost[c.Shard] = true
			s.memory.lose(c.Shard, 1)
		}
	}
	return errs
}

func (s forgetfulSwitch) Scan(ctx context.Context, n int, cursor uint64, count int) ([][]byte, uint64, error) {
	page, next, err := s.Store.Scan(ctx, n, cursor, count)
	done := func(b []byte) bool { return bytes.Contains(b, []byte(s.model)) }
	if s.atEnd && !s.lost[n] && next == 0 && s.pages[n] > 1 && !slices.ContainsFunc(page, func(b []byte) bool { return !done(b) }) {
		s.lost[n] = true
		s.memory.lose(n, s.pages[n])
	}
	return page, next, err
}

// TestModelSwitchLosesPages: a failover loses pages of a migration, which no mark shows. Every customer is migrated all the same.
func TestModelSwitchLosesPages(t *testing.T) {
	for _, atEnd := range []bool{false, true} {
		t.Run(fmt.Sprintf("at the end=%t", atEnd), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				for n := range 40 {
					w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(0), Amount: 150})
				}
				store := forgetfulSwitch{memory: w.store, model: w.scorer.next(0).Hash(), atEnd: atEnd, pages: map[int]int{}, lost: map[int]bool{}}
				w.adjust = func(c *Config) {
					store.Store, c.Store, c.RollingCycle = c.Store, &store, -1
				}
				lane := w.start(0, nil)
				pass(5 * time.Second)
				w.activate(ago(-5 * time.Second))
				pass(20 * time.Second)
				finish(t, lane)
				w.checkModel(t)
				for n := range 4 {
					if store.pages[n] < 3 || !store.lost[n] {
						t.Errorf("shard %d: %d pages, lost: %t; the test has lost its subject", n, store.pages[n], store.lost[n])
					}
				}
			})
		})
	}
}

// slow is a store whose commits and scans take a while.
type slow struct {
	Store
	commit, scan time.Duration
}

func (s slow) Commit(ctx context.Context, commits []shard.Commit) []error {
	pass(s.commit)
	return s.Store.Commit(ctx, commits)
}

func (s slow) Scan(ctx context.Context, n int, cursor uint64, count int) ([][]byte, uint64, error) {
	pass(s.scan)
	return s.Store.Scan(ctx, n, cursor, count)
}

// TestModelSwitchBesideAnotherOwner: a migration ends although another lane commits to the shards all the time, as it does if topics are
// not co-partitioned.
func TestModelSwitchBesideAnotherOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 4)
		w.adjust = func(c *Config) {
			c.Store, c.CommitProfiles = slow{c.Store, 3 * time.Millisecond, 3 * time.Millisecond}, 10
		}
		for n := range 400 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%03d", n), Occurred: ago(0), Amount: 150})
		}
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		pass(10 * time.Second)
		w.activate(ago(-time.Second))
		r := rand.New(rand.NewPCG(5, 6))
		for n := range 1000 {
			for i, topic := range event.Topics() {
				m := message{ID: fmt.Sprint(topic, n), Customer: fmt.Sprintf("c%03d", r.IntN(400)), Occurred: ago(0), Amount: 1}
				p := w.place(topic, m.Customer)
				if i > 0 {
					p.Index = 1 - p.Index
				}
				w.sendTo(p, m.Occurred, m)
			}
			pass(10 * time.Millisecond)
		}
		metas, err := w.store.Metas(t.Context(), []int{0, 1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		for n, m := range metas {
			if m.Model != w.next.Hash() {
				t.Errorf("model of shard %d after ten seconds: want %s, got %s", n, w.next.Hash(), m.Model)
			}
		}
		finish(t, lanes...)
	})
}

// TestModelSwitchTwice: a second switch during a migration replaces the first switch. Every customer is migrated.
func TestModelSwitchTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		for n := range 200 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%03d", n), Occurred: ago(time.Hour), Amount: 350})
		}
		asked := 0
		second := w.scorer.next(ago(time.Minute)).(toy)
		third := toy{hash: "toy-3", before: &second, effective: ago(time.Second), strict: 2}
		w.adjust = func(c *Config) {
			c.Engine = func() (Engine, error) {
				if asked++; asked < 200 {
					return w.scorer.engine, nil
				}
				if asked < 210 { // a few steps of the migration
					return second, nil
				}
				return third, nil
			}
		}
		lane := w.start(0, nil)
		eventually(t, "all of the third model", func() bool {
			pass(time.Second)
			metas, err := w.store.Metas(t.Context(), []int{0, 1, 2, 3})
			for _, m := range metas {
				if err != nil || m.Model != "toy-3" {
					return false
				}
			}
			return true
		})
		finish(t, lane)
		for _, s := range w.store.shards {
			for customer, b := range s.profiles {
				if p, err := decodeToy(b); err != nil || p.Model != "toy-3" {
					t.Errorf("model of %s: want toy-3, got %s, error %v", customer, p.Model, err)
				}
			}
		}
	})
}

// TestModelSwitchMovesForward: an announced switch is moved to an earlier instant. Every customer is migrated then, also in shards whose
// first customer came after the announcement.
func TestModelSwitchMovesForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.activate(ago(-time.Hour))
		lane := w.start(0, nil)
		for n := range 40 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(0), Amount: 150})
		}
		pass(10 * time.Second)
		for n, s := range w.store.shards {
			if s.meta.Model == w.next.Hash() {
				t.Errorf("model of shard %d: got %s, which is only announced; want the model in force", n, s.meta.Model)
			}
		}
		w.activate(ago(-5 * time.Second))
		pass(20 * time.Second)
		finish(t, lane)
		w.checkModel(t)
	})
}

// TestModelSwitchEventClock: a history is loaded up to an as-of. Its customers are migrated if the switch is before the as-of.
func TestModelSwitchEventClock(t *testing.T) {
	for _, s := range scorers(t) {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s, 1, 4)
				w.live(rand.New(rand.NewPCG(9, 0)), 5, 40, ago(120*day))
				asOf := ago(60 * day)
				w.activate(ago(100 * day))
				w.adjust = func(c *Config) { c.Clock, c.AsOf = EventClock, asOf }
				lane := w.start(0, nil)
				eventually(t, "caught up", func() bool { return lane.lane.Progress().CaughtUp })
				lane.lane.Drain()
				if err := <-lane.done; err != nil {
					t.Errorf("a drained lane: want no error, got %v", err)
				}
				w.check(asOf)
			})
		})
	}
}

// TestCrashInSwitch kills a lane at every call while the model is switched and events come in, before and after the call's
// effect. The successor ends with the result of a fold that switches at the same instant.
func TestCrashInSwitch(t *testing.T) {
	for _, s := range scorers(t) {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after=%t", s.name, after), func(t *testing.T) {
				t.Parallel()
				for at := 1; crashInSwitch(t, s, at, after); at += stride {
					if at > 2000 {
						t.Fatal("the lane makes more calls than a test can crash at: want at most 2000")
					}
				}
			})
		}
	}
}

func crashInSwitch(t *testing.T, s scorer, at int, after bool) (crashed bool) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, s, 1, 2)
		w.adjust = func(c *Config) { c.CommitProfiles = 1 } // a page
		w.live(rand.New(rand.NewPCG(7, 0)), 6, 25, ago(120*day))
		finish(t, w.start(0, nil))
		f := &fuse{at: at, after: after}
		first := w.start(0, f)
		w.activate(ago(-time.Second))
		w.trade("live", 6)
		first.rest(t)
		first.lane.Drain()
		err := <-first.done
		if crashed = f.blown(); crashed {
			finish(t, w.start(0, nil))
		} else if err != nil {
			t.Errorf("a drained lane: want no error, got %v", err)
		}
		w.checkModel(t)
	})
	if t.Failed() {
		t.Fatalf("crash at call %d, after its effect: %t", at, after)
	}
	return crashed
}

// TestSuccession: the instant decides which engine scores. A profile that the new engine has scored stays with the new engine.
func TestSuccession(t *testing.T) {
	first := toy{hash: "toy-1", strict: 1}
	const from = event.Instant(1000)
	s := Succession{Before: first, Now: toy{hash: "toy-2", before: &first, effective: from, strict: 3}}
	for _, c := range []struct {
		name  string
		asOf  event.Instant
		model string
		at    event.Instant
		want  string
	}{
		{"before the switch", 0, "toy-1", from - 1, "toy-1"},
		{"at the switch", 0, "toy-1", from, "toy-2"},
		{"an event that arrives late", from + 5, "toy-1", from - 1, "toy-2"},
		{"migrated already", 0, "toy-2", from - 1, "toy-2"},
	} {
		p := score.Profile{Customer: "c", AsOf: c.asOf, Model: c.model}
		if got, _ := s.Review(p, c.at); got.Model != c.want {
			t.Errorf("%s: want a review by %s, got %s", c.name, c.want, got.Model)
		}
		x := &event.Purchase{Head: event.Head{ID: "e", Customer: "c", OccurredAt: c.at, RecordedAt: c.at}}
		if got, _, _ := s.Apply(p, x); got.Model != c.want {
			t.Errorf("%s: want an event applied by %s, got %s", c.name, c.want, got.Model)
		}
	}
	if got := s.Schedule(s.New("c")).Due; got != from {
		t.Errorf("due time of a profile of the model before: want the switch, %d, got %d", from, got)
	}
}

// TestModelSwitchIsReviewed: a simulation may rely on Progress: its clock moves on only when every customer has been migrated.
func TestModelSwitchIsReviewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 1)
		var clock atomic.Int64
		start := ago(300 * day)
		clock.Store(int64(start))
		w.adjust = func(c *Config) {
			c.Clock, c.Now = SimulatedClock, func() event.Instant { return event.Instant(clock.Load()) }
			c.CommitProfiles, c.Store = 1, slow{c.Store, 0, 300 * time.Millisecond}
		}
		for n := range 20 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: start, Amount: 150})
		}
		lane := w.start(0, nil)
		eventually(t, "reviewed", func() bool { return lane.lane.Progress().Reviewed >= start })
		now := start.Add(day)
		w.activate(now)
		clock.Store(int64(now))
		eventually(t, "reviewed after the switch", func() bool { return lane.lane.Progress().Reviewed >= now })
		metas, err := w.store.Metas(t.Context(), []int{0})
		if err != nil || metas[0].Model != w.next.Hash() {
			t.Errorf("model once all is reviewed: want %s, got %s, error %v", w.next.Hash(), metas[0].Model, err)
		}
		lane.lane.Drain()
		lane.wait()
		w.check(now)
	})
}
