package kafka

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/embed"
	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

var (
	_ pipeline.Source    = (*Generation)(nil)
	_ pipeline.Publisher = (*Publisher)(nil)
)

// bound is how long a test may wait for what should take a moment.
const bound = 30 * time.Second

func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	t.Cleanup(cancel)
	return ctx
}

func startBroker(t testing.TB) *embed.Kafka {
	broker, err := embed.StartKafka(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	return broker
}

// brisk are settings for a broker next door and impatient tests.
func brisk(addr string) Config {
	return Config{
		Brokers: []string{addr}, Group: "test",
		SessionTimeout: 900 * time.Millisecond, Heartbeat: 50 * time.Millisecond, RebalanceTimeout: 5 * time.Second,
		Rejoin: 50 * time.Millisecond, WatchInterval: 200 * time.Millisecond,
		MaxWait: 50 * time.Millisecond, RequestTimeout: 5 * time.Second, Linger: 2 * time.Millisecond,
	}
}

func open(t testing.TB, config Config) *Cluster {
	cluster, err := NewCluster(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// withTopics returns a broker and a cluster on it, with the topics of the design.
func withTopics(t testing.TB, partitions int) (*embed.Kafka, *Cluster) {
	broker := startBroker(t)
	cluster := open(t, brisk(broker.Addr()))
	if err := cluster.CreateTopics(bounded(t), partitions, 1); err != nil {
		t.Fatal(err)
	}
	return broker, cluster
}

func publish(t testing.TB, cluster *Cluster, outputs ...shard.Output) {
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	if err := publisher.Publish(bounded(t), outputs); err != nil {
		t.Fatal(err)
	}
}

// customers returns n outputs of as many customers, for one topic.
func customers(topic event.Topic, n int) []shard.Output {
	outputs := make([]shard.Output, n)
	for i := range outputs {
		id := fmt.Sprintf("%s-%d", topic, i)
		outputs[i] = shard.Output{ID: id, Topic: string(topic), Key: []byte(id), Value: []byte("value of " + id)}
	}
	return outputs
}

// producer is another client, for what ours cannot write.
func producer(t testing.TB, addr string, options ...kgo.Opt) *kgo.Client {
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(addr), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(12 << 20),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// readAll fetches all of p.
func readAll(t testing.TB, log *Log, p shard.Partition) []stream.Record {
	ctx := bounded(t)
	_, end, err := log.Bounds(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	var records []stream.Record
	for next := int64(0); next < end; {
		fetch, err := log.Fetch(ctx, p, next)
		if err != nil {
			t.Fatal(err)
		}
		records, next = append(records, fetch.Records...), fetch.Next
	}
	return records
}

func wait[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(bound):
		t.Fatalf("no %s within %v", what, bound)
		panic("unreachable")
	}
}
