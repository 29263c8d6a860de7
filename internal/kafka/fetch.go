package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// fetcher reads one partition from its leader. One goroutine uses it at a time.
type fetcher struct {
	cluster   *Cluster
	partition shard.Partition

	conn     *kafkago.Conn // nil until needed, and after an error
	open     *answer       // what is left of the last answer; nil for nothing
	failures int           // in a row: the pause before the next dial grows with them
	typical  int           // records of the last fetch, a guess at the next
	newest   event.Instant // the record time of the last record
	// single asks for one record batch at a time. It is set after a failure: the library cannot read two empty batches in a row,
	// which compaction leaves.
	single bool
}

// answer is the broker's answer to one fetch. It is read in parts.
type answer struct {
	batch *kafkago.Batch
	asked int64
	next  int64
	// sentAt is the local time just before the request was sent.
	sentAt event.Instant
	end    int64 // the high watermark
}

const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

func (f *fetcher) fetch(ctx context.Context, offset int64) (stream.Fetch, error) {
	if offset < 0 { // the library would take it for the start or the end of the log
		return stream.Fetch{}, stream.ErrOffsetOutOfRange
	}
	if err := ctx.Err(); err != nil {
		return stream.Fetch{}, err
	}
	if err := f.connect(ctx); err != nil {
		return stream.Fetch{}, err
	}
	conn := f.conn
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	fetch, err := f.read(offset)
	if !stop() { // closed under our hands
		f.drop()
	}
	switch {
	case err == nil:
		f.failures, f.typical = 0, len(fetch.Records)
		return fetch, nil
	case errors.Is(err, kafkago.OffsetOutOfRange):
		f.drop()
		return stream.Fetch{}, stream.ErrOffsetOutOfRange
	case ctx.Err() != nil:
		f.drop()
		return stream.Fetch{}, ctx.Err()
	}
	f.drop()
	f.failures++
	f.single = true
	return stream.Fetch{}, f.cluster.unreachable(err)
}

func (f *fetcher) connect(ctx context.Context) error {
	if f.conn != nil {
		return nil
	}
	if f.failures > 0 {
		if err := pause(ctx, backoff(f.failures)); err != nil {
			return err
		}
	}
	conn, err := f.cluster.dialLeader(ctx, f.partition)
	if err != nil {
		f.failures++
		return f.cluster.unreachable(err)
	}
	f.conn = conn
	return nil
}

func backoff(failures int) time.Duration {
	return min(firstPause<<min(failures-1, 10), longestPause)
}

// drop closes the connection. It does not close the batch: after a panic inside the library the locks of the batch stay held.
func (f *fetcher) drop() {
	if f.conn != nil {
		_ = f.conn.Close()
	}
	f.conn, f.open = nil, nil
}

// read returns records of the open answer. If the answer yields none, read sends another request.
func (f *fetcher) read(offset int64) (fetch stream.Fetch, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errMalformed, cause)
		}
	}()
	c := f.cluster.config
	if err := f.conn.SetDeadline(time.Now().Add(c.MaxWait + c.RequestTimeout)); err != nil {
		return stream.Fetch{}, err
	}
	if f.open != nil && f.open.next == offset {
		fetch, err := f.take()
		if err != nil || fetch.Next > offset {
			return fetch, err
		}
	}
	if err := f.ask(offset); err != nil {
		return stream.Fetch{}, err
	}
	return f.take()
}

func (f *fetcher) ask(offset int64) error {
	if err := f.finish(); err != nil {
		return err
	}
	if _, err := f.conn.Seek(offset, kafkago.SeekAbsolute|kafkago.SeekDontCheck); err != nil {
		return err
	}
	c := f.cluster.config
	most := c.FetchBytes
	if f.single {
		most = 1 // a broker answers with at least one batch
	}
	sentAt := c.Now()
	batch := f.conn.ReadBatchWith(kafkago.ReadBatchConfig{MinBytes: 1, MaxBytes: most, MaxWait: c.MaxWait})
	f.open = &answer{batch: batch, asked: offset, next: offset, sentAt: sentAt, end: batch.HighWaterMark()}
	return batch.Err() // then the high watermark is not known either
}

// take reads up to Config.FetchRecords records of the open answer. If the answer breaks off after some records, take returns
// those records.
func (f *fetcher) take() (stream.Fetch, error) {
	a, from := f.open, f.open.next
	limit := f.cluster.config.FetchRecords
	records := make([]stream.Record, 0, max(0, min(int64(limit), a.end-a.next, int64(f.typical+f.typical/4+16))))
	for len(records) < limit && f.open != nil {
		m, err := a.batch.ReadMessage()
		if err != nil {
			if errors.Is(err, errBatch) && len(records) == 0 {
				return f.unread(), nil
			}
			if err := f.exhausted(err); err != nil {
				if len(records) == 0 {
					return stream.Fetch{}, err
				}
				f.drop()
			}
			break
		}
		records = append(records, record(f.partition, m))
		a.next = m.Offset + 1
		f.newest = event.InstantOf(m.Time)
	}
	if a.next > from {
		f.single = false
	}
	return stream.Fetch{Records: records, Next: a.next, HighWatermark: a.end, SentAt: a.sentAt}, nil
}

// unread returns the next record without its content: its batch is too large once it is decompressed. A later fetch does the same for
// the record after it. So even such a batch ends.
func (f *fetcher) unread() stream.Fetch {
	a := f.open
	f.drop()
	r := stream.Record{Topic: f.partition.Topic, Partition: f.partition.Index, Offset: a.next, Time: f.newest, Cut: &stream.Cut{Unread: true}}
	return stream.Fetch{Records: []stream.Record{r}, Next: a.next + 1, HighWatermark: a.end, SentAt: a.sentAt}
}

// exhausted returns why the open answer yields no more records: nil at the end of the answer.
func (f *fetcher) exhausted(err error) error {
	a := f.open
	switch {
	case errors.Is(err, kafkago.RequestTimedOut): // how the library says "nothing new", and "read too slowly"
	case errors.Is(err, io.EOF):
		// Compaction emptied the offsets at the end of a batch. The offset of the library may lie behind ours.
		a.next = max(a.next, a.batch.Offset())
		if a.next == a.asked && a.next < a.end {
			// The broker answers with the whole batch that spans the offset. The batch held nothing from that offset on, so the
			// offset itself was compacted away. How many offsets after it were, the library does not say.
			a.next++
		}
	default:
		return err
	}
	return f.finish()
}

// finish closes the open answer. Then the connection takes the next request.
func (f *fetcher) finish() error {
	if f.open == nil {
		return nil
	}
	batch := f.open.batch
	f.open = nil
	if err := batch.Close(); err != nil && !errors.Is(err, kafkago.RequestTimedOut) {
		return err
	}
	return nil
}

func record(p shard.Partition, m kafkago.Message) stream.Record {
	cut := uncut(&m)
	r := stream.Record{
		Cut:       cut,
		Topic:     p.Topic,
		Partition: p.Index,
		Offset:    m.Offset,
		Time:      event.InstantOf(m.Time),
		Key:       m.Key,
		Value:     m.Value,
	}
	if len(m.Headers) > 0 {
		r.Headers = make([]stream.Header, len(m.Headers))
		for i, h := range m.Headers {
			r.Headers[i] = stream.Header(h)
		}
	}
	return r
}
