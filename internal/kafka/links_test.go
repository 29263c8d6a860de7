package kafka

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// TestTheLargestLinkFits: what avro may write as a message of links is published, kept and read whole, also compressed, and though the limit
// of the inputs is smaller.
func TestTheLargestLinkFits(t *testing.T) {
	value := bytes.Repeat([]byte("history "), avro.MaxLinkBytes/8)
	eachBroker(t, func(t *testing.T, b broker) {
		b.withTopics(t, 1)
		config := b.config()
		config.RecordBytes = 1 << 10
		cluster := open(t, config)
		publisher, err := cluster.NewPublisher(shard.Murmur2)
		if err != nil {
			t.Fatal(err)
		}
		output := shard.Output{ID: "1", Topic: schemas.Links, Key: bytes.Repeat([]byte("k"), event.MaxID), Value: value}
		if n := int64(size(output)) + 7*128; n > linkMost {
			t.Errorf("the largest message with its headers has %d bytes, beyond linkMost, %d", n, int64(linkMost))
		}
		if err := errors.Join(publisher.Publish(bounded(t), []shard.Output{output}), publisher.Close()); err != nil {
			t.Fatal(err)
		}
		client, err := kgo.NewClient(kgo.SeedBrokers(b.addr), kgo.ProducerBatchCompression(kgo.ZstdCompression()), kgo.ProducerBatchMaxBytes(maxLink))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if err := client.ProduceSync(bounded(t), &kgo.Record{Topic: schemas.Links, Key: output.Key, Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		log := cluster.NewLog()
		defer log.Close()
		records := readAll(t, log, shard.Partition{Topic: event.Links})
		if len(records) != 2 {
			t.Fatalf("%d records, want 2", len(records))
		}
		for _, r := range records {
			if r.Cut != nil || !bytes.Equal(r.Value, value) {
				t.Errorf("offset %d: %d bytes, cut %+v; want the whole message of %d bytes", r.Offset, len(r.Value), r.Cut, len(value))
			}
		}
	})
}

// TestLinksFitTheirTopic: the topic takes the longest message, and so does the publisher.
func TestLinksFitTheirTopic(t *testing.T) {
	if linkMost < avro.MaxLinkBytes+event.MaxID || maxLink < linkMost {
		t.Errorf("a message of %d bytes: linkMost is %d, the topic takes %d", avro.MaxLinkBytes, int64(linkMost), maxLink)
	}
	if most := (Config{}).withDefaults().MessageBytes; most < linkMost {
		t.Errorf("the publisher takes %d bytes, want at least %d", most, int64(linkMost))
	}
}

// TestALargeOutputKeepsItsPlace: what comes after a large output of its key is published after it. An id that took back a large part before
// the part came would never lose it.
func TestALargeOutputKeepsItsPlace(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		output := func(id, key string, bytes int) shard.Output {
			return shard.Output{ID: id, Topic: schemas.Links, Key: []byte(key), Value: append([]byte(id), make([]byte, bytes)...)}
		}
		publish(t, cluster, output("1", "bob", 10), output("2", "bob", 1_200_000), output("3", "bob", 10), output("4", "cat", 10), output("5", "bob", 1_200_000), output("6", "bob", 10))
		log := cluster.NewLog()
		defer log.Close()
		var bob []string
		for _, r := range readAll(t, log, shard.Partition{Topic: event.Links}) {
			if string(r.Key) == "bob" {
				bob = append(bob, string(r.Value[:1]))
			}
		}
		if want := []string{"1", "2", "3", "5", "6"}; !slices.Equal(bob, want) {
			t.Errorf("bob gets %v, want %v", bob, want)
		}
	})
}
