package service_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
)

// TestAProspectIsForgotten: a service that is told to forget removes all of a customer who only looked, from the day on which the replay
// does so too.
func TestAProspectIsForgotten(t *testing.T) {
	s := servicetest.Start(t, 2)
	looked := instant(t, "2026-03-01").Add(9 * time.Hour)
	s.Send(t, append(smallLog(t), &event.Interaction{
		Head: event.Head{ID: "e0", Customer: "dan", OccurredAt: looked, RecordedAt: looked}, Kind: event.PageView,
	}))
	for _, row := range []struct{ asOf, want string }{
		{"2026-06-08", "[tm:score:ann tm:score:bob tm:score:cid tm:score:dan]"},
		{"2026-06-10", "[tm:score:ann tm:score:bob tm:score:cid]"},
	} {
		c := usual()
		c.asOf, c.untilCaughtUp, c.forget = instant(t, row.asOf), true, 100*24*time.Hour
		if err := run(t, s, c); err != nil {
			t.Fatal(err)
		}
		scores := s.Keys(t, "tm:score:")
		slices.Sort(scores)
		if got := fmt.Sprint(scores); got != row.want {
			t.Errorf("as of %s: scores %s, want %s", row.asOf, got, row.want)
		}
	}
}
