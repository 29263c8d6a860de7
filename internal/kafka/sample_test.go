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

func TestChoice(t *testing.T) {
	all := func(murmur2, crc32, fnv1a float64) map[shard.Partitioner]float64 {
		return map[shard.Partitioner]float64{shard.Murmur2: murmur2, shard.CRC32: crc32, shard.FNV1a: fnv1a}
	}
	for _, row := range []struct {
		name         string
		sample       Sample
		want         shard.Partitioner
		known, mixed bool
	}{
		{"Python producers", Sample{400, 12, all(.1, 1, .08)}, shard.CRC32, true, false},
		{"Sarama, after a change of the partition count", Sample{400, 12, all(.1, .08, .96)}, shard.FNV1a, true, false},
		{"nothing written yet", Sample{0, 12, nil}, shard.Murmur2, false, false},
		{"one partition", Sample{400, 1, all(1, 1, 1)}, shard.Murmur2, false, false},
		{"three keys in two partitions agree by chance", Sample{3, 2, all(.3, 1, .6)}, shard.Murmur2, false, false},
		{"three keys in twelve do not", Sample{3, 12, all(0, 1, 0)}, shard.CRC32, true, false},
		{"a few keys that nothing explains", Sample{5, 12, all(.8, .2, 0)}, shard.Murmur2, false, false},
		{"Python and Java together", Sample{400, 12, all(.55, .5, .08)}, shard.Murmur2, false, true},
	} {
		got := row.sample.Choose()
		if got.Partitioner != row.want || got.Known != row.known || got.Mixed != row.mixed || got.Why == "" {
			t.Errorf("%s: got %+v, want %s, known %t, mixed %t, and why", row.name, got, row.want, row.known, row.mixed)
		}
	}
}
