package score_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// pairing is the shipped model, but it counts pairs of referrer and buyer.
func pairing(t testing.TB) *score.Engine {
	return newEngine(t, event.Calendar{}, func(m *score.Model) { m.PairReferrals = true }).Naming(func(id string) uint64 { return event.Hash("key" + id) })
}

// referred is an order that names its referrer.
func (c *circle) referred(id, by string, at event.Instant) *event.Purchase {
	x := c.order(id, at, 9000)
	x.Referrer = by
	return x
}

// toldOf is a REFERRAL_MADE that names a buyer.
func (c *circle) toldOf(id, buyer string, at event.Instant) *event.Interaction {
	return &event.Interaction{Head: c.head(id, at), Kind: event.ReferralMade, OtherCustomer: buyer}
}

// referrals are those that a customer has made, and how many of them have bought, as the labels see it.
func (c *circle) referrals(id string) [2]int {
	p := c.profile(id)
	f := c.engine.Facts(p.Whole(), p.AsOf)
	return [2]int{f.Referrals, f.ReferredBuyers}
}

// Only an order that counts tells the referrer whom it names, and only under a model that counts pairs.
func TestRefers(t *testing.T) {
	e, off := pairing(t), shipped(t)
	at := linkStart
	order := func(change func(*event.Purchase)) *event.Purchase {
		x := &event.Purchase{
			Head: event.Head{ID: "o", Customer: "bob", OccurredAt: at, RecordedAt: at + 5}, Kind: event.Order, OrderID: "1",
			Amount: event.Money{Minor: 100, Currency: "USD"}, Referrer: "ann",
		}
		change(x)
		return x
	}
	usual := order(func(*event.Purchase) {})
	for _, row := range []struct {
		why     string
		engine  *score.Engine
		x       event.Event
		verdict score.Verdict
		at      event.Instant // 0 for no message
	}{
		{"an order", e, usual, score.Accepted, at},
		{"an order that is stamped ahead", e, order(func(x *event.Purchase) { x.OccurredAt = at + 60_000 }), score.Accepted, at + 5},
		{"a repetition", e, usual, score.Repeated, at},
		{"too late", e, usual, score.RefusedTooLate, 0},
		{"of an unknown currency", e, usual, score.RefusedCurrency, 0},
		{"too old", e, usual, score.RefusedTooOld, 0},
		{"from before an erasure", e, usual, score.Swallowed, 0},
		{"another model", off, usual, score.Accepted, 0},
		{"a customer who names itself", e, order(func(x *event.Purchase) { x.Referrer = "bob" }), score.Accepted, 0},
		{"nobody", e, order(func(x *event.Purchase) { x.Referrer = "" }), score.Accepted, 0},
		{"a cancellation", e, order(func(x *event.Purchase) { x.Kind = event.Cancel }), score.Accepted, 0},
		{"a payment that fails", e, order(func(x *event.Purchase) { x.Kind = event.PaymentFailed }), score.Accepted, 0},
		{"an interaction", e, &event.Interaction{Head: usual.Head, Kind: event.ReferralMade, OtherCustomer: "ann"}, score.Accepted, 0},
	} {
		m := row.engine.Refers(row.x, row.verdict)
		if m == nil || row.at == 0 {
			if m != nil || row.at != 0 {
				t.Errorf("%s: got %+v", row.why, m)
			}
			continue
		}
		if err := event.Validate(m); err != nil || m.Customer != "ann" || m.Referral.Buyer != "bob" || m.ID != "o" || m.OccurredAt != row.at {
			t.Errorf("%s: got %+v of %+v (%v), want to tell ann of bob by o at %s", row.why, m, m.Referral, err, row.at)
		}
	}
}

// TestPairsInAnyOrder: whatever tells of whom, in any order and any number of times, a pair counts once, and the history is the same.
func TestPairsInAnyOrder(t *testing.T) {
	e := pairing(t)
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]bool{} // by buyer: has bought
		anonymous := 0
		var told []event.Event
		c := newCircle(t, e)
		for n := range rapid.IntRange(1, 40).Draw(t, "events") {
			at := linkStart + event.Instant(rapid.IntRange(0, 5).Draw(t, "day"))*linkDay // no id of an interaction is forgotten
			buyer := fmt.Sprint("b", rapid.IntRange(0, 12).Draw(t, "buyer"))
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				told = append(told, &event.Interaction{Head: c.head("ann", at), Kind: event.ReferralMade, Name: buyer})
				want[buyer] = want[buyer] || false
			case 1:
				told = append(told, c.toldOf("ann", buyer, at))
				want[buyer] = want[buyer] || false
			case 2:
				told = append(told, &event.Interaction{Head: c.head("ann", at), Kind: event.ReferralMade})
				anonymous++
			case 3:
				told = append(told, c.toldOf("ann", "ann", at), c.order("ann", at, int64(1000+n)))
			default:
				told = append(told, &event.Link{Head: c.head("ann", at), Referral: &event.LinkReferral{Buyer: buyer}})
				want[buyer] = true
			}
		}
		bought := 0
		for _, has := range want {
			if has {
				bought++
			}
		}
		var first []byte
		for range 3 {
			again := slices.Clone(told)
			for range rapid.IntRange(0, 5).Draw(t, "repetitions") {
				again = append(again, rapid.SampledFrom(told).Draw(t, "again"))
			}
			again = rapid.Permutation(again).Draw(t, "order")
			c := newCircle(t, e)
			for _, x := range again {
				if got := c.apply(x); got != score.Accepted && got != score.Repeated {
					t.Fatalf("%+v: %v", x, got)
				}
			}
			if got := c.referrals("ann"); got != [2]int{len(want) + anonymous, bought} {
				t.Fatalf("referrals and buyers %v, want %v", got, [2]int{len(want) + anonymous, bought})
			}
			if own := c.own("ann"); first == nil {
				first = own
			} else if !bytes.Equal(own, first) {
				t.Fatalf("the order of arrival shows:\n%x\n%x", own, first)
			}
		}
	})
}

