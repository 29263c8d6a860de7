package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// ruins is what is left of a customer in Redis.
type ruins struct {
	erased  event.Instant
	profile []byte
	score   map[string]string
	detail  []byte
	outbox  []shard.Output
	keys    []string
	err     error
	// after is called with each look at the tombstone.
	after func(*ruins)
	scans int
}

func (r *ruins) Erased(context.Context, string) (event.Instant, bool, error) {
	if r.after != nil {
		r.after(r)
	}
	return r.erased, r.erased != 0, r.err
}

func (r *ruins) Traces(context.Context, string) ([]string, error) {
	r.scans++
	return r.keys, nil
}

func (r *ruins) Load(context.Context, []shard.Query) ([]shard.Loaded, error) {
	return []shard.Loaded{{Profiles: [][]byte{r.profile}}}, nil
}

func (r *ruins) Outbox(context.Context, int) (shard.Outbox, error) {
	return shard.Outbox{Outputs: r.outbox}, nil
}

func (r *ruins) Score(context.Context, string) (map[string]string, error) { return r.score, nil }

func (r *ruins) Detail(context.Context, string) ([]byte, error) { return r.detail, nil }

// An erasure is proved only if nothing is left anywhere, and what is left is named.
func TestProof(t *testing.T) {
	const asked = event.Instant(1_772_366_400_000)
	for _, row := range []struct {
		why  string
		left ruins
		says string // empty where it is proved
	}{
		{"nothing is left", ruins{erased: asked}, ""},
		{"a younger tombstone serves", ruins{erased: asked + 1}, ""},
		{"others' outputs wait", ruins{erased: asked, outbox: []shard.Output{{Key: []byte("ann")}, {}}}, ""},
		{"no tombstone", ruins{}, "has not applied the erasure"},
		{"the tombstone of an erasure of before", ruins{erased: asked - 1}, "has not applied the one of"},
		{"a profile", ruins{erased: asked, profile: []byte("?")}, "still there"},
		{"a score", ruins{erased: asked, score: map[string]string{"tier": "LOW"}}, "dashboards"},
		{"a detail", ruins{erased: asked, detail: []byte("{}")}, "dashboards"},
		{"an output", ruins{erased: asked, outbox: []shard.Output{{Key: []byte("bob")}}}, "1 output in the outbox"},
		{"another key", ruins{erased: asked, keys: []string{"tm:{0}:due"}}, "tm:{0}:due"},
	} {
		left := row.left
		p := proof{evidence: &left, customer: "bob", since: asked}
		seen, err := p.look(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		var text strings.Builder
		for _, f := range seen {
			if !f.OK {
				f.print(&text)
			}
		}
		if got := proved(seen); got != (row.says == "") || !strings.Contains(text.String(), row.says) {
			t.Errorf("%s: proved %v, and it says %q; want %q in it", row.why, got, text.String(), row.says)
		}
	}
}

// The proof says which keys it has looked at, and where it could not look.
func TestProofSaysHowFarItLooks(t *testing.T) {
	for id, short := range map[string]bool{"bob": true, "bobb": false} {
		f, err := proof{evidence: &ruins{}, customer: id, prefix: "shop"}.everywhere(t.Context())
		if err != nil || !f.OK || !strings.Contains(f.Detail, "begins with shop:") || strings.Contains(f.Detail, "so short an id") != short {
			t.Errorf("%s: %+v (%v), want the prefix, and a word on short ids: %v", id, f, err, short)
		}
	}
}

// A profile that bears the erasure is that of a customer who came back.
func TestProofOfSomebodyWhoCameBack(t *testing.T) {
	for _, row := range []struct {
		erased, since event.Instant
		says          string
	}{{0, 0, "still there"}, {0, 7, "still there"}, {6, 7, "still there"}, {7, 7, "a new one"}, {6, 0, "a new one"}} {
		f := proof{since: row.since}.left(&score.Profile{Customer: "bob", AsOf: 9, Erased: row.erased})
		if f.OK || !strings.Contains(f.Detail, row.says) {
			t.Errorf("erased at %d, asked for since %d: %v %q, want no proof and %q", row.erased, row.since, f.OK, f.Detail, row.says)
		}
	}
}

// The wait ends as soon as all is proved, and at the latest when its time is up. It scans Redis only when nothing is left of the customer's
// own keys.
func TestProofWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		left := &ruins{after: func(r *ruins) {
			if looks++; looks == 3 {
				r.erased = 7
			}
		}}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		seen, err := proof{evidence: left, customer: "bob", since: 7}.await(ctx)
		if err != nil || !proved(seen) || looks != 3 || left.scans != 1 {
			t.Errorf("proved %v (%v) after %d looks and %d scans, want it with the third look and one scan", proved(seen), err, looks, left.scans)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		seen, err := proof{evidence: &ruins{}, customer: "bob", since: 7}.await(ctx)
		if err != nil || proved(seen) || time.Since(began) != time.Minute {
			t.Errorf("proved %v (%v) after %s, want no proof after a minute, and no error", proved(seen), err, time.Since(began))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := (proof{evidence: &ruins{err: broken}, customer: "bob"}).await(ctx); !errors.Is(err, broken) {
			t.Errorf("got %v, want the error of the store", err)
		}
	})
}

func TestConfirmed(t *testing.T) {
	for line, want := range map[string]bool{"bob\n": true, "bob\r\n": true, "bob": true, "yes\n": false, "\n": false, "": false, "Bob\n": false} {
		var asked strings.Builder
		if got := confirmed(strings.NewReader(line), &asked, "bob"); got != want || !strings.Contains(asked.String(), "cannot be undone") {
			t.Errorf("the answer %q: %v, want %v; it asked %q", line, got, want, asked.String())
		}
	}
}

// An officer with a wrong id hears of it: nothing was held.
func TestProofSaysWhatWasHeldBefore(t *testing.T) {
	for _, row := range []struct {
		why  string
		held ruins
		says string
	}{
		{"a profile", ruins{profile: []byte("?")}, ""},
		{"a view", ruins{score: map[string]string{"tier": "LOW"}}, ""},
		{"an output", ruins{outbox: []shard.Output{{Key: []byte("bob")}}}, ""},
		{"nothing", ruins{}, `nothing was held of "bob": is the id spelled right?`},
		{"a tombstone", ruins{erased: 1_000_000_000_000}, `nothing was held of "bob": the customer had been erased at 2001-09-09T01:46:40Z already`},
	} {
		held := row.held
		if got, err := (proof{evidence: &held, customer: "bob"}).before(t.Context()); err != nil || got != row.says {
			t.Errorf("%s: %q (%v), want %q", row.why, got, err, row.says)
		}
	}
}

func TestProofNamesTheNextCommand(t *testing.T) {
	for _, row := range []struct {
		c    customerForgetCommand
		want string
	}{
		{customerForgetCommand{ID: "bob"}, "tidemark customer forget 'bob' --prove"},
		{customerForgetCommand{ID: "o'hara $x"}, `tidemark customer forget 'o'\''hara $x' --prove`},
		{customerForgetCommand{ID: "bob", Prove: true}, "If nobody has asked for the erasure: tidemark customer forget 'bob'"},
	} {
		if got := row.c.next(); !strings.HasSuffix(got, row.want) {
			t.Errorf("%q (prove %v): %q, want it to end with %q", row.c.ID, row.c.Prove, got, row.want)
		}
	}
}
