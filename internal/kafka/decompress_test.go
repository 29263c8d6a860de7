package kafka

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/segmentio/kafka-go/compress"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/stream"
)

// packed is a record batch that is written compressed, record by record.
type packed struct {
	first   int64
	codec   compress.Compression
	content bytes.Buffer
	to      io.WriteCloser
	n       int32
}

func pack(first int64, codec compress.Compression) *packed {
	p := &packed{first: first, codec: codec}
	p.to = codec.Codec().NewWriter(&p.content)
	return p
}

// add writes a record with one header. Its value is length zeros.
func (p *packed) add(key string, length int64) {
	head := []byte{0, 0}
	head = appendBytes(binary.AppendVarint(head, int64(p.n)), []byte(key), false)
	head = binary.AppendVarint(head, length)
	tail := appendBytes(appendBytes(binary.AppendVarint(nil, 1), []byte("trace"), false), []byte(key), false)
	_, _ = p.to.Write(append(binary.AppendVarint(nil, int64(len(head)+len(tail))+length), head...))
	zeros := make([]byte, 1<<16)
	for ; length > 0; length -= int64(len(zeros)) {
		_, _ = p.to.Write(zeros[:min(length, int64(len(zeros)))])
	}
	_, _ = p.to.Write(tail)
	p.n++
}

func (p *packed) bytes(t testing.TB) []byte {
	if err := p.to.Close(); err != nil {
		t.Fatal(err)
	}
	batch := kmsg.RecordBatch{
		FirstOffset: p.first, Magic: 2, Attributes: int16(p.codec), LastOffsetDelta: p.n - 1,
		ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: p.n, Records: p.content.Bytes(),
	}
	batch.Length = int32(49 + len(batch.Records))
	return batch.AppendTo(nil)
}

// fetchOf returns the records of a partition that holds these batches, up to the offset end, and how many bytes were allocated to
// read them.
func fetchOf(t testing.TB, end int64, batches ...[]byte) (records []stream.Record, allocated uint64) {
	t.Helper()
	broker := startBroker(t)
	config := brisk(broker.Addr())
	config.RequestTimeout = bound // a busy machine takes some seconds to skim through a batch
	cluster := open(t, config)
	if err := cluster.CreateTopics(bounded(t), 1, 1); err != nil {
		t.Fatal(err)
	}
	outputs := customers(purchases.Topic, int(end))
	publish(t, cluster, outputs...) // so that the broker knows the offsets
	broker.Broker().ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
		broker.Broker().KeepControl()
		ask := req.(*kmsg.FetchRequest)
		var answer []byte
		for _, b := range batches {
			last := int64(binary.BigEndian.Uint64(b)) + int64(binary.BigEndian.Uint32(b[23:]))
			if last >= ask.Topics[0].Partitions[0].FetchOffset && len(answer) == 0 {
				answer = b
			}
		}
		return fetchAnswer(ask, 0, end, answer), nil, true
	})
	log := cluster.NewLog()
	defer log.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for next := int64(0); next < end; {
		fetch, err := log.Fetch(bounded(t), purchases, next)
		if err != nil {
			t.Fatalf("fetch from %d: %v", next, err)
		}
		records, next = append(records, fetch.Records...), fetch.Next
	}
	runtime.ReadMemStats(&after)
	return records, after.TotalAlloc - before.TotalAlloc
}

