package history_test

import (
	"bytes"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// TestEveryKindIsReadAgain observes an event of each member of each closed set. The encoding stores the members' numbers; a number
// that Append writes and Decode refuses would lose the profile.
func TestEveryKindIsReadAgain(t *testing.T) {
	head := event.Head{ID: "e", Customer: "c", OccurredAt: noon, RecordedAt: noon}
	var all []event.Event
	for k := range event.PurchaseKind(event.PurchaseKinds) {
		all = append(all, &event.Purchase{Head: head, Kind: k, OrderID: "o"})
	}
	for k := range event.InteractionKind(event.InteractionKinds) {
		all = append(all, &event.Interaction{Head: head, Kind: k, Weight: 1})
	}
	for k := range event.FeedbackKind(event.FeedbackKinds) {
		all = append(all, &event.Feedback{Head: head, Kind: k, Score: 5, Max: 10, Scored: true})
	}
	for about := range event.Subject(event.Subjects) {
		all = append(all, &event.Feedback{Head: head, Kind: event.Complaint, About: about})
	}
	// Interactions are kept one by one for 7 days, by the day for 90, then as counts over life.
	for _, x := range all {
		for _, days := range []event.Instant{0, 10, 100} {
			s, _ := history.Summary{}.Observe(x, history.Amounts{Amount: 100}, event.Calendar{})
			later := event.Head{ID: "later", Customer: "c", OccurredAt: noon + days*24*hour}
			s, _ = s.Observe(&event.Interaction{Head: later, Kind: event.Login}, history.Amounts{}, event.Calendar{})
			b := s.Append(nil)
			got, err := history.Decode(b)
			if err != nil {
				t.Errorf("%+v, %d days later: Decode = %v, want what Append wrote", x, days, err)
				continue
			}
			if again := got.Append(nil); !bytes.Equal(again, b) {
				t.Errorf("%+v, %d days later: encoded again: got %x, want %x", x, days, again, b)
			}
		}
	}
}

// noon is that of 2026-01-01, in UTC.
const noon = event.Instant(1_767_268_800_000)
