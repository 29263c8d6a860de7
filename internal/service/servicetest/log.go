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

// Shards is the number of shards in tests that compare a service with a replay.
const Shards = 16

// SmallLog is a log of three customers, as lines of JSON. The last event is on 2 March 2026.
const SmallLog = `{"topic":"` + string(event.Purchases) + `","event":{"event_id":"e1","customer_id":"ann","order_id":"o1","occurred_at":"2026-03-01T10:00:00Z","kind":"ORDER","amount_minor":4000,"currency":"USD"}}
{"topic":"` + string(event.Purchases) + `","event":{"event_id":"e2","customer_id":"bob","order_id":"o2","occurred_at":"2026-03-01T11:00:00Z","kind":"ORDER","amount_minor":90000,"currency":"USD"}}
{"topic":"` + string(event.Interactions) + `","event":{"event_id":"e3","customer_id":"ann","occurred_at":"2026-03-01T12:00:00Z","kind":"PAGE_VIEW"}}
{"topic":"` + string(event.Feedbacks) + `","event":{"event_id":"e4","customer_id":"bob","occurred_at":"2026-03-01T13:00:00Z","kind":"NPS","score":9}}
{"topic":"` + string(event.Purchases) + `","event":{"event_id":"e5","customer_id":"cid","order_id":"o3","occurred_at":"2026-03-02T10:00:00Z","kind":"ORDER","amount_minor":1200,"currency":"USD"}}
`

// Encoded returns the record of an event, with a record time.
func Encoded(t testing.TB, codec *avro.Codec, x event.Event, at time.Time) *kgo.Record {
	t.Helper()
	out := codec.EncodeEvent(x)
	return &kgo.Record{Topic: out.Topic, Key: out.Key, Value: slices.Clone(out.Value), Timestamp: at}
}

// Send writes events to the input topics in canonical order. The record time of an event is the time at which the event occurred.
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
		records[i] = Encoded(t, codec, x, x.StatedAt().Time())
	}
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	if err := s.Log.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}
