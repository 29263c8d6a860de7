package pipeline

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// notices collects what a part of a lane reports.
type notices struct {
	mu  sync.Mutex
	all []Notice
}

func (n *notices) add(one Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, one)
}

func (n *notices) wants(t *testing.T, kinds ...NoticeKind) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.all) != len(kinds) {
		t.Fatalf("got %d notices, %v; want %v", len(n.all), n.all, kinds)
	}
	for i, kind := range kinds {
		if n.all[i].Kind != kind {
			t.Errorf("notice %d: got %s, want %s", i, n.all[i].Kind, kind)
		}
	}
}

// hangs is a call that takes so long, inside the bubble.
func hangs(d time.Duration) func() error {
	return func() error {
		time.Sleep(d) //nolint:forbidigo // inside the bubble
		return nil
	}
}

func alone() (*base, *notices) {
	heard := &notices{}
	settings := Settings{Report: heard.add}.withDefaults()
	b := &base{cfg: settings, metrics: settings.Metrics, attempts: attempts{}}
	return b, heard
}

// A client that tries again by itself hides a stall. The stall is reported all the same, and so is its end.
func TestAStallIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, heard := alone()
		err := b.retry(t.Context(), "commit", hangs(8*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		heard.wants(t, Trouble, Recovered)
		if n := heard.all[0]; !errors.Is(n.Err, errSlow) || n.Operation != "commit" || n.Tries != 1 {
			t.Errorf("while it hangs: got %+v, want that commit is not answered", n)
		}
		if n := heard.all[1]; n.Took != 8*time.Second {
			t.Errorf("at the end: got %s, want 8s", n.Took)
		}
		if failing := b.failures.list(); len(failing) != 0 {
			t.Errorf("afterwards: got %v as failing, want nothing", failing)
		}
	})
}

func TestACallThatIsQuickEnoughIsNotReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, heard := alone()
		if err := b.retry(t.Context(), "commit", hangs(slowAfter-time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) //nolint:forbidigo // inside the bubble
		heard.wants(t)
	})
}

func TestRetryReportsEachTryAndTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, heard := alone()
		left := 2
		again := func() error {
			if left == 0 {
				return nil
			}
			left--
			return errors.New("gone")
		}
		if err := b.retry(t.Context(), "load", again); err != nil {
			t.Fatal(err)
		}
		heard.wants(t, Trouble, Trouble, Recovered)
		if got := heard.all[2].Tries; got != 2 {
			t.Errorf("at the end: got %d tries, want 2", got)
		}

		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		b, heard = alone()
		left = 1000
		if err := b.retry(ctx, "load", again); err == nil {
			t.Error("got no error, want that of the context")
		}
		if last := heard.all[len(heard.all)-1]; last.Kind != GivenUp || last.Err == nil {
			t.Errorf("when the context has ended: got %+v, want that it is given up, and why", last)
		}
	})
}

func TestAttempts(t *testing.T) {
	b, heard := alone()
	b.attempt("offsets", nil)
	heard.wants(t)
	b.attempt("offsets", errors.New("gone"))
	b.attempt("offsets", errors.New("gone"))
	b.attempt("offsets", nil)
	heard.wants(t, Trouble, Trouble, Recovered)
	b.attempt("offsets", errors.New("gone"))
	b.giveUpAttempts()
	heard.wants(t, Trouble, Trouble, Recovered, Trouble, GivenUp)
}
