package servicetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
)

// Shards is how many shards the tests lay out that hold a service to a replay.
const Shards = 16

// SmallLog is what three customers did, the last of it on 2 March 2026, as lines of JSON.
const SmallLog = `{"topic":"` + string(event.Purchases) + `","event":{"event_id":"e1","customer_id":"ann","order_id":"o1","occurred_at":"2026-03-01T10:00:00Z","kind":"ORDER","amount_minor":4000,"currency":"USD"}}
{"topic":"` + string(event.Purchases) + `","event":{"event_id":"e2","customer_id":"bob","order_id":"o2","occurred_at":"2026-03-01T11:00:00Z","kind":"ORDER","amount_minor":90000,"currency":"USD"}}
{"topic":"` + string(event.Interactions) + `","event":{"event_id":"e3","customer_id":"ann","occurred_at":"2026-03-01T12:00:00Z","kind":"PAGE_VIEW"}}
{"topic":"` + string(event.Feedbacks) + `","event":{"event_id":"e4","customer_id":"bob","occurred_at":"2026-03-01T13:00:00Z","kind":"NPS","score":9}}
{"topic":"` + string(event.Purchases) + `","event":{"event_id":"e5","customer_id":"cid","order_id":"o3","occurred_at":"2026-03-02T10:00:00Z","kind":"ORDER","amount_minor":1200,"currency":"USD"}}
`

// Encoded is the message of an event, recorded at a time.
func Encoded(t testing.TB, codec *avro.Codec, x event.Event, at time.Time) *kgo.Record {
	t.Helper()
	out := codec.EncodeEvent(x)
	return &kgo.Record{Topic: out.Topic, Key: out.Key, Value: slices.Clone(out.Value), Timestamp: at}
}

// Send writes events to the log, all at once and in canonical order, each recorded when it occurred.
func (s *Servers) Send(t testing.TB, events []event.Event) {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	events = slices.Clone(events)
	dataset.Sort(events)
	records := make([]*kgo.Record, len(events))
	for i, x := range events {
		records[i] = Encoded(t, codec, x, x.Common().OccurredAt.Time())
	}
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	if err := s.Log.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}
