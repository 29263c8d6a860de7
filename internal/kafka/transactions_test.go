package kafka

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// txn is a producer of transactions, and what it has committed.
type txn struct {
	*kgo.Client
	name string
	n    int
}

func transactional(t testing.TB, b broker, name string, codec kgo.CompressionCodec) *txn {
	return &txn{producer(t, b.addr, kgo.TransactionalID(name), kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(0)), name, 0}
}

func (x *txn) begin(t testing.TB) {
	t.Helper()
	if err := x.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
}

// write writes batches of 20 records each to a partition, and returns their values.
func (x *txn) write(t testing.TB, p shard.Partition, batches int) (values []string) {
	t.Helper()
	for range batches {
		var batch []*kgo.Record
		for range 20 {
			x.n++
			value := fmt.Sprintf("%s %d", x.name, x.n)
			values = append(values, value)
			batch = append(batch, &kgo.Record{Topic: string(p.Topic), Partition: int32(p.Index), Key: []byte("c"), Value: []byte(value)})
		}
		if err := x.ProduceSync(bounded(t), batch...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

// end ends the transaction and waits until the brokers have written its markers: they answer before.
func (x *txn) end(t testing.TB, cluster *Cluster, try kgo.TransactionEndTry, partitions ...shard.Partition) {
	t.Helper()
	before := make(map[shard.Partition]int64)
	for _, p := range partitions {
		before[p] = endOf(t, cluster, p)
	}
	if err := x.EndTransaction(bounded(t), try); err != nil {
		t.Fatal(err)
	}
	ctx := bounded(t)
	for _, p := range partitions {
		for endOf(t, cluster, p) == before[p] {
			if ctx.Err() != nil {
				t.Fatalf("no marker in %s", p)
			}
		}
	}
}

func endOf(t testing.TB, cluster *Cluster, p shard.Partition) int64 {
	t.Helper()
	bounds, err := cluster.bounds(bounded(t), []shard.Partition{p})
	if err != nil {
		t.Fatal(err)
	}
	return bounds[p].end
}

// readCommitted reads from an offset until the last stable offset, and returns the values and where it got to.
func readCommitted(t testing.TB, log *Log, p shard.Partition, from int64) (values []string, next, open int64) {
	t.Helper()
	for ctx := bounded(t); ; {
		fetch, err := log.Fetch(ctx, p, from)
		if err != nil {
			t.Fatalf("fetch from %d: %v", from, err)
		}
		for _, r := range fetch.Records {
			values = append(values, string(r.Value))
		}
		if from = fetch.Next; from >= fetch.HighWatermark-fetch.Open {
			return values, from, fetch.HighWatermark - from
		}
	}
}

// Aborted, committed and open transactions lie among each other and among records without a transaction, in several batches and two
// partitions. Only what is committed is read, whatever the compression, however little is read at a time, and from wherever.
func TestFetchReadsOnlyWhatIsCommitted(t *testing.T) {
	second := shard.Partition{Topic: event.Purchases, Index: 1}
	eachBroker(t, func(t *testing.T, b broker) {
		for _, codec := range []struct {
			name  string
			codec kgo.CompressionCodec
		}{{"none", kgo.NoCompression()}, {"gzip", kgo.GzipCompression()}, {"snappy", kgo.SnappyCompression()}, {"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()}} {
			t.Run(codec.name, func(t *testing.T) {
				cluster := b.withTopics(t, 2)
				good, bad := transactional(t, b, "good"+codec.name+b.group, codec.codec), transactional(t, b, "bad"+codec.name+b.group, codec.codec)
				plain := &txn{producer(t, b.addr, kgo.ProducerBatchCompression(codec.codec)), "plain", 0}
				want := map[shard.Partition][]string{}
				committed := func(p shard.Partition, x *txn, batches int) { want[p] = append(want[p], x.write(t, p, batches)...) }

				bad.begin(t)
				bad.write(t, purchases, 2) // the log begins with what is aborted
				good.begin(t)
				committed(purchases, good, 2)
				bad.write(t, purchases, 1)
				committed(purchases, plain, 1)
				bad.write(t, second, 1)
				committed(second, good, 1)
				bad.end(t, cluster, kgo.TryAbort, purchases, second)
				committed(purchases, good, 1)
				good.end(t, cluster, kgo.TryCommit, purchases, second)
				bad.begin(t) // the producer of an aborted transaction commits its next one
				committed(purchases, bad, 1)
				bad.end(t, cluster, kgo.TryCommit, purchases)
				bad.begin(t)
				bad.write(t, purchases, 1)
				bad.end(t, cluster, kgo.TryAbort, purchases) // the log ends with a marker

				log := cluster.NewLog()
				defer log.Close()
				for _, limit := range []int{7, 5_000} {
					cluster.config.FetchRecords = limit
					for p, values := range want {
						got, next, open := readCommitted(t, log, p, 0)
						if !slices.Equal(got, values) {
							t.Errorf("%s, %d at a time: read %q, want %q", p, limit, got, values)
						}
						if end := endOf(t, cluster, p); next != end || open != 0 {
							t.Errorf("%s: read up to %d with %d open, want %d, behind the last marker, and none", p, next, open, end)
						}
					}
				}
				for from := range endOf(t, cluster, second) { // from within an aborted transaction too, whose beginning is not read
					values := want[second][max(0, min(from-20, 20)):]
					if got, _, _ := readCommitted(t, log, second, from); !slices.Equal(got, values) {
						t.Errorf("from offset %d: read %d values, want the last %d", from, len(got), len(values))
					}
				}
			})
		}
	})
}

// What an open transaction holds back is not read, nor what was written after its first record. It is no lag, it does not look like the
// end of the log, and it can be found. When it is committed, it is read, in the order of the log.
func TestOpenTransactionHoldsThePartition(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		ctx := bounded(t)
		x, plain := transactional(t, b, "open"+b.group, kgo.NoCompression()), &txn{producer(t, b.addr), "plain", 0}
		before := plain.write(t, purchases, 1)
		began := event.InstantOf(time.Now())
		x.begin(t)
		held := append(x.write(t, purchases, 1), plain.write(t, purchases, 2)...)

		log := cluster.NewLog()
		defer log.Close()
		got, next, open := readCommitted(t, log, purchases, 0)
		if !slices.Equal(got, before) || next != 20 || open != 60 {
			t.Errorf("read %d values up to %d, %d offsets are open; want 20, 20 and 60", len(got), next, open)
		}
		if _, err := cluster.SamplePartitioner(ctx, 50); err != nil {
			t.Errorf("sample behind an open transaction: %v", err)
		}
		found, err := cluster.OpenTransactions(ctx)
		if err != nil || len(found) != 1 || found[0].Partition != purchases || found[0].Offset != 20 || found[0].Held != 60 || found[0].Since.Sub(began).Abs() > time.Minute {
			t.Errorf("open transactions: %+v, %v; want one at offset 20 of %s that holds 60, since about %s", found, err, purchases, began)
		}
		g := join(t, b.config(), idle).owning(t, 1)
		if err := g.CommitOffsets(ctx, map[shard.Partition]int64{purchases: 20}); err != nil {
			t.Fatal(err)
		}
		progress, err := cluster.Progress(ctx)
		i := slices.IndexFunc(progress, func(p Progress) bool { return p.Partition == purchases })
		if err != nil || progress[i].Lag() != 0 || progress[i].Open != 60 || progress[i].End != 80 {
			t.Errorf("progress %+v, %v; want no lag of %s, 60 open offsets and the end at 80", progress, err, purchases)
		}
		if done, err := cluster.CaughtUp(ctx); err != nil || !done {
			t.Errorf("caught up: %t, %v; want true, for nothing more can be read", done, err)
		}

		x.end(t, cluster, kgo.TryCommit, purchases)
		if got, next, open = readCommitted(t, log, purchases, 20); !slices.Equal(got, held) || next != 81 || open != 0 {
			t.Errorf("after the commit: read %d values up to %d, %d open; want %d, 81 and 0", len(got), next, open, len(held))
		}
		if found, err := cluster.OpenTransactions(ctx); err != nil || len(found) != 0 {
			t.Errorf("open transactions after the commit: %v, %v; want none", found, err)
		}
	})
}

// A log whose beginning has expired may begin within an aborted transaction.
func TestFetchFromWithinAnAbortedTransactionThatHasExpired(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		x := transactional(t, b, "expired"+b.group, kgo.GzipCompression())
		x.begin(t)
		x.write(t, purchases, 3)
		x.end(t, cluster, kgo.TryAbort, purchases)
		x.begin(t)
		want := x.write(t, purchases, 1)
		x.end(t, cluster, kgo.TryCommit, purchases)
		b.deleteRecords(t, string(event.Purchases), 30)
		log := cluster.NewLog()
		defer log.Close()
		got, next, _ := readCommitted(t, log, purchases, 30)
		if !slices.Equal(got, want) || next != endOf(t, cluster, purchases) {
			t.Errorf("read %q up to %d, want the committed records up to the end", got, next)
		}
		fetch, err := log.Fetch(bounded(t), purchases, 30)
		if first, ok := fetch.First(); err != nil || !ok || first.Offset != 30 || string(first.Value) != "expired"+b.group+" 31" {
			t.Errorf("the first record of the log: %+v, %t, %v; want the aborted one at offset 30, by which the log is recognized", first, ok, err)
		}
	})
}
