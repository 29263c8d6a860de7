package servicetest

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Produce sends records, in order.
func (s *Servers) Produce(t testing.TB, records ...*kgo.Record) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, r := range records {
		if err := client.ProduceSync(ctx, r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// Ends returns the end offsets of topics, by partition: the offset of the next record.
func (s *Servers) Ends(t testing.TB, topics ...string) map[string][]int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	ends := map[string][]int64{}
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1
	for name, n := range s.Partitions(t, topics...) {
		ends[name] = make([]int64, n)
		topic := kmsg.NewListOffsetsRequestTopic()
		topic.Topic = name
		for index := range n {
			partition := kmsg.NewListOffsetsRequestTopicPartition()
			partition.Partition, partition.Timestamp = index, -1 // the end
			topic.Partitions = append(topic.Partitions, partition)
		}
		request.Topics = append(request.Topics, topic)
	}
	answer, err := request.RequestWith(ctx, s.Log)
	if err != nil {
		t.Fatalf("list the ends of %v: %v", topics, err)
	}
	for _, topic := range answer.Topics {
		for _, p := range topic.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				t.Fatalf("list the end of %s-%d: %v", topic.Topic, p.Partition, err)
			}
			ends[topic.Topic][p.Partition] = p.Offset
		}
	}
	return ends
}

// Records reads topics from the beginning to the present end.
func (s *Servers) Records(t testing.TB, topics ...string) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	left := int64(0)
	for _, ends := range s.Ends(t, topics...) {
		for _, end := range ends {
			left += end
		}
	}
	var all []*kgo.Record
	for int64(len(all)) < left {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			t.Fatalf("read %v: %v, with %d of %d records read", topics, err, len(all), left)
		}
		all = append(all, fetches.Records()...)
	}
	return all
}

// HeaderOf returns the value of a header, empty if the record does not have it.
func HeaderOf(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}
