package replay_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

const start = event.Instant(1_735_689_600_000) // 2025-01-01

// written is a log, an event a second.
type written struct{ events []event.Event }

func (l *written) head(customer string) event.Head {
	at := start + event.Instant(len(l.events))*1000
	return event.Head{ID: fmt.Sprint("x", len(l.events)), Customer: customer, OccurredAt: at, RecordedAt: at}
}

func (l *written) order(customer string) {
	h := l.head(customer)
	l.events = append(l.events, &event.Purchase{Head: h, Kind: event.Order, OrderID: h.ID, Amount: event.Money{Minor: 1000, Currency: "USD"}})
}

func (l *written) word(from, into string) {
	l.events = append(l.events, &event.Interaction{Head: l.head(from), Kind: event.MergedInto, OtherCustomer: into})
}

func (l *written) erase(customer string) {
	l.events = append(l.events, &event.Interaction{Head: l.head(customer), Kind: event.Erased})
}

func names(customers []replay.Customer) (all []string) {
	for _, c := range customers {
		all = append(all, c.Profile.Customer)
	}
	return all
}

// TestMergedCustomers: two groups and somebody alone. The survivors have the scores, and the merged ids stand apart.
func TestMergedCustomers(t *testing.T) {
	var l written
	for _, customer := range []string{"ann", "bob", "cat", "dan", "eve"} {
		l.order(customer)
	}
	l.word("ann", "bob")
	l.word("dan", "new") // of whom nothing else is known
	l.order("ann")
	l.order("eve")
	e := defaultEngine(t)
	r := replay.Run(e, l.events, 0)
	if got, want := names(r.Customers), []string{"bob", "cat", "eve", "new"}; !slices.Equal(got, want) {
		t.Errorf("customers %q, want %q", got, want)
	}
	if got, want := names(r.Merged), []string{"ann", "dan"}; !slices.Equal(got, want) || r.Survivors() != 2 {
		t.Errorf("merged %q into %d, want %q into 2", got, r.Survivors(), want)
	}
	orders := map[string]int{}
	for _, c := range r.Customers {
		s := e.Score(c.Profile, r.AsOf)
		orders[s.Customer] = s.Orders
	}
	if orders["bob"] != 3 || orders["new"] != 1 || orders["cat"] != 1 || orders["eve"] != 2 {
		t.Errorf("orders %v", orders)
	}
	if n := r.Verdicts[score.Accepted]; n != len(l.events) {
		t.Errorf("%d events accepted, want %d: messages are no events", n, len(l.events))
	}
	var causes []score.Cause
	for _, x := range r.Transitions() {
		if x.Common().Customer == "ann" {
			causes = append(causes, x.Common().Cause)
		}
	}
	if len(causes) == 0 || causes[len(causes)-1] != score.ByMerge {
		t.Errorf("of ann was said %v, want at last that she was merged", causes)
	}
}

// TestErasedCustomerOfTwoIDs: an erasure of one id erases the other, and nobody else.
func TestErasedCustomerOfTwoIDs(t *testing.T) {
	var l written
	for _, customer := range []string{"ann", "bob", "cat"} {
		l.order(customer)
	}
	l.word("ann", "bob")
	l.word("cat", "bob")
	l.word("cat", "cat")
	l.erase("ann")
	r := replay.Run(defaultEngine(t), l.events, 0)
	if got, want := names(r.Erased), []string{"ann", "bob"}; !slices.Equal(got, want) {
		t.Errorf("erased %q, want %q", got, want)
	}
	if got, want := names(r.Customers), []string{"cat"}; !slices.Equal(got, want) || len(r.Merged) != 0 {
		t.Errorf("customers %q, merged %q, want %q and none", got, names(r.Merged), want)
	}
}

// TestJoinedInAnyOrder: a log has one result, in whatever order its events stand, and who is joined to nobody has the result of a replay alone.
func TestJoinedInAnyOrder(t *testing.T) {
	e := defaultEngine(t)
	rapid.Check(t, func(t *rapid.T) {
		var l written
		ids := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			customer := rapid.SampledFrom(ids).Draw(t, "customer")
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0, 1:
				l.word(customer, rapid.SampledFrom(ids).Draw(t, "into"))
			case 2:
				l.erase(customer)
			default:
				l.order(customer)
			}
		}
		want := replay.Run(e, l.events, 0)
		got := replay.Run(e, rapid.Permutation(slices.Concat(l.events, l.events)).Draw(t, "order"), 0)
		if !slices.Equal(ends(&got), ends(&want)) {
			t.Fatalf("got\n%q\nwant\n%q", ends(&got), ends(&want))
		}
		all := want.Everybody()
		for _, c := range all {
			links := c.Profile.Links()
			if !links.Bare() || c.Profile.Erased != 0 {
				continue
			}
			own := slices.DeleteFunc(slices.Clone(l.events), func(x event.Event) bool { return x.Common().Customer != c.Profile.Customer })
			alone := replay.Run(e, own, want.AsOf).Customers[0].Profile
			if !bytes.Equal(alone.Append(nil), c.Profile.Append(nil)) {
				t.Fatalf("%s differs from a replay alone", c.Profile.Customer)
			}
		}
	})
}

// ends are the ends of all customers, with what was said of them. The marks of parts count what was read, repetitions included: they are left
// out.
func ends(r *replay.Result) (all []string) {
	for _, c := range r.Everybody() {
		p := c.Profile
		all = append(all, fmt.Sprintf("%s into %q from %q erased %d tier %+v episode %+v history %x due %d",
			p.Customer, p.MergedInto(), p.Origins(), p.Erased, p.Standing, p.Episode, p.Whole().Append(nil), p.Due))
	}
	for _, x := range r.Transitions() {
		all = append(all, x.Common().Customer+" "+x.Common().ID)
	}
	return all
}
