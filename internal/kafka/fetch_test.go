package kafka

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

var purchases = shard.Partition{Topic: event.Purchases, Index: 0}

func TestFetchReturnsRecordsAsTheyWereWritten(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		want := stream.Record{
			Topic: event.Purchases, Time: 1_700_000_000_123,
			Key: []byte("c1"), Value: []byte{0, 0, 0, 0, 1, 42},
			Headers: []stream.Header{{Key: "ce_id", Value: []byte("e1")}, {Key: "empty"}},
		}
		publish(t, cluster, shard.Output{
			ID: "e1", Topic: string(want.Topic), Key: want.Key, Value: want.Value, Headers: want.Headers, Time: want.Time,
		})
		var clock event.Instant = 1_000
		cluster.config.Now = func() event.Instant { clock++; return clock }
		log := cluster.NewLog()
		defer log.Close()

		fetch, err := log.Fetch(bounded(t), purchases, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(fetch.Records) != 1 || fetch.Next != 1 || fetch.HighWatermark != 1 || fetch.SentAt != 1_001 {
			t.Fatalf("got %d records, next %d, high watermark %d, sent at %d; want 1, 1, 1, 1001",
				len(fetch.Records), fetch.Next, fetch.HighWatermark, int64(fetch.SentAt))
		}
		if got := fetch.Records[0]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %+v, want %+v", got, want)
		}

		fetch, err = log.Fetch(bounded(t), purchases, 1)
		if err != nil {
			t.Fatalf("fetch at the end: %v, want no error", err)
		}
		if len(fetch.Records) != 0 || fetch.Next != 1 || fetch.HighWatermark != 1 || fetch.SentAt != 1_002 {
			t.Errorf("fetch at the end: %d records, next %d, high watermark %d, sent at %d; want 0, 1, 1, 1002",
				len(fetch.Records), fetch.Next, fetch.HighWatermark, int64(fetch.SentAt))
		}
	})
}

// One answer of the broker serves several fetches, all with the time of the one request.
func TestFetchReadsOnInTheSameAnswer(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publish(t, cluster, customers(event.Purchases, 100)...)
	var clock event.Instant
	cluster.config.Now = func() event.Instant { clock++; return clock }
	cluster.config.FetchRecords = 7
	var requests atomic.Int32
	broker.Broker().ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		requests.Add(1)
		return nil, nil, false
	})
	log := cluster.NewLog()
	defer log.Close()
	var records []stream.Record
	for next := int64(0); next < 100; {
		fetch, err := log.Fetch(bounded(t), purchases, next)
		if err != nil {
			t.Fatal(err)
		}
		if len(fetch.Records) == 0 || len(fetch.Records) > 7 || fetch.SentAt != 1 {
			t.Fatalf("got %d records, sent at %d; want 1–7 of the request at 1", len(fetch.Records), int64(fetch.SentAt))
		}
		records, next = append(records, fetch.Records...), fetch.Next
	}
	if got := requests.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
	// Later fetches did not write into what earlier ones returned.
	for i, r := range records {
		if want := fmt.Sprintf("value of %s-%d", event.Purchases, i); r.Offset != int64(i) || string(r.Value) != want {
			t.Fatalf("record %d: offset %d, %q; want %q", i, r.Offset, r.Value, want)
		}
	}

	fetch, err := log.Fetch(bounded(t), purchases, 50) // back, with the connection in use
	if err != nil || len(fetch.Records) != 7 || fetch.Records[0].Offset != 50 {
		t.Errorf("fetch from 50 again: %d records, %v; want 7 from 50", len(fetch.Records), err)
	}
}

