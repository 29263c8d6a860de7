package score_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// advance runs the reviews of all customers that are due by an instant.
func (c *circle) advance(at event.Instant) {
	c.t.Helper()
	for _, id := range slices.Sorted(maps.Keys(c.profiles)) {
		p := c.profiles[id]
		for p.Due <= at {
			next, transitions := c.engine.Review(p, p.Due)
			p = c.engine.Schedule(next)
			c.transitions[id] = append(c.transitions[id], transitions...)
		}
		c.profiles[id] = p
	}
}

// untilNotice advances to the first instant after from at which notices of both customers stand.
func (c *circle) untilNotice(from event.Instant, ids ...string) event.Instant {
	c.t.Helper()
	for n := event.Instant(1); n < 400; n++ {
		at := from + n*linkDay
		c.advance(at)
		if !slices.ContainsFunc(ids, func(id string) bool { p := c.profiles[id]; return !p.Notice.Stands() }) {
			return at
		}
	}
	c.t.Fatalf("no instant at which notices of %v stand", ids)
	return 0
}

// TestMergedWithANotice: whoever is merged into another customer has no tier to lose, so the notice is withdrawn. The other customer's fall is that
// of the joint history, and the notice follows it. When the merger is taken back, each has the own fall again, and notice of it if it is near.
func TestMergedWithANotice(t *testing.T) {
	c := newCircle(t, newEngine(t, event.Calendar{}, noticing(14, 0)))
	end := c.bought("old", linkStart, 4)
	c.bought("new", linkStart, 4)
	at := c.untilNotice(end, "old", "new")
	given := c.profiles["old"].Notice.ID
	own := c.profiles["new"].Notice.FallsAt

	c.apply(c.word("old", "new", at+1000))
	var withdrawn *score.TierWillChange
	for _, x := range c.transitions["old"] {
		if n, ok := x.(*score.TierWillChange); ok && n.State == score.Withdrawn {
			withdrawn = n
		}
	}
	if withdrawn == nil || withdrawn.NoticeID != given || withdrawn.Withdrawal != score.ByMerged || withdrawn.Tier != tier.None {
		t.Errorf("old: %+v, want the notice %s withdrawn, because of the merger, of who has no tier", withdrawn, given)
	}
	if p := c.profiles["old"]; p.Notice.Stands() || p.Due != event.Never {
		t.Errorf("old is away: a notice stands: %t, due %s", p.Notice.Stands(), p.Due)
	}
	joint := c.profiles["new"]
	if x, ok := c.last("new").(*score.TierWillChange); ok {
		moved := x.State == score.Moved && joint.Notice.Stands() && x.FallsAt > own
		ended := x.State == score.Withdrawn && x.Withdrawal == score.ByMerged && !joint.Notice.Stands()
		if x.Cause != score.ByMerge || !moved && !ended {
			t.Errorf("new: %+v, want the notice moved or withdrawn by the merger: she has bought twice as much", x)
		}
	} else {
		t.Errorf("new: the last that was told is %+v, want what became of her notice", c.last("new"))
	}

	c.apply(c.word("old", "old", at+2000))
	for _, id := range []string{"old", "new"} {
		p := c.profiles[id]
		if !p.Notice.Stands() || p.Notice.FallsAt != own {
			t.Errorf("%s by herself again: stands %t, falls at %v, want notice of the fall at %s", id, p.Notice.Stands(), p.Notice, own)
		}
	}
	if again := c.profiles["old"].Notice.ID; again == given {
		t.Errorf("old is told by the id that was withdrawn: %s", again)
	}
}

// TestNoticesUnderMergers: whatever ids are merged and taken apart, no fall in silence comes without notice, each notice ends once, none stands for
// who is merged into another, and one that nothing has come between comes true to the millisecond.
func TestNoticesUnderMergers(t *testing.T) {
	e := newEngine(t, event.Calendar{}, noticing(14, 0))
	ids, told := []string{"a", "b", "c"}, map[string]int{}
	for seed := range uint64(scaled(150)) {
		r := rand.New(rand.NewPCG(seed, 77))
		c := newCircle(t, e)
		at := linkStart
		for range 8 + r.IntN(20) {
			at += event.Instant(r.Int64N(int64(40 * linkDay)))
			c.advance(at)
			id := ids[r.IntN(3)]
			switch r.IntN(6) {
			case 0:
				c.apply(c.word(id, ids[r.IntN(3)], at)) // into the own id: taken back
			default:
				c.apply(c.order(id, at, int64(1000+r.IntN(20_000))))
			}
			for _, id := range ids {
				if p := c.profile(id); p.Away() && p.Notice.Stands() {
					t.Errorf("seed %d: %s is merged into another, and a notice stands", seed, id)
				}
			}
		}
		c.advance(at + 500*linkDay)
		for _, id := range ids {
			checkNotices(t, seed, id, c.transitions[id], told)
		}
		if t.Failed() {
			return
		}
	}
	for _, what := range []string{"given", "withdrawn by a merger", "come true"} { // TestMergedWithANotice has one that may be moved
		if told[what] < scaled(10) {
			t.Errorf("%v: too few were %s", told, what)
		}
	}
}

// checkNotices follows the notices of a customer from GIVEN to the end.
func checkNotices(t *testing.T, seed uint64, id string, transitions []score.Transition, told map[string]int) {
	t.Helper()
	var stands *score.TierWillChange
	for _, x := range transitions {
		switch x := x.(type) {
		case *score.TierWillChange:
			if (x.State == score.Given) != (stands == nil) || stands != nil && x.NoticeID != stands.NoticeID {
				t.Errorf("seed %d, %s: %s of %s after %+v", seed, id, x.State, x.NoticeID, stands)
			}
			stands = x
			switch {
			case x.State == score.Given:
				told["given"]++
			case x.State == score.Moved && x.Cause == score.ByMerge:
				told["moved by a merger"]++
			case x.State == score.Withdrawn:
				stands = nil
				if (x.Cause == score.ByMerge) != (x.Withdrawal == score.ByMerged) {
					t.Errorf("seed %d, %s: withdrawn because of %v, by %v", seed, id, x.Withdrawal, x.Cause)
				} else if x.Cause == score.ByMerge {
					told["withdrawn by a merger"]++
				}
			}
		case *score.TierChanged:
			fall := x.Direction == score.Down
			switch {
			case fall && x.Cause == score.ByTime && (stands == nil || stands.FallsAt != x.AsOf || stands.ToCome != x.Tier):
				t.Errorf("seed %d, %s: falls to %v at %s in silence, told was %+v", seed, id, x.Tier, x.AsOf, stands)
			case fall && stands != nil && x.NoticeID != stands.NoticeID, fall && stands == nil && x.NoticeID != "":
				t.Errorf("seed %d, %s: the fall at %s names the notice %q, told was %+v", seed, id, x.AsOf, x.NoticeID, stands)
			case fall && stands != nil:
				told["come true"]++
				stands = nil
			}
		case *score.ChurnAlert, *score.WonBack:
		}
	}
}
