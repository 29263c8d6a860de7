package score_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Where nothing is known of a customer's channels the list is null: an empty one says that the customer may be met nowhere.
func TestContactableChannels(t *testing.T) {
	said := func(kind event.InteractionKind, channel, name string) event.Event {
		return &event.Interaction{Head: event.Head{ID: "i", Customer: "c", OccurredAt: 20_000 * day, RecordedAt: 20_000 * day}, Kind: kind, Channel: channel, Name: name}
	}
	for _, row := range []struct {
		why  string
		said event.Event
		want []string
		null bool
	}{
		{"nothing is known", nil, nil, true},
		{"a channel was used", said(event.EmailOpen, "email", ""), []string{"email"}, false},
		{"the customer wants no word on any channel", said(event.Unsubscribe, "", ""), nil, false},
		{"nor on the only one known", said(event.Unsubscribe, "email", ""), nil, false},
	} {
		e := newEngine(t, event.Calendar{}, nil)
		p := e.New("c")
		if row.said != nil {
			p = apply(t, e, p, row.said)
		}
		_, transitions, _ := e.Apply(p, order("a", 20_001*day, 5000))
		got := transitions[0].(*score.TierChanged).ContactableChannels
		if (got == nil) != row.null || !slices.Equal(got, row.want) {
			t.Errorf("%s: %#v, want %q, null %t", row.why, got, row.want, row.null)
		}
	}
}