func TestFetchNeverSkipsSilently(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		publish(t, cluster, customers(event.Purchases, 20)...)
		b.deleteRecords(t, string(event.Purchases), 5)
		log := cluster.NewLog()
		defer log.Close()
		first, end, err := log.Bounds(bounded(t), purchases)
		if err != nil || first != 5 || end != 20 {
			t.Fatalf("bounds %d–%d, %v; want 5–20", first, end, err)
		}
		for _, row := range []struct {
			name   string
			offset int64
			want   error
		}{
			{"expired", 4, stream.ErrOffsetOutOfRange},
			{"the first held", 5, nil},
			{"the end", 20, nil},
			{"not yet written, as after a truncation", 21, stream.ErrOffsetOutOfRange},
			{"what the library takes for the end", kafkago.LastOffset, stream.ErrOffsetOutOfRange},
			{"what the library takes for the start", kafkago.FirstOffset, stream.ErrOffsetOutOfRange},
			{"still readable after the errors", 19, nil},
		} {
			fetch, err := log.Fetch(bounded(t), purchases, row.offset)
			if !errors.Is(err, row.want) {
				t.Errorf("%s: fetch from %d: %v, want %v", row.name, row.offset, err, row.want)
			}
			if err == nil && row.offset < 20 && (len(fetch.Records) == 0 || fetch.Records[0].Offset != row.offset) {
				t.Errorf("%s: fetch from %d gave %d records, want some from there on", row.name, row.offset, len(fetch.Records))
			}
		}
	})
}

func TestFetchGoesOnAfterABrokenConnection(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publish(t, cluster, customers(event.Purchases, 10)...)
	log := cluster.NewLog()
	defer log.Close()
	if _, err := log.Fetch(bounded(t), purchases, 0); err != nil {
		t.Fatal(err)
	}
	broker.Broker().ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		return nil, errors.New("cut the connection"), true
	})
	if _, err := log.Fetch(bounded(t), purchases, 3); err == nil || ErrorClass(err) != "network" {
		t.Fatalf("fetch on a connection that is cut: %v of class %q, want one of the network", err, ErrorClass(err))
	}
	fetch, err := log.Fetch(bounded(t), purchases, 3)
	if err != nil || len(fetch.Records) != 7 || fetch.Records[0].Offset != 3 {
		t.Fatalf("the same fetch again: %d records, %v; want 7 from offset 3", len(fetch.Records), err)
	}
}

// A watermark that is not known must not look like one that has been reached.
func TestFetchDoesNotInventAWatermark(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publish(t, cluster, customers(event.Purchases, 10)...)
	log := cluster.NewLog()
	defer log.Close()
	broker.Broker().ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
		return fetchAnswer(req.(*kmsg.FetchRequest), 7, -1, nil), nil, true // REQUEST_TIMED_OUT
	})
	if fetch, err := log.Fetch(bounded(t), purchases, 3); err == nil {
		t.Errorf("fetch that the broker timed out: next %d, high watermark %d and no error", fetch.Next, fetch.HighWatermark)
	}
}

func TestFetchFollowsTheLeader(t *testing.T) {
	brokers, err := kfake.NewCluster(kfake.NumBrokers(2))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(brokers.Close)
	cluster := open(t, brisk(brokers.ListenAddrs()[0]))
	if err := cluster.CreateTopics(bounded(t), 1, 2); err != nil {
		t.Fatal(err)
	}
	publish(t, cluster, customers(event.Purchases, 10)...)
	log := cluster.NewLog()
	defer log.Close()
	if _, err := log.Fetch(bounded(t), purchases, 0); err != nil {
		t.Fatal(err)
	}
	other := 1 - brokers.LeaderFor(string(event.Purchases), 0)
	if err := brokers.MoveTopicPartition(string(event.Purchases), 0, other); err != nil {
		t.Fatal(err)
	}
	ctx := bounded(t)
	for {
		fetch, err := log.Fetch(ctx, purchases, 5)
		if err == nil {
			if len(fetch.Records) != 5 {
				t.Errorf("%d records from the new leader, want 5", len(fetch.Records))
			}
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("never reached the new leader: %v", err)
		}
		if !errors.Is(err, kafkago.NotLeaderForPartition) {
			t.Fatalf("fetch from the old leader: %v, want %v until the metadata is renewed", err, kafkago.NotLeaderForPartition)
		}
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	cluster.config.RequestTimeout = time.Hour
	log := cluster.NewLog()
	defer log.Close()
	asked := make(chan struct{})
	broker.Broker().ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		close(asked)
		return nil, nil, true // and never answer
	})
	ctx, cancel := context.WithCancel(bounded(t))
	failed := make(chan error, 1)
	go func() {
		_, err := log.Fetch(ctx, purchases, 0)
		failed <- err
	}()
	wait(t, "request", asked)
	cancel()
	if err := wait(t, "end of the fetch", failed); !errors.Is(err, context.Canceled) {
		t.Errorf("fetch with a cancelled context: %v, want %v", err, context.Canceled)
	}
	if _, err := log.Fetch(bounded(t), purchases, 0); err != nil {
		t.Errorf("the next fetch: %v, want no error", err)
	}
}