// A record of 200 MB that came as some KB costs little memory. It comes cut, and the records beside it come whole.
func TestLongRecordIsCutBeforeItIsInMemory(t *testing.T) {
	const length = 200_000_000
	digest := sha256.New()
	_, _ = io.CopyN(digest, zeros{}, length)
	for _, codec := range []compress.Compression{compress.Gzip, compress.Snappy, compress.Lz4, compress.Zstd} {
		t.Run(codec.String(), func(t *testing.T) {
			p := pack(0, codec)
			p.add("before", 10)
			p.add("pill", length)
			p.add("after", 10)
			batch := p.bytes(t)
			records, allocated := fetchOf(t, 3, batch)
			if most := uint64(16<<20 + 8*len(batch)); allocated > most && !raceDetector {
				t.Errorf("%d bytes allocated for a batch of %d, want at most %d", allocated, len(batch), most)
			}
			t.Logf("a batch of %d bytes: %d bytes allocated", len(batch), allocated)
			if len(records) != 3 {
				t.Fatalf("%d records, want 3", len(records))
			}
			for i, key := range []string{"before", "pill", "after"} {
				r := records[i]
				if string(r.Key) != key || r.Offset != int64(i) || len(r.Headers) != 1 || string(r.Headers[0].Value) != key {
					t.Errorf("record %d is %q at offset %d with headers %v, want %q at %d with its header", i, r.Key, r.Offset, r.Headers, key, i)
				}
				if whole := key != "pill"; whole != (r.Cut == nil) || whole && len(r.Value) != 10 {
					t.Errorf("%s: %d bytes of the value and cut %v, want only the long record cut", key, len(r.Value), r.Cut)
				}
			}
			want := stream.Cut{Key: 4, Value: length, Headers: 1, SHA256: [32]byte(digest.Sum(nil))}
			if got := records[1]; got.Cut == nil || *got.Cut != want || len(got.Value) != stream.KeptValue {
				t.Errorf("the long record has %d bytes of its value and %+v, want %d and %+v", len(got.Value), got.Cut, stream.KeptValue, want)
			}
		})
	}
}

// zeros is a reader without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A batch of many usual records is large once it is decompressed, and comes whole.
func TestLargeBatchOfUsualRecordsComesWhole(t *testing.T) {
	const n, length = 20_000, 2_500 // 50 MB
	p := pack(0, compress.Zstd)
	for i := range n {
		p.add(fmt.Sprint("customer ", i), length)
	}
	records, _ := fetchOf(t, n, p.bytes(t))
	if len(records) != n {
		t.Fatalf("%d records, want %d", len(records), n)
	}
	for i, r := range records {
		if r.Offset != int64(i) || len(r.Value) != length || r.Cut != nil {
			t.Fatalf("record %d has offset %d, %d bytes and cut %v, want it whole", i, r.Offset, len(r.Value), r.Cut)
		}
	}
}

// A batch that even skimming would take too long, or that cannot be read without much memory, ends all the same. Each record comes
// without its content, and what is behind the batch comes whole.
func TestBatchBeyondBoundsIsPassed(t *testing.T) {
	skim := pack(0, compress.Zstd)
	skim.add("a", 10)
	skim.add("b", 600_000_000)
	wide := pack(0, compress.Zstd)
	wide.to, _ = zstd.NewWriter(&wide.content, zstd.WithWindowSize(512<<20), zstd.WithEncoderConcurrency(1))
	wide.add("a", 10)
	_ = wide.to.(*zstd.Encoder).Flush() // the header now claims the whole window
	wide.add("b", 10)
	lying := pack(0, compress.Gzip)
	lying.n = 2
	_, _ = lying.to.Write(append(binary.AppendVarint(nil, 3_000_000), bytes.Repeat([]byte{0xfe}, 3_000_000)...)) // lengths beyond the record
	for name, p := range map[string]*packed{"600 MB": skim, "a window of 512 MiB": wide, "lengths that are wrong": lying} {
		t.Run(name, func(t *testing.T) {
			good := pack(2, compress.Zstd)
			good.add("c", 10)
			records, allocated := fetchOf(t, 3, p.bytes(t), good.bytes(t))
			if len(records) != 3 {
				t.Fatalf("%d records, want 3", len(records))
			}
			for i, r := range records[:2] {
				if r.Offset != int64(i) || r.Cut == nil || !r.Cut.Unread || r.Value != nil {
					t.Errorf("record %d: offset %d, cut %+v, want it unread", i, r.Offset, r.Cut)
				}
			}
			if r := records[2]; r.Offset != 2 || string(r.Key) != "c" || r.Cut != nil {
				t.Errorf("behind the batch: %q at offset %d, cut %+v, want c at 2, whole", r.Key, r.Offset, r.Cut)
			}
			if allocated > 32<<20 && !raceDetector {
				t.Errorf("%d bytes allocated, want at most 32 MiB", allocated)
			}
		})
	}
}

