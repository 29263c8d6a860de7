package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// linkedWorld links ids by words, and delivers each message at once.
func linkedWorld(t *testing.T, e *score.Engine, links ...[2]string) map[string]*score.Profile {
	t.Helper()
	all := map[string]*score.Profile{}
	of := func(id string) *score.Profile {
		if all[id] == nil {
			p := someone(t, e, id).profile
			all[id] = &p
		}
		return all[id]
	}
	for n, pair := range links {
		of(pair[1])
		at := of(pair[0]).AsOf.Add(time.Second)
		word := &event.Interaction{
			Head: event.Head{ID: fmt.Sprint("w", n), Customer: pair[0], OccurredAt: at, RecordedAt: at}, Kind: event.MergedInto, OtherCustomer: pair[1],
		}
		for left, read := []event.Event{word}, int64(0); len(left) > 0; left = left[1:] {
			if read++; read > 1000 {
				t.Fatal("messages go round for ever")
			}
			x := left[0]
			before := *of(x.Common().Customer)
			after, _, _ := e.Apply(before, x)
			for _, m := range e.Messages(&before, &after, x, map[string]int64{"a partition": int64(n)*1000 + read}) {
				m.RecordedAt = at
				left = append(left, m)
			}
			all[x.Common().Customer] = &after
		}
	}
	return all
}

// TestOtherIDs: whichever id of a chain, a tree or a cycle is asked for, all the others are found, and nobody who left.
func TestOtherIDs(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	for _, row := range []struct {
		why   string
		links [][2]string
		one   []string // the ids that are one customer
	}{
		{"nobody else", [][2]string{{"eve", "fay"}}, []string{"ann"}},
		{"a pair", [][2]string{{"ann", "bob"}}, []string{"ann", "bob"}},
		{"a chain", [][2]string{{"ann", "bob"}, {"bob", "cat"}, {"cat", "dan"}}, []string{"ann", "bob", "cat", "dan"}},
		{"a tree", [][2]string{{"ann", "cat"}, {"bob", "cat"}, {"cat", "dan"}, {"eve", "dan"}}, []string{"ann", "bob", "cat", "dan", "eve"}},
		{"a cycle with a branch", [][2]string{{"ann", "bob"}, {"bob", "cat"}, {"cat", "ann"}, {"dan", "cat"}}, []string{"ann", "bob", "cat", "dan"}},
		{"somebody left", [][2]string{{"ann", "bob"}, {"cat", "bob"}, {"cat", "cat"}}, []string{"ann", "bob"}},
	} {
		world := linkedWorld(t, e, row.links...)
		of := func(_ context.Context, id string) (*score.Profile, error) { return world[id], nil }
		for n, id := range row.one {
			got, err := otherIDs(t.Context(), of, id)
			want := strings.Join(append(append([]string{}, row.one[:n]...), row.one[n+1:]...), " ")
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%s: the other ids of %s are %q (%v), want %s", row.why, id, got, err, want)
			}
		}
	}
	world, broken := linkedWorld(t, e, [2]string{"ann", "bob"}), errors.New("damaged")
	got, err := otherIDs(t.Context(), func(_ context.Context, id string) (*score.Profile, error) {
		if id == "bob" {
			return nil, broken
		}
		return world[id], nil
	}, "ann")
	if !errors.Is(err, broken) || strings.Join(got, " ") != "bob" {
		t.Errorf("with a damaged profile: %q (%v), want bob, and the damage", got, err)
	}
}

// TestForgetProvesTheOtherIDs: each other id is proved by itself. One that is still there makes the proof fail, and is named.
func TestForgetProvesTheOtherIDs(t *testing.T) {
	f := forgetting{proof: proof{evidence: &ruins{erased: 7}, customer: "ann", since: 7}, others: []string{"bob", "cat"}, shardOf: func(string) int { return 0 }}
	over, stop := context.WithCancel(t.Context())
	stop()
	seen, err := f.awaitOthers(over)
	if err != nil || len(seen) != 2 || !seen[0].OK || !strings.Contains(seen[1].Detail, "cat: erased too") {
		t.Errorf("both are gone: got %+v (%v)", seen, err)
	}
	if got := f.verdict(); got != "the erasure is proved, for ann and 2 other ids: bob, cat" {
		t.Errorf("verdict: %q", got)
	}
	f.evidence = &ruins{erased: 7, score: map[string]string{"tier": "LOW"}}
	seen, err = f.awaitOthers(over)
	if err != nil || len(seen) != 2 || seen[0].OK || !strings.Contains(seen[0].Detail, "bob: not erased, or not yet; public views: still there") || !strings.Contains(seen[0].Remedy, "forget 'bob' --prove") {
		t.Errorf("views are left: got %+v (%v)", seen, err)
	}
}
