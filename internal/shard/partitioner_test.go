package shard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/segmentio/kafka-go"
	"pgregory.net/rapid"

	"tidemark/internal/shard"
)

// wide is a number of partitions beyond every hash: the remainder is then the hash itself, without its sign.
const wide = 1 << 31

// The wanted hashes are from UtilsTest.testMurmur2 of Apache Kafka's Java client.
func TestMurmur2IsThatOfTheJavaClient(t *testing.T) {
	for _, row := range []struct {
		key  string
		hash int32
	}{
		{"21", -973932308},
		{"foobar", -790332482},
		{"\x0c*8\x18mo", 274204207},
		{"a-little-bit-long-string", -985981536},
		{"a-little-bit-longer-string", -1486304829},
		{"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
		{"abc", 479470107},
		{"", 275646681},
	} {
		if got, want := shard.Murmur2.Of(row.key, wide), int(row.hash&0x7fffffff); got != want {
			t.Errorf("murmur2(%q) without its sign: got %d, want %d", row.key, got, want)
		}
		if got, want := shard.Murmur2.Of(row.key, 17), int(row.hash&0x7fffffff)%17; got != want {
			t.Errorf("murmur2(%q) among 17: got %d, want %d", row.key, got, want)
		}
	}
}

// The wanted values are the check value of CRC-32, and hashes from the Internet draft of FNV-1a. CRC-32 is an unsigned number.
// FNV-1a is a signed number, and its remainder loses the sign: 0xbf9cf968 is -1080231576, 0xe40c292c is -468965076.
func TestOtherHashesAreTheirOwn(t *testing.T) {
	for _, row := range []struct {
		by   shard.Partitioner
		key  string
		want int // among 1000
	}{
		{shard.CRC32, "123456789", 0xcbf43926 % 1000},
		{shard.CRC32, "", 0},
		{shard.FNV1a, "foobar", 576},
		{shard.FNV1a, "a", 76},
	} {
		if got := row.by.Of(row.key, 1000); got != row.want {
			t.Errorf("%s(%q) among 1000: got %d, want %d", row.by, row.key, got, row.want)
		}
	}
}

// kafka-go has all three hashes. They were written independently of ours, and tested against the clients that use them.
func TestPartitionersAgreeWithKafkaGo(t *testing.T) {
	balancers := map[shard.Partitioner]kafka.Balancer{
		shard.Murmur2: kafka.Murmur2Balancer{Consistent: true},
		shard.CRC32:   kafka.CRC32Balancer{Consistent: true},
		shard.FNV1a:   &kafka.Hash{},
	}
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.OneOf(rapid.String(), rapid.StringN(0, 40, 128), rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprint("customer-", rapid.Uint32().Draw(t, "id"))
		})).Draw(t, "key")
		partitions := make([]int, rapid.IntRange(1, 300).Draw(t, "partitions"))
		for i := range partitions {
			partitions[i] = i
		}
		for by, balancer := range balancers {
			if got, want := by.Of(key, len(partitions)), balancer.Balance(kafka.Message{Key: []byte(key)}, partitions...); got != want {
				t.Errorf("%s(%q) among %d: got %d, want %d", by, key, len(partitions), got, want)
			}
		}
	})
}

// The promise behind virtual shards: all customers of a shard have one partition index, shard modulo partitions.
func TestShardIsFedByOnePartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		by := rapid.SampledFrom([]shard.Partitioner{shard.Murmur2, shard.CRC32, shard.FNV1a}).Draw(t, "by")
		key := rapid.String().Draw(t, "key")
		partitions := rapid.IntRange(1, 200).Draw(t, "partitions")
		layout := shard.Layout{Shards: partitions * rapid.IntRange(1, 40).Draw(t, "times"), Partitioner: by, Base: "USD"}
		if err := layout.Check(partitions); err != nil {
			t.Fatalf("%d shards of %d partitions: %v", layout.Shards, partitions, err)
		}
		n := layout.Of(key)
		if n < 0 || n >= layout.Shards {
			t.Fatalf("%s(%q): got shard %d of %d", by, key, n, layout.Shards)
		}
		if got, want := n%partitions, by.Of(key, partitions); got != want {
			t.Errorf("%s(%q): shard %d mod %d is %d, the producer's partition %d", by, key, n, partitions, got, want)
		}
	})
}

func TestUnknownPartitionerPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Of an unknown partitioner: want a panic, as Check refuses it at start")
		}
	}()
	shard.Partitioner("md5").Of("key", 3)
}

func TestDefaultShards(t *testing.T) {
	for partitions, want := range map[int]int{1: 72, 2: 72, 3: 72, 4: 72, 5: 120, 6: 72, 8: 96, 12: 72, 16: 96, 31: 372, 32: 192, 64: 384, 100: 600} {
		if got := shard.DefaultShards(partitions); got != want {
			t.Errorf("%d partitions: got %d shards, want %d", partitions, got, want)
		}
	}
}

// Topics can always grow to twice as many partitions, and nowhere to a number that the shards cannot serve.
func TestGrowth(t *testing.T) {
	if got, want := (shard.Layout{Shards: 72}).Growth(4), []int{6, 8, 9, 12, 18, 24, 36, 72}; !slices.Equal(got, want) {
		t.Errorf("4 partitions of 72 shards can become %v, want %v", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		partitions := rapid.IntRange(1, 1000).Draw(t, "partitions")
		layout := shard.Layout{Shards: shard.DefaultShards(partitions), Partitioner: shard.Murmur2, Base: "EUR"}
		growth := layout.Growth(partitions)
		if !slices.Contains(growth, 2*partitions) {
			t.Errorf("%d partitions of %d shards cannot double: %v", partitions, layout.Shards, growth)
		}
		for _, n := range growth {
			if err := layout.Check(n); err != nil {
				t.Errorf("%d partitions can become %d: %v", partitions, n, err)
			}
		}
	})
}

func TestLayoutCheck(t *testing.T) {
	for _, row := range []struct {
		why        string
		layout     shard.Layout
		partitions int
		want       string
	}{
		{"as it should be", shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Base: "USD"}, 16, ""},
		{"no partitions", shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Base: "USD"}, 0, "0 partitions"},
		{"no shards", shard.Layout{Partitioner: shard.Murmur2, Base: "USD"}, 4, "0 shards"},
		{"no multiple", shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Base: "USD"}, 12, "64 shards are not a multiple of 12"},
		{"another hash", shard.Layout{Shards: 64, Partitioner: "md5", Base: "USD"}, 4, `"md5"`},
		{"no money", shard.Layout{Shards: 64, Partitioner: shard.CRC32, Base: "usd"}, 4, `"usd"`},
	} {
		err := row.layout.Check(row.partitions)
		if row.want == "" && err != nil {
			t.Errorf("%s: got %v, want no error", row.why, err)
		}
		if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: got %v, want it to say %s", row.why, err, row.want)
		}
	}
}