func TestFetchTakesAMessageLargerThanTheFetch(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		p := shard.Partition{Topic: schemas.DeadLetters}
		cluster.config.FetchBytes = 10_000
		want := bytes.Repeat([]byte("0123456789abcdef"), 120_000) // 1.9 MB
		publish(t, cluster,
			shard.Output{ID: "1", Topic: schemas.DeadLetters, Value: []byte("before")},
			shard.Output{ID: "2", Topic: schemas.DeadLetters, Value: []byte("after")},
			shard.Output{ID: "3", Topic: schemas.DeadLetters, Value: want},
		)
		log := cluster.NewLog()
		defer log.Close()
		got := readAll(t, log, p)
		if len(got) != 3 || !bytes.Equal(got[2].Value, want) {
			t.Fatalf("got %d records, want 3, the last of %d bytes", len(got), len(want))
		}
	})
}

// Markers are passed, the last one too, and so are the records of the aborted transaction.
func TestFetchPassesTransactionMarkers(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		ctx := bounded(t)
		client := producer(t, b.addr, kgo.TransactionalID("shop"))
		for n, commit := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit} {
			if err := client.BeginTransaction(); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				value := fmt.Appendf(nil, "transaction %d, record %d", n, i)
				if err := client.ProduceSync(ctx, &kgo.Record{Topic: string(event.Purchases), Key: []byte("c"), Value: value}).FirstErr(); err != nil {
					t.Fatal(err)
				}
			}
			if err := client.EndTransaction(ctx, commit); err != nil {
				t.Fatal(err)
			}
		}
		log := cluster.NewLog()
		defer log.Close()
		for end := int64(0); end < 12; { // a broker writes the marker after it has answered
			var err error
			if _, end, err = log.Bounds(ctx, purchases); err != nil {
				t.Fatal(err)
			}
		}
		var got []int64
		for _, r := range readAll(t, log, purchases) {
			got = append(got, r.Offset)
		}
		if want := []int64{0, 1, 2, 8, 9, 10}; !slices.Equal(got, want) {
			t.Fatalf("records at %v, want those of the committed transactions, at %v", got, want)
		}
		fetch, err := log.Fetch(ctx, purchases, 12)
		if err != nil || fetch.Next != fetch.HighWatermark {
			t.Errorf("after the last marker: next %d, high watermark %d, %v; want both 12", fetch.Next, fetch.HighWatermark, err)
		}
	})
}

// Compaction leaves gaps inside batches, compressed or not. The fetcher passes over them and loses nothing.
func TestFetchPassesCompactedOffsets(t *testing.T) {
	for _, codec := range []struct {
		name  string
		codec kgo.CompressionCodec
	}{{"plain", kgo.NoCompression()}, {"snappy", kgo.SnappyCompression()}} {
		t.Run(codec.name, func(t *testing.T) {
			broker, cluster := withTopics(t, 1)
			ctx := bounded(t)
			client := producer(t, broker.Addr(), kgo.ProducerBatchCompression(codec.codec), kgo.ProducerLinger(time.Millisecond))
			newest := make(map[string]int64)
			for round := range 4 {
				var batch []*kgo.Record
				for i := range 20 {
					key := fmt.Sprintf("c%d", (i*7+round)%(20-4*round)) // fewer and fewer keys
					batch = append(batch, &kgo.Record{Topic: schemas.Scores, Key: []byte(key), Value: bytes.Repeat([]byte(key), 20)})
				}
				for _, result := range client.ProduceSync(ctx, batch...) {
					if result.Err != nil {
						t.Fatal(result.Err)
					}
					newest[string(result.Record.Key)] = result.Record.Offset
				}
			}
			broker.Broker().Compact()
			log := cluster.NewLog()
			defer log.Close()
			got := make(map[string]int64)
			records := readAll(t, log, shard.Partition{Topic: schemas.Scores})
			for _, r := range records {
				got[string(r.Key)] = r.Offset
			}
			if len(records) == 80 {
				t.Fatal("nothing was compacted: the test shows nothing")
			}
			if fmt.Sprint(got) != fmt.Sprint(newest) {
				t.Errorf("newest offsets %v, want %v", got, newest)
			}
		})
	}
}

