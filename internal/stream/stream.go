// Package stream is what a log holds and what reading it gives: records, headers and fetches, before anybody has looked inside.
package stream

import (
	"errors"

	"tidemark/internal/event"
)

// Record is a message as the log holds it, before anybody has looked inside.
type Record struct {
	Topic     event.Topic
	Partition int
	Offset    int64
	// Time is the record time: the timestamp of the message.
	Time    event.Instant
	Key     []byte
	Value   []byte
	Headers []Header
}

// Header is one header of a message.
type Header struct {
	Key   string
	Value []byte
}

// Fetch is a run of records of one partition, and how far the log had got when they were read.
type Fetch struct {
	Records []Record
	// Next is the offset after the last record: where the following fetch goes on.
	Next int64
	// HighWatermark is the end of the log when the fetch was answered.
	HighWatermark int64
	// SentAt is the local time at which the fetch was sent: everything recorded before it has been seen once Next
	// has reached HighWatermark.
	SentAt event.Instant
}

// ErrOffsetOutOfRange is the error of a fetch from an offset that the log does not hold: expired, or not yet written.
var ErrOffsetOutOfRange = errors.New("offset out of range")

// ErrSchemaUnavailable is the error of a record that cannot be judged now, because the schema registry gives no answer. The
// record is neither good nor bad: it is to be tried again, and never a dead letter.
var ErrSchemaUnavailable = errors.New("schema not available now")
