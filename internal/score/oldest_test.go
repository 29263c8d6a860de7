package score_test

import (
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// TestOldest: an event with a time before the model's oldest day is refused, of each kind, and leaves no trace. The day begins in the zone of
// the calendar. The record time does not matter: a log that is replayed today is as old as it was.
func TestOldest(t *testing.T) {
	const floor event.Day = 7305 // 1990-01-01
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 3600)} {
		days := event.NewCalendar(zone)
		first := days.Start(floor)
		e := newEngine(t, days, func(m *score.Model) { m.Oldest = floor })
		for _, recorded := range []event.Instant{0, first + 40*365*day} {
			head := func(at event.Instant) event.Head {
				return event.Head{ID: "e", Customer: "c", OccurredAt: at, RecordedAt: max(at, recorded)}
			}
			for _, row := range []struct {
				why  string
				x    event.Event
				want score.Verdict
			}{
				{"an order on the oldest day", &event.Purchase{Head: head(first), Kind: event.Order, OrderID: "o", Amount: event.Money{Currency: "USD"}}, score.Accepted},
				{"an order the day before", &event.Purchase{Head: head(first - 1), Kind: event.Order, OrderID: "o", Amount: event.Money{Currency: "USD"}}, score.RefusedTooOld},
				{"a payment that was due in 1970", &event.Purchase{
					Head: head(first), Kind: event.PaymentOverdue, OrderID: "o", Amount: event.Money{Currency: "USD"}, DueAt: 1_700_000_000,
				}, score.RefusedTooOld},
				{"a payment of which no due date is known", &event.Purchase{
					Head: head(first), Kind: event.PaymentOverdue, OrderID: "o", Amount: event.Money{Currency: "USD"},
				}, score.Accepted},
				{"a visit at the zero of a clock", &event.Interaction{Head: head(0), Kind: event.Login}, score.RefusedTooOld},
				{"an answer whose seconds were taken as milliseconds", &event.Feedback{Head: head(1_756_720_800), Kind: event.Complaint}, score.RefusedTooOld},
			} {
				p, transitions, verdict := e.Apply(e.New("c"), row.x)
				if verdict != row.want {
					t.Errorf("%s, in %s: verdict %s, want %s", row.why, zone, verdict, row.want)
				}
				if verdict != score.Accepted && (len(transitions) > 0 || p.AsOf != 0) {
					t.Errorf("%s: a refused event has left traces: %+v, told %d", row.why, p, len(transitions))
				}
			}
		}
	}
}
