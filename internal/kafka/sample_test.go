package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func TestSampleTellsThePartitioner(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		const partitions = 6
		for _, want := range []shard.Partitioner{shard.Murmur2, shard.CRC32, shard.FNV1a} {
			t.Run(string(want), func(t *testing.T) {
				cluster := b.withTopics(t, partitions)
				client := producer(t, b.addr, kgo.DisableIdempotentWrite())
				var records []*kgo.Record
				for _, o := range customers(event.Interactions, 400) {
					place := int32(want.Of(string(o.Key), partitions))
					records = append(records, &kgo.Record{Topic: o.Topic, Key: o.Key, Value: o.Value, Partition: place})
				}
				records = append(records, &kgo.Record{Topic: string(event.Interactions), Value: []byte("no key")})
				if err := client.ProduceSync(bounded(t), records...).FirstErr(); err != nil {
					t.Fatal(err)
				}
				sample, err := cluster.SamplePartitioner(bounded(t), 50)
				if err != nil {
					t.Fatal(err)
				}
				if got, ok := sample.Explains(); !ok || got != want || sample.Agreement[want] != 1 {
					t.Errorf("got %q (%t) from %+v, want %q", got, ok, sample, want)
				}
				if sample.Keys < 250 || sample.Keys > partitions*50 {
					t.Errorf("%d keys, want nearly 50 of each of %d partitions", sample.Keys, partitions)
				}
				for p, share := range sample.Agreement {
					if p != want && share > 0.5 {
						t.Errorf("%s agrees with %.2f of the keys of %s, want chance", p, share, want)
					}
				}
			})
		}
	})
}

func TestSampleKnowsWhenItCannotTell(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		sample, err := cluster.SamplePartitioner(bounded(t), 50)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := sample.Explains(); ok || sample.Keys != 0 {
			t.Errorf("empty topics: %q from %+v, want no explanation", got, sample)
		}
		publish(t, cluster, customers(event.Purchases, 20)...)
		if sample, err = cluster.SamplePartitioner(bounded(t), 50); err != nil {
			t.Fatal(err)
		}
		if got, ok := sample.Explains(); ok || sample.Keys != 20 {
			t.Errorf("one partition: %q from %+v, want no explanation, as every partitioner agrees", got, sample)
		}
		if got, ok := (Sample{Keys: 100, Agreement: map[shard.Partitioner]float64{shard.CRC32: 0.94}}).Explains(); ok {
			t.Errorf("an agreement of 0.94: %q, want no explanation", got)
		}
	})
}
