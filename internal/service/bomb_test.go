package service_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestRecordOfManyMegabytes: a record that is small while it is compressed goes to the dead letters with its beginning. The records
// before it and after it, in the same batch, are scored.
func TestRecordOfManyMegabytes(t *testing.T) {
	const padding = 100 << 20
	s := servicetest.Start(t, 1)
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Millisecond)
	order := func(customer string) *kgo.Record {
		at := event.InstantOf(now.Add(-time.Hour))
		return servicetest.Encoded(t, codec, &event.Purchase{
			Head: event.Head{ID: "order of " + customer, Customer: customer, OccurredAt: at, RecordedAt: at},
			Kind: event.Order, OrderID: "o " + customer, Amount: event.Money{Minor: 5000, Currency: "USD"},
		}, now)
	}
	long := order("long")
	size := len(long.Value) + padding
	long.Value = append(long.Value, make([]byte, padding)...)
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.ProducerBatchCompression(kgo.ZstdCompression()), kgo.ProducerLinger(time.Second),
		kgo.ProducerBatchMaxBytes(2*padding), kgo.BrokerMaxWriteBytes(4*padding))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(t.Context(), order("before"), long, order("after")).FirstErr(); err != nil {
		t.Fatal(err)
	}
	serve(t, s, usual())
	servicetest.Eventually(t, servicetest.Longest, "the records before and after it are scored", func() bool {
		return s.Score(t, "before", "spend_365d") == "50.00" && s.Score(t, "after", "spend_365d") == "50.00"
	})
	letters := s.Records(t, schemas.DeadLetters)
	if len(letters) != 1 {
		t.Fatalf("%d dead letters, want 1", len(letters))
	}
	headers := map[string]string{}
	for _, h := range letters[0].Headers {
		headers[h.Key] = string(h.Value)
	}
	if string(letters[0].Key) != "long" || headers["tidemark.error.code"] != string(event.TooLarge) || headers["tidemark.original.value.bytes"] != strconv.Itoa(size) {
		t.Errorf("the dead letter of %q has headers %v, want the reason %s and the length %d", letters[0].Key, headers, event.TooLarge, size)
	}
}
