package event_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
)

func TestCustomers(t *testing.T) {
	at := event.Instant(1000)
	visit := func(id, customer string) event.Event {
		at++
		return &event.Interaction{Head: event.Head{ID: id, Customer: customer, OccurredAt: at, RecordedAt: at}, Kind: event.PageView}
	}
	word := func(from, into string) event.Event {
		at++
		return &event.Interaction{Head: event.Head{ID: "w", Customer: from, OccurredAt: at, RecordedAt: at}, Kind: event.MergedInto, OtherCustomer: into}
	}
	erased := func(id string) event.Event {
		at++
		return &event.Interaction{Head: event.Head{ID: "r", Customer: id, OccurredAt: 5, RecordedAt: at}, Kind: event.Erased}
	}
	for _, row := range []struct {
		name   string
		events []event.Event
		want   []string
		merged int
	}{
		{"nobody is linked", []event.Event{visit("1", "a"), visit("2", "b")}, []string{"a 1", "b 2"}, 0},
		{"a chain", []event.Event{visit("1", "a"), word("a", "b"), word("b", "c"), visit("2", "a")}, []string{"c 1", "c 2"}, 2},
		{"a cycle", []event.Event{visit("1", "b"), word("b", "c"), word("c", "a"), word("a", "b"), word("x", "c"), visit("2", "x")}, []string{"a 1", "a 2"}, 3},
		{"a link that is taken back", []event.Event{visit("1", "a"), word("a", "b"), word("a", "a")}, []string{"a 1"}, 0},
		{"the last word decides", []event.Event{visit("1", "a"), word("a", "b"), word("a", "c")}, []string{"c 1"}, 1},
		{"an erasure of the survivor", []event.Event{visit("1", "a"), word("a", "b"), visit("2", "b"), visit("3", "c"), erased("b")}, []string{"c 3"}, 0},
		{"an erasure of the merged id", []event.Event{visit("1", "a"), visit("2", "b"), word("a", "b"), erased("a"), visit("3", "a")}, []string{"a 3"}, 0},
		{"an erasure after the link", []event.Event{visit("1", "a"), word("a", "b"), word("a", "a"), erased("b")}, []string{"a 1"}, 0},
		{"a link after the erasure", []event.Event{visit("1", "b"), erased("b"), visit("2", "a"), word("a", "b")}, []string{"b 2"}, 1},
	} {
		before := slices.Clone(row.events)
		theirs, merged := event.Customers(row.events)
		var got []string
		for _, x := range theirs {
			got = append(got, x.Common().Customer+" "+x.Common().ID)
		}
		if !slices.Equal(got, row.want) || merged != row.merged || !slices.Equal(before, row.events) {
			t.Errorf("%s: got %q and %d merged, want %q and %d", row.name, got, merged, row.want, row.merged)
		}
	}
	one := []event.Event{visit("1", "a")}
	if same, _ := event.Customers(one); &same[0] != &one[0] {
		t.Error("a log without words has been copied")
	}
}