// TestReferralRaisesTheTier: bob buys and names ann. Her tier rises at the instant of his order, in the name of his order, and the points of the
// change are those of her referrals.
func TestReferralRaisesTheTier(t *testing.T) {
	c := newCircle(t, pairing(t))
	end := c.bought("ann", linkStart, 1)
	var rise *score.TierChanged
	var order *event.Purchase
	for n := range 6 {
		order = c.referred(fmt.Sprint("bob", n), "ann", end+event.Instant(n)*1000)
		c.apply(order)
		if up, ok := c.last("ann").(*score.TierChanged); ok && up.Direction == score.Up {
			rise = up
			break
		}
	}
	if rise == nil {
		t.Fatal("no rise by six referrals")
	}
	if rise.Cause != score.ByEvent || rise.CauseEventID != order.ID || rise.AsOf != order.OccurredAt {
		t.Errorf("a rise by %s %s at %s, want by the order %s at %s", rise.Cause, rise.CauseEventID, rise.AsOf, order.ID, order.OccurredAt)
	}
	sum, points := score.Points(0), score.Points(0)
	for _, x := range rise.Contributions {
		if sum += x.Points; x.Indicator == "referrals" {
			points = x.Points
		}
	}
	if points <= 0 || sum != rise.After-rise.Before {
		t.Errorf("referrals contribute %d of %d, all contributions %d: want some, and all of it", points, rise.After-rise.Before, sum)
	}
}

// TestLateReferral: an order that arrives when silence has lowered the tier since counts at its own instant, and corrects.
func TestLateReferral(t *testing.T) {
	c := newCircle(t, pairing(t))
	end := c.bought("ann", linkStart, 2)
	p, said := c.profile("ann"), 0
	for n := event.Instant(1); said == 0; n++ {
		if n > 800 {
			t.Fatal("no fall")
		}
		var more []score.Transition
		p, more = c.engine.Review(p, end+n*linkDay)
		for _, x := range more {
			if fall, ok := x.(*score.TierChanged); ok && fall.Direction == score.Down {
				said++
			}
		}
	}
	c.profiles["ann"] = c.engine.Schedule(p)
	var last score.Transition
	for n := range 6 {
		c.apply(c.referred(fmt.Sprint("bob", n), "ann", end+linkDay))
		if all := c.transitions["ann"]; all[len(all)-1].Common().AsOf == p.AsOf {
			last = all[len(all)-1]
			break
		}
	}
	up, ok := last.(*score.TierChanged)
	if !ok || up.Cause != score.ByCorrection || up.Corrects == "" || up.Direction != score.Up {
		t.Errorf("got %+v, want a correction of the fall", last)
	}
}

// TestErasedReferrer: an erasure drops all pairs, and keeps away what orders from before it tell. An erased buyer stays counted: of the buyer's
// id the referrer holds a keyed hash.
func TestErasedReferrer(t *testing.T) {
	c := newCircle(t, pairing(t))
	end := c.bought("ann", linkStart, 2)
	first := c.referred("zz-bob", "ann", end)
	c.apply(first)
	c.apply(c.referred("zz-cid", "ann", end+1))
	if p := c.profile("ann"); bytes.Contains(p.Append(nil), []byte("zz-")) {
		t.Error("the profile of ann names a buyer")
	}
	c.apply(c.erased("zz-cid", end+2))
	if got := c.referrals("ann"); got != [2]int{2, 2} {
		t.Errorf("referrals and buyers %v, want both", got)
	}
	c.apply(c.erased("ann", end+linkDay))
	if p := c.profile("ann"); !p.Unknown() {
		t.Error("ann is known after the erasure")
	}
	for _, m := range c.sent {
		if got, _, verdict := c.engine.Apply(c.profile("ann"), m); verdict != score.Swallowed || !got.Unknown() {
			t.Errorf("a message from before: %v", verdict)
		}
	}
	c.apply(c.referred("zz-bob", "ann", end+2*linkDay))
	if got := c.referrals("ann"); got != [2]int{1, 1} {
		t.Errorf("after another order: referrals and buyers %v, want one", got)
	}
}

