package score_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Apply, Review, Schedule, NextCrossing, Score and View take a profile by value, but it holds slices: none writes to them.
func TestNothingModifiesItsInput(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	for seed := range uint64(scaled(150)) {
		r := rand.New(rand.NewPCG(seed, 9))
		p := e.New("c")
		for _, x := range late(r, newLife(r), 200) {
			before := encode(p)
			next, _, _ := e.Apply(p, x)
			e.Review(p, p.AsOf+event.Instant(r.Int64N(int64(100*day))))
			e.Schedule(p)
			e.NextCrossing(p, p.AsOf)
			e.Score(p, p.AsOf)
			if after := encode(p); !bytes.Equal(after, before) {
				t.Fatalf("life %d, event %s: the profile was %x, is %x", seed, x.Common().ID, before, after)
			}
			kept := encode(next)
			e.Apply(p, x) // another heir of the same profile
			if after := encode(next); !bytes.Equal(after, kept) {
				t.Fatalf("life %d, event %s: the result of Apply was %x, is %x after another Apply", seed, x.Common().ID, kept, after)
			}
			p = next
		}
	}
}

// weekly is a customer who buys every week, as of the last of 30 purchases.
func weekly(t testing.TB, e *score.Engine) (p score.Profile, last *event.Purchase) {
	t.Helper()
	p = e.New("c")
	for i := range 30 {
		last = purchase(i)
		next, _, verdict := e.Apply(p, last)
		if verdict != score.Accepted {
			t.Fatalf("purchase %d: got %v, want it accepted", i, verdict)
		}
		p = next
	}
	return e.Schedule(p), last
}

func purchase(week int) *event.Purchase {
	at := 19_000*day + event.Instant(week)*7*day + 10*hour
	id := string([]byte{'o', byte('a' + week/26%26), byte('a' + week%26)})
	return &event.Purchase{
		Head: event.Head{ID: "e" + id, Customer: "c", OccurredAt: at, RecordedAt: at},
		Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 4000, Currency: "USD"},
	}
}

func TestApplyAllocatesNothingForWhatItKnows(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p, last := weekly(t, e)
	view := &event.Interaction{Head: event.Head{ID: "v", Customer: "c", OccurredAt: p.AsOf, RecordedAt: p.AsOf}, Kind: event.PageView}
	p, _, _ = e.Apply(p, view)
	for _, x := range []event.Event{last, view} {
		_, _, verdict := e.Apply(p, x)
		if verdict != score.Repeated {
			t.Fatalf("%s again: got %v, want it repeated", x.Common().ID, verdict)
		}
		if n := testing.AllocsPerRun(100, func() { e.Apply(p, x) }); n != 0 {
			t.Errorf("%s again: %v allocations, want none", x.Common().ID, n)
		}
	}
}

func TestReviewAllocatesNothingWhereNothingIsCrossed(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p, _ := weekly(t, e)
	unscheduled := p
	unscheduled.Due = score.Unscheduled
	if _, transitions := e.Review(unscheduled, p.AsOf+day); len(transitions) > 0 {
		t.Fatalf("a day later Review tells %v, want nothing", ids(transitions))
	}
	for why, f := range map[string]func(){
		"Review before the next one is due": func() { e.Review(p, p.AsOf+1) },
		"Review with a search":              func() { e.Review(unscheduled, p.AsOf+day) },
		"Schedule":                          func() { e.Schedule(unscheduled) },
		"NextCrossing":                      func() { e.NextCrossing(p, p.AsOf) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations, want none", why, n)
		}
	}
}

// An event that changes no label costs what the history needs to hold it, and nothing for the score.
func TestApplyAllocatesOnlyForTheHistory(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p, _ := weekly(t, e)
	next := purchase(30)
	if _, transitions, _ := e.Apply(p, next); len(transitions) > 0 {
		t.Fatalf("the next purchase tells %v, want nothing", ids(transitions))
	}
	if n := testing.AllocsPerRun(100, func() { e.Apply(p, next) }); n > 1 {
		t.Errorf("Apply of one more purchase: %v allocations, want at most the one for the orders", n)
	}
}
