package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// unwilling is a store that answers commits as it is told.
type unwilling struct {
	Store
	mu sync.Mutex
	// answer returns the error of a commit; nil lets the commit through.
	answer func(shard.Commit) error
}

func (u *unwilling) set(answer func(shard.Commit) error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answer = answer
}

func (u *unwilling) Commit(ctx context.Context, commits []shard.Commit) []error {
	u.mu.Lock()
	answer := u.answer
	u.mu.Unlock()
	errs := make([]error, len(commits))
	for i, c := range commits {
		if answer != nil {
			errs[i] = answer(c)
		}
		if errs[i] == nil {
			errs[i] = u.Store.Commit(ctx, []shard.Commit{c})[0]
		}
	}
	return errs
}

// classError is an error of a class.
type classError string

func (e classError) Error() string { return strings.ToUpper(string(e)) + " no" }

func classOf(err error) string {
	if class := classError(""); errors.As(err, &class) {
		return string(class)
	}
	return "other"
}

// newUnwilling returns a world whose lanes write to an unwilling store.
func newUnwilling(t *testing.T) (*world, *unwilling) {
	t.Helper()
	w := newWorld(t, toyScorer(), 1, 4)
	u := &unwilling{}
	w.adjust = func(c *Config) { u.Store, c.Store, c.ErrorClass = c.Store, u, classOf }
	return w, u
}

// purchases sends one purchase of each of these customers.
func (w *world) purchases(batch string, customers int) {
	for n := range customers {
		w.send(event.Purchases, message{ID: fmt.Sprint(batch, n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(0), Amount: int64(20 + 10*n)})
	}
}

// TestWaitingMends: a store that refuses for want of memory, disk, replicas or slots, or that loads or is away, is tried again for as long
// as that lasts. The lane neither ends nor takes over again.
func TestWaitingMends(t *testing.T) {
	for _, class := range []classError{"oom", "misconf", "noreplicas", "loading", "clusterdown", "tryagain", "timeout", "network", "other"} {
		t.Run(string(class), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, store := newUnwilling(t)
				lane := w.start(0, nil)
				lane.rest(t)
				store.set(func(shard.Commit) error { return class })
				w.purchases("a", 10)
				pass(10 * time.Minute)
				if problems := lane.lane.Health().Problems(time.Now(), 30*time.Second); len(problems) == 0 || w.noticed(Trouble) < 50 {
					t.Errorf("while it lasts: want it reported, and tried again and again; got problems %v and %d tries", problems, w.noticed(Trouble))
				}
				if got := w.noticed(ReadOnly) + w.noticed(Refused); got != 0 || len(lane.done) > 0 {
					t.Errorf("while it lasts: want the lane waiting, got %d takeovers, ended: %t", got, len(lane.done) > 0)
				}
				store.set(nil)
				finish(t, lane)
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestReadOnlyForLong: a server that stays a replica takes the lane into a takeover every half minute, loudly; the lane is not ready all
// the while. When the server takes writes, the lane goes on by itself.
func TestReadOnlyForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, store := newUnwilling(t)
		lane := w.start(0, nil)
		w.purchases("a", 10)
		lane.rest(t)
		store.set(func(shard.Commit) error { return classError(classReadOnly) })
		w.purchases("b", 10)
		pass(20 * time.Second)
		if got := w.noticed(ReadOnly); got != 0 {
			t.Errorf("after 20 s, as in a failover: want no takeover, got %d", got)
		}
		pass(20 * time.Second)
		for range 30 {
			pass(10 * time.Second)
			if problems := lane.lane.Health().Problems(time.Now(), 30*time.Second); len(problems) == 0 || !strings.Contains(problems[0], "READONLY") {
				t.Fatalf("while the server is a replica: want the lane not ready, and why, got %v", problems)
			}
		}
		if got := w.noticed(ReadOnly); got < 8 || got > 11 {
			t.Errorf("takeovers in some 340 s: want 8 to 11, got %d", got)
		}
		store.set(nil)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
		if problems := lane.lane.Health().Problems(time.Now(), 30*time.Second); len(problems) != 0 {
			t.Errorf("afterwards: want no problem, got %v", problems)
		}
	})
}

// TestRefusedCommit: a store that takes only small commits, as behind a proxy with a limit, gets small ones.
func TestRefusedCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, store := newUnwilling(t)
		adjust, metrics := w.adjust, NewMetrics()
		w.adjust = func(c *Config) {
			adjust(c)
			c.CommitProfiles, c.BatchEvents, c.Metrics = 500, 2000, metrics
		}
		store.set(func(c shard.Commit) error {
			if len(c.Updates) <= 7 {
				return nil
			}
			return fmt.Errorf("commit: %w", &shard.RefusedError{Shard: c.Shard, Err: errors.New("too large")})
		})
		w.purchases("a", 90) // one batch
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
		if got := w.noticed(Refused); got < 1 || got > 2 {
			t.Errorf("takeovers until commits are small enough: want one or two, got %d", got)
		}
		if got := reading(t, metrics.takeovers.WithLabelValues(Refused.String())); got != float64(w.noticed(Refused)) {
			t.Errorf("tidemark_takeovers_again_total: want %d, got %v", w.noticed(Refused), got)
		}
	})
}

// TestRefusedForEver: where even the commit of one customer is refused, the lane ends and says why. It does not try for ever.
func TestRefusedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, store := newUnwilling(t)
		lane := w.start(0, nil)
		lane.rest(t)
		why := errors.New(`the largest is of customer "c01"`)
		store.set(func(c shard.Commit) error {
			for _, u := range c.Updates {
				if u.Customer == "c01" {
					return &shard.RefusedError{Shard: c.Shard, Err: why}
				}
			}
			return nil
		})
		w.purchases("a", 10)
		if lane.wait(); !errors.Is(lane.err, ErrRefused) || !errors.Is(lane.err, why) {
			t.Errorf("want %v and why, got %v", ErrRefused, lane.err)
		}
		if got := w.noticed(Refused); got > 4 {
			t.Errorf("takeovers: want a few, got %d", got)
		}
	})
}