// What is within the bounds comes through the cutter as it is, however it is read.
func TestCutterChangesNothingWithinBounds(t *testing.T) {
	p := pack(0, compress.Gzip)
	var plain bytes.Buffer
	p.to = struct {
		io.Writer
		io.Closer
	}{&plain, io.NopCloser(nil)}
	for i := range 500 {
		p.add(fmt.Sprint("customer ", i), int64(i*17))
	}
	old := append(make([]byte, 8), bytes.Repeat([]byte("messages of Kafka 0.10"), 5000)...)
	for name, content := range map[string][]byte{"records": plain.Bytes(), "old messages": old, "nothing": {}} {
		for _, r := range []io.Reader{bytes.NewReader(content), iotest.OneByteReader(bytes.NewReader(content)), iotest.DataErrReader(bytes.NewReader(content))} {
			got, err := io.ReadAll(iotest.HalfReader(newCutter(r, 1<<20, int64(len(content)))))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s: %d bytes and error %v, want the %d bytes that were written", name, len(got), err, len(content))
			}
		}
		if len(content) > 0 {
			if _, err := io.ReadAll(newCutter(bytes.NewReader(content), 1<<20, int64(len(content)-1))); !errors.Is(err, errBatch) {
				t.Errorf("%s, one byte beyond the bound: error %v, want %v", name, err, errBatch)
			}
		}
	}
	if _, err := io.ReadAll(newCutter(bytes.NewReader(plain.Bytes()[:plain.Len()-1]), 1<<20, 1<<30)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the last byte missing: error %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

// A snappy block claims its length before its content. What it claims is not allocated.
func TestSnappyClaimsNoMemory(t *testing.T) {
	header := slices.Concat(snappyMagic, []byte{0, 0, 0, 1, 0, 0, 0, 1})
	for name, content := range map[string][]byte{
		"a block of 4 GiB":               {0xff, 0xff, 0xff, 0xff, 0x0f, 0},
		"a frame of 4 GiB":               append(slices.Clone(header), 0xff, 0xff, 0xff, 0xff, 1),
		"a block of 4 GiB in a frame":    append(slices.Clone(header), 0, 0, 0, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0),
		"a frame without its length":     append(slices.Clone(header), 0, 0),
		"a block that is no snappy":      {200, 200, 200},
		"an empty block within a frame":  append(slices.Clone(header), 0, 0, 0, 0),
		"a header, and nothing after it": append(slices.Clone(header), 0),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := io.ReadAll(&unsnappy{from: bytes.NewReader(content)})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, errSnappy) {
			t.Errorf("%s: error %v, want %v", name, err, errSnappy)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("%s: %d bytes allocated, want at most 1 MiB", name, got)
		}
	}
}

func BenchmarkCutter(b *testing.B) {
	p := pack(0, compress.Gzip)
	var plain bytes.Buffer
	p.to = struct {
		io.Writer
		io.Closer
	}{&plain, io.NopCloser(nil)}
	for range 10_000 {
		p.add("customer", 180)
	}
	b.SetBytes(int64(plain.Len()))
	buffer := bytes.NewBuffer(make([]byte, 0, plain.Len()+bytes.MinRead))
	for b.Loop() {
		buffer.Reset()
		c := newCutter(bytes.NewReader(plain.Bytes()), 1<<20, 64<<20)
		if _, err := buffer.ReadFrom(c); err != nil {
			b.Fatal(err)
		}
		c.free()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*10_000), "ns/record")
}
