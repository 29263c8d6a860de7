package replay_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

// referred is an order that names its referrer.
func (l *written) referred(customer, by string) {
	l.order(customer)
	l.events[len(l.events)-1].(*event.Purchase).Referrer = by
}

// TestReferralsOfOrders: each referrer has the referrals that orders tell, and the tier that goes with them. A model without pairs leaves all
// as it was.
func TestReferralsOfOrders(t *testing.T) {
	var l written
	l.order("ann")
	for n := range 7 {
		l.referred(fmt.Sprint("friend", n%6), "ann")
	}
	l.referred("ann", "ann")
	l.referred("friend1", "nobody")
	l.events = append(l.events, &event.Interaction{Head: l.head("ann"), Kind: event.ReferralMade, Name: "friend2"})
	referrals := func(e *score.Engine) map[string]int {
		r := replay.Run(e, l.events, 0)
		if n := r.Verdicts[score.Accepted]; n != len(l.events) {
			t.Errorf("%d events accepted, want %d: messages are no events", n, len(l.events))
		}
		all := map[string]int{}
		for _, c := range r.Customers {
			if s := e.Score(c.Profile, r.AsOf); s.Referrals > 0 {
				all[s.Customer] = s.Referrals
			}
		}
		return all
	}
	if got := referrals(defaultEngine(t)); fmt.Sprint(got) != "map[ann:6 nobody:1]" {
		t.Errorf("with pairs: %v, want 6 of ann and 1 of nobody", got)
	}
	if got := referrals(engineOf(t, modeltest.Quiet())); fmt.Sprint(got) != "map[ann:1]" {
		t.Errorf("without pairs: %v, want the REFERRAL_MADE of ann alone", got)
	}
}

// TestReferralsInAnyOrder: a log with referrals, mergers and erasures has one result, in whatever order its events stand.
func TestReferralsInAnyOrder(t *testing.T) {
	e := defaultEngine(t)
	rapid.Check(t, func(t *rapid.T) {
		var l written
		ids := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			customer, other := rapid.SampledFrom(ids).Draw(t, "customer"), rapid.SampledFrom(ids).Draw(t, "other")
			switch rapid.IntRange(0, 19).Draw(t, "kind") {
			case 0, 1:
				l.word(customer, other)
			case 2:
				l.erase(customer)
			case 3, 4, 5, 6, 7, 8, 9, 10:
				l.referred(customer, other)
			default:
				l.order(customer)
			}
		}
		want := replay.Run(e, l.events, 0)
		got := replay.Run(e, rapid.Permutation(slices.Concat(l.events, l.events)).Draw(t, "order"), 0)
		if !slices.Equal(ends(&got), ends(&want)) {
			t.Fatalf("got\n%q\nwant\n%q", ends(&got), ends(&want))
		}
	})
}
