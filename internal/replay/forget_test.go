package replay_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/replay"
)

const silence = 100 * 24 * time.Hour

// visit draws an interaction of a customer a while after an instant.
func visit(t *rapid.T, n int, kind event.InteractionKind, after event.Instant) *event.Interaction {
	at := after.Add(time.Duration(rapid.Int64Range(1, int64(160*24*time.Hour/time.Millisecond)).Draw(t, "gap")) * time.Millisecond)
	return &event.Interaction{Head: event.Head{ID: fmt.Sprint("e", n), Customer: "ann", OccurredAt: at, RecordedAt: at}, Kind: kind}
}

// TestForgottenAsIfNeverSeen: of somebody who only looks, a replay that forgets holds what it holds of the visits after the last silence, and
// nothing else. Each silence counts from the day of the last visit to the start of a day.
func TestForgottenAsIfNeverSeen(t *testing.T) {
	plain := defaultEngine(t)
	forgetful := plain.Forgetting(silence)
	const day = event.Instant(24 * time.Hour / time.Millisecond)
	rapid.Check(t, func(t *rapid.T) {
		var all, since []event.Event
		at, gaps := event.Instant(1_700_000_000_000), 0
		forgets := func() event.Instant { return (at/day)*day + 100*day }
		for n := range rapid.IntRange(1, 8).Draw(t, "visits") {
			x := visit(t, n, rapid.SampledFrom([]event.InteractionKind{event.PageView, event.Login, event.EmailOpen}).Draw(t, "kind"), at)
			if n > 0 && x.OccurredAt >= forgets() {
				since, gaps = nil, gaps+1
			}
			at = x.OccurredAt
			all, since = append(all, x), append(since, x)
		}
		asOf := at.Add(time.Duration(rapid.Int64Range(0, int64(110*24*time.Hour/time.Millisecond)).Draw(t, "until")) * time.Millisecond)
		if asOf >= forgets() {
			since, gaps = nil, gaps+1
		}
		got := replay.Run(forgetful, all, asOf)
		if got.Forgotten != gaps || len(got.Transitions()) > 0 {
			t.Fatalf("forgotten %d times, with %d transitions, want %d and none", got.Forgotten, len(got.Transitions()), gaps)
		}
		if len(since) == 0 {
			if len(got.Customers) > 0 {
				t.Fatalf("ann is still known at %s, last seen at %s", asOf, at)
			}
			return
		}
		if want := replay.Run(forgetful, since, asOf); len(got.Customers) != 1 ||
			!bytes.Equal(got.Customers[0].Profile.Append(nil), want.Customers[0].Profile.Append(nil)) {
			t.Fatalf("got another profile than that of the %d visits after the last silence, of %d", len(since), len(all))
		}
	})
}

// TestWhoIsNeverForgotten: whoever bought, or left a consent, an attribute or a link, stays through any silence, and every number of theirs
// is as it would be without forgetting.
func TestWhoIsNeverForgotten(t *testing.T) {
	plain := defaultEngine(t)
	forgetful := plain.Forgetting(silence)
	head := func(id string, at event.Instant) event.Head {
		return event.Head{ID: id, Customer: "ann", OccurredAt: at, RecordedAt: at}
	}
	const at = event.Instant(1_700_000_000_000)
	for name, x := range map[string]event.Event{
		"an order": &event.Purchase{Head: head("x", at), Kind: event.Order, OrderID: "1", Amount: event.Money{Minor: 100, Currency: "USD"}},
		"a cancellation, whose order may come": &event.Purchase{
			Head: head("x", at), Kind: event.Cancel, OrderID: "1", Amount: event.Money{Minor: 100, Currency: "USD"},
		},
		"a refund":     &event.Purchase{Head: head("x", at), Kind: event.Refund, Amount: event.Money{Minor: 100, Currency: "USD"}},
		"a payment":    &event.Purchase{Head: head("x", at), Kind: event.PaymentFailed, OrderID: "1", Amount: event.Money{Minor: 100, Currency: "USD"}},
		"a consent":    &event.Interaction{Head: head("x", at), Kind: event.ConsentChanged, Name: "granted", Channel: "EMAIL"},
		"a refusal":    &event.Interaction{Head: head("x", at), Kind: event.Unsubscribe, Channel: "EMAIL"},
		"an attribute": &event.Interaction{Head: head("x", at), Kind: event.Attributes, Attributes: map[string]string{"industry": "retail"}},
		"a merger":     &event.Interaction{Head: head("x", at), Kind: event.MergedInto, OtherCustomer: "bob"},
		"a referral":   &event.Interaction{Head: head("x", at), Kind: event.ReferralMade},
	} {
		for _, silences := range []int{1, 5} {
			if p, ok := x.(*event.Purchase); ok && silences == 5 && (p.Kind == event.Cancel || p.Kind == event.PaymentFailed) {
				continue // the history itself holds a payment for a year, and a cancellation without its order for two
			}
			events := []event.Event{x}
			for n := range silences { // the link is folded away meanwhile
				events = append(events, &event.Interaction{Head: head(fmt.Sprint(n), at.Add(time.Duration(n+1)*250*24*time.Hour)), Kind: event.PageView})
			}
			asOf := at.Add(time.Duration(silences+2) * 250 * 24 * time.Hour)
			got, want := replay.Run(forgetful, events, asOf), replay.Run(plain, events, asOf)
			if got.Forgotten != 0 || len(got.Customers) != 1 || !bytes.Equal(got.Customers[0].Profile.Append(nil), want.Customers[0].Profile.Append(nil)) {
				t.Errorf("%s, then %d visits: forgotten %d times, %d customers, want the profile of a replay that forgets nobody",
					name, silences, got.Forgotten, len(got.Customers))
			}
		}
	}
}
