package event_test

import (
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
)

func TestLives(t *testing.T) {
	at := func(customer, id string, at event.Instant) event.Head {
		return event.Head{Customer: customer, ID: id, OccurredAt: at}
	}
	for _, row := range []struct {
		why    string
		events []event.Event
		want   []string
	}{
		{"nobody", nil, nil},
		{"one event", []event.Event{&event.Purchase{Head: at("ann", "1", 5)}}, []string{"ann:1"}},
		{
			"customers by id, their events by time, topic and id",
			[]event.Event{
				&event.Purchase{Head: at("bob", "1", 5)}, &event.Purchase{Head: at("ann", "3", 7)}, &event.Purchase{Head: at("ann", "2", 7)},
				&event.Feedback{Head: at("ann", "9", 7)}, &event.Purchase{Head: at("ann", "4", 6)}, &event.Purchase{Head: at("ann", "4", 6)},
			},
			[]string{"ann:4 ann:4 ann:9 ann:2 ann:3", "bob:1"},
		},
	} {
		var got []string
		for _, life := range event.Lives(row.events) {
			var words []string
			for _, x := range life {
				words = append(words, x.Common().Customer+":"+x.Common().ID)
			}
			got = append(got, strings.Join(words, " "))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.why, got, row.want)
		}
	}
}
