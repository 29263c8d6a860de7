package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/compress"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// batch is a record batch of Kafka's format 2 that is being read. Its records are read one by one: a batch of 64 MB may hold millions.
// They share the memory of its content. A batch begins with, in bytes:
//
//	first offset 8 │ length 4 │ epoch 4 │ magic 1 │ checksum 4 │ attributes 2 │ last offset, relative 4 │ first time 8 │ last time 8 │
//	producer 8 │ its epoch 2 │ sequence 4 │ number of records 4 │ records, which may be compressed
type batch struct {
	first, last int64 // offsets; compaction keeps both, whatever it removes
	attributes  int16
	firstTime   event.Instant
	producer    int64
	left        int32 // records that have not been read
	content     []byte
	// unread says that the batch is too large once it is decompressed: of its records nothing is known but the offsets.
	unread bool
	next   int64 // the offset of the next record, of an unread batch
}

const (
	// prefixBytes are those before the length counts, and the length itself. magicAt is the place of the format's number.
	prefixBytes, magicAt = 12, 16
	// headBytes is the size of a batch without its records.
	headBytes = 61
)

// Attributes of a batch, as bits.
const (
	compressionBits   = 0x07
	transactionalBits = 0x10
	controlBits       = 0x20
)

// isTransactional reports whether the batch was written within a transaction.
func (b *batch) isTransactional() bool { return b.attributes&transactionalBits != 0 }

// isControl reports whether the batch is the marker that ends a transaction, and holds no event.
func (b *batch) isControl() bool { return b.attributes&controlBits != 0 }

// parseHead reads what comes before the records.
func (b *batch) parseHead(head []byte) {
	at := binary.BigEndian
	b.first = int64(at.Uint64(head))
	b.attributes = int16(at.Uint16(head[21:]))
	b.last = b.first + int64(int32(at.Uint32(head[23:])))
	b.firstTime = event.Instant(at.Uint64(head[27:]))
	b.producer = int64(at.Uint64(head[43:]))
	b.left = int32(at.Uint32(head[57:]))
}

// read reads the records of the batch from a connection, size bytes, and decompresses them. A batch that is too large once it is
// decompressed is no error: it is unread. In every case but an error the connection stands behind the batch afterwards.
func (b *batch) read(in io.Reader, size int64) error {
	packed := &io.LimitedReader{R: in, N: size}
	err := b.unpack(packed)
	if errors.Is(err, errBatch) {
		b.unread, b.next, b.content, err = true, b.first, nil, nil
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, packed)
	if packed.N > 0 && err == nil {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (b *batch) unpack(packed *io.LimitedReader) error {
	var content bytes.Buffer
	code := compress.Compression(b.attributes & compressionBits)
	if code == compress.None {
		content.Grow(int(min(packed.N, readAhead<<5)) + bytes.MinRead) // what is claimed is not allocated at once
		_, err := content.ReadFrom(packed)
		b.content = content.Bytes()
		return err
	}
	if int(code) >= len(compress.Codecs) || compress.Codecs[code] == nil {
		return fmt.Errorf("%w: compression %d is not known", errMalformed, code)
	}
	content.Grow(int(min(4*packed.N, readAhead<<5))) // a guess at the ratio
	plain := compress.Codecs[code].NewReader(packed)
	_, err := content.ReadFrom(plain)
	_ = plain.Close()
	b.content = content.Bytes()
	return err
}

// record returns the next record; false after the last.
func (b *batch) record(p shard.Partition, newest event.Instant) (r stream.Record, more bool, err error) {
	if b.unread {
		if b.next > b.last {
			return r, false, nil
		}
		r = stream.Record{Topic: p.Topic, Partition: p.Index, Offset: b.next, Time: newest, Cut: &stream.Cut{Unread: true}}
		b.next++
		return r, true, nil
	}
	if b.left <= 0 {
		return r, false, nil
	}
	b.left--
	body := &recordReader{left: b.content}
	length := body.number()
	if length < 0 || length > int64(len(body.left)) {
		return r, false, fmt.Errorf("%w: a record of %d bytes in %d", errMalformed, length, len(body.left))
	}
	b.content = body.left[length:]
	body.left = body.left[:length]
	m := body.entry()
	if body.failed {
		return r, false, fmt.Errorf("%w: a record of %d bytes cannot be read", errMalformed, length)
	}
	m.offset += b.first
	m.time += int64(b.firstTime)
	return m.of(p), true, nil
}

// endsAborted reports whether a marker ends an aborted transaction. Its key is a version and a type, 16 bits each; type 0 aborts. A marker
// without a record is what compaction leaves.
func (b *batch) endsAborted() bool {
	marker := *b
	r, more, err := marker.record(shard.Partition{}, 0)
	return err == nil && more && len(r.Key) >= 4 && binary.BigEndian.Uint16(r.Key[2:]) == 0
}

// entry is a record as it stands in its batch: offset and time are relative to those of the batch.
type entry struct {
	offset, time int64
	key, value   []byte
	headers      []kafkago.Header
}

func (m entry) of(p shard.Partition) stream.Record {
	r := stream.Record{
		Topic: p.Topic, Partition: p.Index, Offset: m.offset, Time: event.Instant(m.time), Key: m.key, Value: m.value,
	}
	cut, headers := uncut(m.headers)
	r.Cut = cut
	if len(headers) > 0 {
		r.Headers = make([]stream.Header, len(headers))
		for i, h := range headers {
			r.Headers[i] = stream.Header(h)
		}
	}
	return r
}
