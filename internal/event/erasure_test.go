package event_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
)

func TestErasedBy(t *testing.T) {
	const noon = 1_000_000
	head := func(occurred, recorded event.Instant) event.Head {
		return event.Head{ID: "e", Customer: "c", OccurredAt: occurred, RecordedAt: recorded}
	}
	for _, row := range []struct {
		why    string
		x      event.Event
		erased event.Instant
		want   bool
	}{
		{"nobody was erased", &event.Feedback{Head: head(1, 1)}, 0, false},
		{"before", &event.Feedback{Head: head(noon-1, noon-1)}, noon, true},
		{"in the same millisecond", &event.Feedback{Head: head(noon, noon)}, noon, true},
		{"after", &event.Feedback{Head: head(noon+1, noon+1)}, noon, false},
		{"before, and late", &event.Interaction{Head: head(noon-1, noon+9)}, noon, true},
		{"stamped ahead, and recorded before", &event.Interaction{Head: head(noon+9, noon-1)}, noon, true},
		{"a revision of an order from before", &event.Purchase{Head: head(noon-1, noon+9), Kind: event.Order, RevisedAt: noon + 5}, noon, true},
	} {
		if got := event.ErasedBy(row.x, row.erased); got != row.want {
			t.Errorf("%s: got %v, want %v", row.why, got, row.want)
		}
	}
}

func TestWithoutErased(t *testing.T) {
	at := func(id, customer string, occurred, recorded event.Instant, kind event.InteractionKind) event.Event {
		return &event.Interaction{Head: event.Head{ID: id, Customer: customer, OccurredAt: occurred, RecordedAt: recorded}, Kind: kind}
	}
	all := []event.Event{
		at("1", "ann", 10, 10, event.Login), at("2", "bob", 10, 10, event.Login),
		at("3", "ann", 5, 20, event.Erased), at("4", "ann", 20, 30, event.Login), at("5", "ann", 30, 30, event.Login),
		at("6", "ann", 25, 25, event.Erased), at("7", "ann", 2, 2, event.Erased),
	}
	var got []string
	for _, x := range event.WithoutErased(all) {
		got = append(got, x.Common().ID)
	}
	if want := []string{"2", "5"}; !slices.Equal(got, want) {
		t.Errorf("left: %v, want %v: the last erasure counts, by its record time", got, want)
	}
	if same := event.WithoutErased(all[:2]); &same[0] != &all[0] {
		t.Error("without an ERASED the events are copied, want them as they are")
	}
}