// TestMergedReferrers: the pairs of all ids of a referrer count, each once, and what is told under the old id still counts.
func TestMergedReferrers(t *testing.T) {
	c := newCircle(t, pairing(t))
	end := c.bought("old", linkStart, 2)
	c.bought("new", linkStart, 2)
	c.apply(c.referred("bob", "old", end))
	c.apply(c.referred("bob", "new", end+1))
	c.apply(c.toldOf("new", "cid", end+2))
	c.apply(c.word("old", "new", end+linkDay))
	if got := c.referrals("new"); got != [2]int{2, 1} {
		t.Errorf("merged: referrals and buyers %v, want 2 and 1", got)
	}
	c.apply(c.referred("cid", "old", end+2*linkDay))
	c.apply(c.referred("dan", "old", end+2*linkDay))
	if got := c.referrals("new"); got != [2]int{3, 3} {
		t.Errorf("more under the old id: referrals and buyers %v, want 3 and 3", got)
	}
	c.apply(c.word("old", "old", end+3*linkDay))
	if got, other := c.referrals("new"), c.referrals("old"); got != [2]int{2, 1} || other != [2]int{3, 3} {
		t.Errorf("apart again: %v and %v, want 2 and 1, and 3 and 3", got, other)
	}
}

// TestNobodyRefersThemselves: an order under one id of a customer that names another id of the same customer is no referral, whichever survives and
// whichever comes first. When the ids are apart again, it is one.
func TestNobodyRefersThemselves(t *testing.T) {
	for _, row := range []struct{ from, into string }{{"bob", "ann"}, {"ann", "bob"}} {
		for _, late := range []bool{false, true} {
			c := newCircle(t, pairing(t))
			end := max(c.bought("ann", linkStart, 2), c.bought("bob", linkStart, 2))
			c.apply(c.referred("cid", "ann", end))
			if late {
				c.apply(c.word(row.from, row.into, end+linkDay))
			}
			c.apply(c.referred("bob", "ann", end+2*linkDay))
			if !late {
				if got := c.referrals("ann"); got != [2]int{2, 2} {
					t.Errorf("two customers: %v, want two referrals and buyers", got)
				}
				c.apply(c.word(row.from, row.into, end+3*linkDay))
			}
			if got := c.referrals(row.into); got != [2]int{1, 1} {
				t.Errorf("%s merged into %s, late %t: %v, want cid alone", row.from, row.into, late, got)
			}
			stored, err := score.Decode(encode(c.profile(row.into)))
			if err != nil {
				t.Fatal(err)
			}
			if s := c.engine.Score(stored, stored.AsOf); s.Referrals != 1 {
				t.Errorf("%s merged into %s, late %t: stored, %d referrals, want 1", row.from, row.into, late, s.Referrals)
			}
			c.apply(c.referred("dan", "ann", end+4*linkDay))
			if got := c.referrals(row.into); got != [2]int{2, 2} {
				t.Errorf("%s merged into %s, late %t: %v, want cid and dan", row.from, row.into, late, got)
			}
			c.apply(c.word(row.from, row.from, end+5*linkDay))
			if got := c.referrals("ann"); got != [2]int{3, 3} {
				t.Errorf("apart again: %v, want cid, dan and bob", got)
			}
		}
	}
}

// TestIDsOfOneBuyerAreTwoBuyers pins a limit: the home of a buyer tells the referrer of orders, and not of mergers. So two ids of one buyer who both
// named the referrer are two pairs.
func TestIDsOfOneBuyerAreTwoBuyers(t *testing.T) {
	c := newCircle(t, pairing(t))
	end := c.bought("ann", linkStart, 2)
	c.apply(c.referred("bob", "ann", end))
	c.apply(c.referred("cid", "ann", end))
	c.apply(c.word("bob", "cid", end+linkDay))
	if got := c.referrals("ann"); got != [2]int{2, 2} {
		t.Errorf("%v, want two", got)
	}
	c.apply(c.referred("bob", "ann", end+2*linkDay))
	c.apply(c.referred("cid", "ann", end+2*linkDay))
	if got := c.referrals("ann"); got != [2]int{2, 2} {
		t.Errorf("after more orders: %v, want two", got)
	}
}

// TestReferralOfAStranger: who is known by referrals alone is kept, has no labels, and has them with the first order.
func TestReferralOfAStranger(t *testing.T) {
	c := newCircle(t, pairing(t))
	c.apply(c.referred("bob", "eve", linkStart))
	p := c.profile("eve")
	decoded, err := score.Decode(p.Append(nil))
	if err != nil || !bytes.Equal(decoded.Append(nil), p.Append(nil)) {
		t.Fatalf("does not come back: %v", err)
	}
	if p.Unknown() || p.Standing.Tier != 0 || p.Due != event.Never || c.engine.Forgets(&p) != event.Never {
		t.Errorf("eve: unknown %t, tier %v, due %s; want her kept without labels", p.Unknown(), p.Standing.Tier, p.Due)
	}
	c.bought("eve", linkStart+linkDay, 1)
	if got := c.referrals("eve"); got != [2]int{1, 1} || c.profile("eve").Standing.Tier == 0 {
		t.Errorf("after an order: %v, tier %v", got, c.profile("eve").Standing.Tier)
	}
}
