package kafka

import (
	"bytes"
	"errors"
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
