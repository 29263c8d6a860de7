package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// TestFirstStartLearnsThePartitioner: the first start lays the customers out by the partitioner of the records in the topics. So no event
// reaches another lane than its customer's. Later starts keep what the data has.
func TestFirstStartLearnsThePartitioner(t *testing.T) {
	const partitions = 4
	s := servicetest.Start(t, partitions)
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	produced := 0
	produce := func(by shard.Partitioner) {
		now := time.Now().Truncate(time.Millisecond)
		var records []*kgo.Record
		for range 60 {
			produced++
			id := fmt.Sprintf("c%03d", produced)
			r := servicetest.Encoded(t, codec, &event.Purchase{
				Head: event.Head{ID: id, Customer: id, OccurredAt: event.InstantOf(now), RecordedAt: event.InstantOf(now)},
				Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 5000, Currency: "USD"},
			}, now)
			r.Partition = int32(by.Of(id, partitions))
			records = append(records, r)
		}
		manual, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		if err != nil {
			t.Fatal(err)
		}
		defer manual.Close()
		if err := manual.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	const misrouted = "tidemark_copartition_mismatch_total"
	open := usual()
	open.anyPartitioner = true

	produce(shard.CRC32)
	first := start(t, "the first start", s, open)
	first.awaitEnd(t, s)
	if got := s.Data.HGet(t.Context(), "tm:meta", "partitioner").Val(); got != string(shard.CRC32) {
		t.Errorf("the layout: got partitioner %q, want that of the records", got)
	}
	if got := first.metric(t, misrouted); got != 0 {
		t.Errorf("events at another lane than their customer's: got %v, want none", got)
	}
	if said := first.said(); !strings.Contains(said, "laid out by crc32") || !strings.Contains(said, "crc32 explains 100 %") {
		t.Errorf("the log: want what was chosen, and why, got\n%s", said)
	}

	for range 9 { // now the newest records say otherwise
		produce(shard.FNV1a)
	}
	again := start(t, "a later start", s, open)
	again.awaitEnd(t, s)
	if got := s.Data.HGet(t.Context(), "tm:meta", "partitioner").Val(); got != string(shard.CRC32) {
		t.Errorf("the layout after a later start: got partitioner %q, want the one of the data", got)
	}
}

// TestMixedPartitionersAreSaid: where the records show no one partitioner, the first start takes murmur2, and warns.
func TestMixedPartitionersAreSaid(t *testing.T) {
	s := servicetest.Start(t, 4)
	var records []*kgo.Record
	for n := range 200 {
		key := fmt.Sprintf("c%03d", n)
		by := []shard.Partitioner{shard.Murmur2, shard.CRC32}[n%2]
		records = append(records, &kgo.Record{Topic: string(event.Interactions), Key: []byte(key), Value: []byte("?"), Partition: int32(by.Of(key, 4))})
	}
	manual, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer manual.Close()
	if err := manual.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	open := usual()
	open.anyPartitioner = true
	m := start(t, "the service", s, open)
	servicetest.Eventually(t, servicetest.Longest, "the layout is written", func() bool {
		return s.Data.HGet(t.Context(), "tm:meta", "partitioner").Val() == string(shard.Murmur2)
	})
	if said := m.said(); !strings.Contains(said, `"level":"warn"`) || !strings.Contains(said, "no partitioner explains") {
		t.Errorf("the log: want a warning, got\n%s", said)
	}
}
