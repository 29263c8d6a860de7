package kafka

import (
	"errors"
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// TestLinksComeToTheLaneOfTheReceiver: links are partitioned as the inputs of the data are, and all else as Java's producers do.
func TestLinksComeToTheLaneOfTheReceiver(t *testing.T) {
	const partitions, keys = 5, 40
	eachBroker(t, func(t *testing.T, b broker) {
		for _, data := range []shard.Partitioner{shard.Murmur2, shard.CRC32, shard.FNV1a} {
			cluster := b.withTopics(t, partitions)
			publisher, err := cluster.NewOutputPublisher(data)
			if err != nil {
				t.Fatal(err)
			}
			var outputs []shard.Output
			for n := range keys {
				for _, topic := range []string{schemas.Links, schemas.TierChanges} {
					outputs = append(outputs, shard.Output{ID: fmt.Sprint(n), Topic: topic, Key: fmt.Appendf(nil, "customer %d", n)})
				}
			}
			if err := errors.Join(publisher.Publish(bounded(t), outputs), publisher.Close()); err != nil {
				t.Fatal(err)
			}
			log := cluster.NewLog()
			defer log.Close()
			for topic, by := range map[event.Topic]shard.Partitioner{event.Links: data, schemas.TierChanges: shard.Murmur2} {
				found := 0
				for index := range partitions {
					for _, r := range readAll(t, log, shard.Partition{Topic: topic, Index: index}) {
						found++
						if want := by.Of(string(r.Key), partitions); want != index {
							t.Errorf("data by %s, %s: %s lies in partition %d, want %d", data, topic, r.Key, index, want)
						}
					}
				}
				if found != keys {
					t.Errorf("data by %s, %s: %d records, want %d", data, topic, found, keys)
				}
			}
		}
	})
	if _, err := open(t, brisk("localhost:1")).NewOutputPublisher("md5"); err == nil {
		t.Error("a publisher with an unknown partitioner: no error")
	}
}
