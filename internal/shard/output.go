package shard

import (
	"encoding/binary"
	"errors"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// Output is a message that a commit promises to publish. Two outputs with the same ID have the same payload.
type Output struct {
	ID      string
	Topic   string
	Key     []byte
	Value   []byte
	Headers []stream.Header
	// Time is the timestamp of the message in the log. Zero means the time of publication.
	Time event.Instant
}

// Blank reports whether o is the zero Output, which stands in an outbox where an erasure has overwritten an entry. Nobody publishes it.
func (o *Output) Blank() bool { return o.Topic == "" }

var errShortOutput = errors.New("outbox entry is cut short")

// Append appends the encoding of o, as the outbox holds it, to b and returns the extended slice:
//
//	ID, Topic, Key, Value   length (uvarint), bytes
//	Headers                 number (uvarint), then key and value of each: length (uvarint), bytes
//	Time                    ms since 1970 (varint)
func (o Output) Append(b []byte) []byte {
	b = appendBytes(b, []byte(o.ID))
	b = appendBytes(b, []byte(o.Topic))
	b = appendBytes(b, o.Key)
	b = appendBytes(b, o.Value)
	b = binary.AppendUvarint(b, uint64(len(o.Headers)))
	for _, h := range o.Headers {
		b = appendBytes(b, []byte(h.Key))
		b = appendBytes(b, h.Value)
	}
	return binary.AppendVarint(b, int64(o.Time))
}

// DecodeOutput reads what Append wrote. It fails when b is too short or too long. The result shares no memory with b.
func DecodeOutput(b []byte) (Output, error) {
	r := reader{b: b}
	o := Output{ID: string(r.bytes()), Topic: string(r.bytes()), Key: r.bytes(), Value: r.bytes()}
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		return Output{}, errShortOutput
	}
	for range n {
		o.Headers = append(o.Headers, stream.Header{Key: string(r.bytes()), Value: r.bytes()})
	}
	o.Time = event.Instant(r.varint())
	if r.failed || len(r.b) != 0 {
		return Output{}, errShortOutput
	}
	return o, nil
}

func appendBytes(b, s []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

type reader struct {
	b      []byte
	failed bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	return advance(r, v, n)
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	return advance(r, v, n)
}

func advance[T any](r *reader, v T, n int) T {
	if n <= 0 {
		r.failed, r.b = true, nil
		var zero T
		return zero
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.failed, r.b = true, nil
		return nil
	}
	s := append([]byte(nil), r.b[:n]...)
	r.b = r.b[n:]
	return s
}