// Compaction also leaves batches without records. The reader of the library panics where two follow each other.
func TestFetchPassesEmptyBatches(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publish(t, cluster, customers(event.Purchases, 30)...) // so that the broker knows offsets 0–29
	log := cluster.NewLog()
	defer log.Close()
	batches := []recordBatch{
		{first: 0, last: 1, values: []string{"a", "b"}},
		{first: 2, last: 4},
		{first: 5, last: 5},
		{first: 6, last: 9},
		{first: 10, last: 12, values: []string{"c"}}, // 11 and 12 are gone
		{first: 13, last: 29},
	}
	broker.Broker().ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
		broker.Broker().KeepControl()
		ask := req.(*kmsg.FetchRequest)
		var answer []byte
		for _, b := range batches {
			if b.last >= ask.Topics[0].Partitions[0].FetchOffset && (len(answer) == 0 || len(answer) < int(ask.MaxBytes)) {
				answer = append(answer, b.bytes()...)
			}
		}
		most := max(int(ask.MaxBytes), len(batches[0].bytes()))
		return fetchAnswer(ask, 0, 30, answer[:min(len(answer), most)]), nil, true
	})
	var got []string
	for next := int64(0); next < 30; {
		fetch, err := log.Fetch(bounded(t), purchases, next)
		if err != nil {
			t.Fatalf("fetch from %d: %v", next, err)
		}
		for _, r := range fetch.Records {
			got = append(got, fmt.Sprintf("%d %s", r.Offset, r.Value))
		}
		if fetch.Next < next {
			t.Fatalf("went back from %d to %d", next, fetch.Next)
		}
		next = fetch.Next
	}
	if want := []string{"0 a", "1 b", "10 c"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

// recordBatch is what a broker stores, as compaction leaves it: offsets first..last, of which the first few have values.
type recordBatch struct {
	first, last int64
	values      []string
}

func (b recordBatch) bytes() []byte {
	batch := kmsg.RecordBatch{
		FirstOffset: b.first, Magic: 2, LastOffsetDelta: int32(b.last - b.first),
		ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: int32(len(b.values)),
	}
	for i, value := range b.values {
		r := kmsg.Record{OffsetDelta: int32(i), Value: []byte(value)}
		body := r.AppendTo(nil)[1:] // behind the one byte of a length 0
		batch.Records = append(binary.AppendVarint(batch.Records, int64(len(body))), body...)
	}
	batch.Length = int32(49 + len(batch.Records))
	raw := batch.AppendTo(nil)
	batch.CRC = int32(crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	return batch.AppendTo(nil)
}

func fetchAnswer(ask *kmsg.FetchRequest, code int16, end int64, batches []byte) *kmsg.FetchResponse {
	answer := ask.ResponseKind().(*kmsg.FetchResponse)
	p := kmsg.NewFetchResponseTopicPartition()
	p.ErrorCode, p.HighWatermark, p.LastStableOffset, p.RecordBatches = code, end, end, batches
	topic := kmsg.NewFetchResponseTopic()
	topic.Topic, topic.Partitions = ask.Topics[0].Topic, []kmsg.FetchResponseTopicPartition{p}
	answer.Topics = []kmsg.FetchResponseTopic{topic}
	return answer
}

func BenchmarkFetch(b *testing.B) {
	const records, size = 100_000, 200
	_, cluster := withTopics(b, 1)
	outputs := make([]shard.Output, records)
	for i := range outputs {
		outputs[i] = shard.Output{Topic: string(event.Purchases), Key: fmt.Appendf(nil, "customer-%d", i), Value: make([]byte, size)}
	}
	publish(b, cluster, outputs...)
	log := cluster.NewLog()
	defer log.Close()
	b.SetBytes(records * size)
	b.ReportAllocs()
	ctx := b.Context()
	for b.Loop() {
		for next := int64(0); next < records; {
			fetch, err := log.Fetch(ctx, purchases, next)
			if err != nil || len(fetch.Records) == 0 {
				b.Fatalf("fetch from %d: %d records, %v", next, len(fetch.Records), err)
			}
			next = fetch.Next
		}
	}
	b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
}
