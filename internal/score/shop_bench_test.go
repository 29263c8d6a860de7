package score_test

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// shopEvents are the events of one id that all guests share: so many orders a day for so many days, a tenth of them refunded in part, and a
// page view for every order. They come in order of time.
func shopEvents(orders, days int) []event.Event {
	var all []event.Event
	gap := (day - hour) / event.Instant(orders)
	for d := range days {
		for k := range orders {
			id := fmt.Sprint(d, "-", k)
			at := 18_300*day + event.Instant(d)*day + event.Instant(k)*gap
			all = append(all, order(id, at, int64(5000+k)))
			if k%10 == 0 {
				back := order(id, at+1, 1000)
				back.ID, back.Kind = "r"+id, event.Refund
				all = append(all, back)
			}
			head := event.Head{ID: "v" + id, Customer: "c", OccurredAt: at + 2, RecordedAt: at + 2}
			all = append(all, &event.Interaction{Head: head, Kind: event.PageView, Channel: "web"})
		}
	}
	return all
}

// BenchmarkShop applies the events of an id with 300 orders a day over 60 days in batches of 500, as a lane does with a backlog: each batch
// is applied, scheduled and encoded.
func BenchmarkShop(b *testing.B) {
	e := shipped(b)
	events := shopEvents(300, 60)
	for b.Loop() {
		p, buffer := e.New("c"), []byte(nil)
		for i := 0; i < len(events); i += 500 {
			for _, x := range events[i:min(i+500, len(events))] {
				var verdict score.Verdict
				if p, _, verdict = e.Apply(p, x); verdict != score.Accepted {
					b.Fatalf("%s: verdict %v", x.Common().ID, verdict)
				}
			}
			p = e.Schedule(p)
			buffer = p.Append(buffer[:0])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(events)), "µs/event")
}
