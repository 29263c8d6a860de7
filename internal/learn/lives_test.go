package learn_test

import (
	"reflect"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
)

func TestLives(t *testing.T) {
	purchase := func(customer string, on event.Day, kind event.PurchaseKind, order string) event.Event {
		at := event.Instant(on)*day + 1
		return &event.Purchase{Head: event.Head{ID: customer + order + kind.String() + on.String(), Customer: customer, OccurredAt: at, RecordedAt: at}, Kind: kind, OrderID: order}
	}
	word := &event.Interaction{
		Head: event.Head{ID: "word", Customer: "dan", OccurredAt: 18_040 * day, RecordedAt: 18_040 * day}, Kind: event.MergedInto, OtherCustomer: "cid",
	}
	events := []event.Event{
		purchase("bob", 18_000, event.Order, "1"), purchase("bob", 18_003, event.Cancel, "1"),
		purchase("ann", 18_000, event.Order, "1"), purchase("ann", 18_000, event.Order, "2"), purchase("ann", 18_010, event.Refund, "2"),
		purchase("ann", 18_020, event.Order, "3"), purchase("ann", 18_021, event.Cancel, "3"), purchase("ann", 18_022, event.Order, "3"),
		purchase("ann", 18_030, event.Order, "4"), purchase("ann", 18_060, event.Cancel, "4"), purchase("ann", 18_070, event.Order, "5"),
		purchase("cid", 18_005, event.Order, "1"), purchase("dan", 18_006, event.Order, "2"), word,
	}
	// At the end, the order 4 still stood, and 5 was yet to come.
	want := []fit.Life{{18_000, 18_022, 18_030}, {18_005, 18_006}}
	if got := learn.Lives(events, event.Calendar{}, 18_050*day); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
