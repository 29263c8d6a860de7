package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// Every partitioner of the library puts a key where ours expects it.
func TestPublisherPutsKeysWhereTheirShardsAre(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		const partitions = 7
		for _, p := range []shard.Partitioner{shard.Murmur2, shard.CRC32, shard.FNV1a} {
			t.Run(string(p), func(t *testing.T) {
				cluster := b.withTopics(t, partitions)
				publisher, err := cluster.NewPublisher(p)
				if err != nil {
					t.Fatal(err)
				}
				defer publisher.Close()
				if err := publisher.Publish(bounded(t), customers(event.Purchases, 500)); err != nil {
					t.Fatal(err)
				}
				log := cluster.NewLog()
				defer log.Close()
				total := 0
				for i := range partitions {
					for _, r := range readAll(t, log, shard.Partition{Topic: event.Purchases, Index: i}) {
						total++
						if want := p.Of(string(r.Key), partitions); want != i {
							t.Errorf("key %q lies in partition %d, want %d", r.Key, i, want)
						}
					}
				}
				if total != 500 {
					t.Errorf("%d records, want 500", total)
				}
			})
		}
		cluster := b.withTopics(t, 1)
		if _, err := cluster.NewPublisher("random"); err == nil {
			t.Error("a publisher with an unknown partitioner: no error")
		}
	})
}

func TestPublishKeepsOrderTimeAndBytes(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		cluster.config.Now = func() event.Instant { return 777 }
		outputs := []shard.Output{
			{ID: "1", Topic: schemas.TierChanges, Key: []byte("c"), Value: []byte("first"), Time: 123_456},
			{ID: "2", Topic: schemas.DeadLetters, Value: []byte{0xff}, Headers: []stream.Header{{Key: "h", Value: []byte("v")}}},
			{ID: "3", Topic: schemas.TierChanges, Key: []byte("c"), Value: []byte("second")},
		}
		publish(t, cluster, outputs...)
		log := cluster.NewLog()
		defer log.Close()
		changes := readAll(t, log, shard.Partition{Topic: schemas.TierChanges})
		if len(changes) != 2 || string(changes[0].Value) != "first" || changes[0].Time != 123_456 || changes[1].Time != 777 {
			t.Errorf("tier changes %+v, want first at 123456 ms, then second at the clock's 777 ms", changes)
		}
		letters := readAll(t, log, shard.Partition{Topic: schemas.DeadLetters})
		if len(letters) != 1 || letters[0].Key != nil || fmt.Sprint(letters[0].Headers) != fmt.Sprint(outputs[1].Headers) {
			t.Errorf("dead letters %+v, want one without a key, with its header", letters)
		}
	})
}

// A burst is cut into batches that a topic with Kafka's default limit takes; what is larger travels alone.
func TestPublishStaysBelowTheTopicsLimit(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		var outputs []shard.Output
		for i := range 300 {
			outputs = append(outputs, shard.Output{ID: fmt.Sprint(i), Topic: schemas.TierChanges, Key: []byte("c"), Value: make([]byte, 10_000)})
		}
		outputs = append(outputs, shard.Output{ID: "large", Topic: schemas.DeadLetters, Value: make([]byte, 1_900_000)})
		publish(t, cluster, outputs...)
		log := cluster.NewLog()
		defer log.Close()
		for topic, want := range map[event.Topic]int64{schemas.TierChanges: 300, schemas.DeadLetters: 1} {
			if _, got, err := log.Bounds(bounded(t), shard.Partition{Topic: topic}); err != nil || got != want {
				t.Errorf("%s holds %d, %v; want %d", topic, got, err, want)
			}
		}
	})
}

func TestPublishSaysWhatFailed(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	good := shard.Output{ID: "good", Topic: schemas.TierChanges, Key: []byte("c"), Value: []byte("v")}
	for _, row := range []struct {
		name  string
		bad   shard.Output
		class string
	}{
		{"larger than any message", shard.Output{ID: "bad", Topic: schemas.DeadLetters, Value: make([]byte, 3<<20)}, "message_too_large"},
		{"larger than its topic takes", shard.Output{ID: "bad", Topic: schemas.ChurnAlerts, Value: make([]byte, 1_500_000)}, "message_too_large"},
	} {
		err := publisher.Publish(bounded(t), []shard.Output{good, row.bad})
		if err == nil || ErrorClass(err) != row.class || !strings.Contains(err.Error(), "bad to "+row.bad.Topic) {
			t.Errorf("%s: %v of class %q, want one of class %q that names the output", row.name, err, ErrorClass(err), row.class)
		}
	}
	if err := publisher.Publish(bounded(t), []shard.Output{{ID: "1", Topic: "customer.nowhere.v1"}}); ErrorClass(err) != "topic_missing" {
		t.Errorf("a topic that does not exist: %v of class %q, want topic_missing", err, ErrorClass(err))
	}
	if err := publisher.Publish(bounded(t), nil); err != nil {
		t.Errorf("nothing to publish: %v, want no error", err)
	}

	faults := broker.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: 2})
	if err := publisher.Publish(bounded(t), []shard.Output{good}); err != nil {
		t.Errorf("two refusals in a row: %v, want the third try to succeed", err)
	}
	if got := faults.Hits(); got != 2 {
		t.Errorf("%d refusals, want 2", got)
	}
	faults = broker.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: -1})
	if err := publisher.Publish(bounded(t), []shard.Output{good}); ErrorClass(err) != "retriable" {
		t.Errorf("refused for good: %v of class %q, want an end, with an error of class retriable", err, ErrorClass(err))
	}
	faults.Remove()

	ctx, cancel := context.WithCancel(bounded(t))
	cancel()
	if err := publisher.Publish(ctx, []shard.Output{good}); !errors.Is(err, context.Canceled) {
		t.Errorf("publish with a context that has ended: %v, want %v", err, context.Canceled)
	}
}

func BenchmarkPublish(b *testing.B) {
	_, cluster := withTopics(b, 4)
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		b.Fatal(err)
	}
	defer publisher.Close()
	const batch = 5_000
	outputs := slices.Repeat([]shard.Output{{ID: "id", Topic: schemas.TierChanges, Value: make([]byte, 300)}}, batch)
	for i := range outputs {
		outputs[i].Key = fmt.Appendf(nil, "customer-%d", i)
	}
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	for b.Loop() {
		if err := publisher.Publish(ctx, outputs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "outputs/s")
}

// TestPublishNamesWhatIsUnsent: of outputs to several topics, one of which refuses, the error names those that failed and the later ones
// of the same key.
func TestPublishNamesWhatIsUnsent(t *testing.T) {
	_, cluster := withTopics(t, 1)
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	refused := make([]byte, 1_500_000) // more than the topic of alerts takes, less than that of dead letters
	err = publisher.Publish(bounded(t), []shard.Output{
		{ID: "0", Topic: schemas.TierChanges, Key: []byte("a"), Value: []byte("v")},
		{ID: "1", Topic: schemas.DeadLetters, Key: []byte("a"), Value: refused},
		{ID: "2", Topic: schemas.ChurnAlerts, Key: []byte("a"), Value: refused},
		{ID: "3", Topic: schemas.DeadLetters, Key: []byte("b"), Value: refused},
		{ID: "4", Topic: schemas.ChurnAlerts, Key: []byte("a"), Value: refused},
	})
	unsent, ok := errors.AsType[*shard.UnsentError](err)
	if !ok || !slices.Equal(unsent.Unsent, []int{2, 4}) || ErrorClass(err) != "message_too_large" {
		t.Fatalf("got %v (%+v), want an error that names 2 and 4", err, unsent)
	}
}
