package kafka

import (
	"fmt"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/shard"
	"tidemark/schemas"
)

// TestLinksGoWhereTheirReceiversAreRead: messages of links go by the partitioner of the data, outputs by that of subscribers.
func TestLinksGoWhereTheirReceiversAreRead(t *testing.T) {
	of := shard.CRC32
	outputs, err := balancerOf(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	b := laneBalancer{outputs, func() shard.Partitioner { return of }}
	partitions := []int{0, 1, 2, 3, 4}
	for _, of = range partitioners {
		for n := range 100 {
			key := fmt.Sprint("customer ", n)
			if got, want := b.Balance(kafkago.Message{Topic: schemas.Links, Key: []byte(key)}, partitions...), of.Of(key, 5); got != want {
				t.Errorf("%s, a link to %s: partition %d, want %d", of, key, got, want)
			}
			if got, want := b.Balance(kafkago.Message{Topic: schemas.Scores, Key: []byte(key)}, partitions...), shard.Murmur2.Of(key, 5); got != want {
				t.Errorf("%s, a score of %s: partition %d, want %d", of, key, got, want)
			}
		}
	}
}
