// Package stream has the words for a log and for reading it: records, headers and fetches. Nothing here knows what a message means.
package stream

import (
	"errors"

	"tidemark/internal/event"
)

// Record is a message as the log holds it. Key and Value are not decoded.
type Record struct {
	Topic     event.Topic
	Partition int
	Offset    int64
	// Time is the record time: the timestamp that the log holds for the message, in ms.
	Time    event.Instant
	Key     []byte
	Value   []byte
	Headers []Header
	// Cut is nil for a record that is held whole.
	Cut *Cut
}

// Header is one header of a message.
type Header struct {
	Key   string
	Value []byte
}

// Fetch is the answer to one read of a partition: records in the order of their offsets, and the end of the log at that time.
type Fetch struct {
	Records []Record
	// Next is the offset at which the following fetch goes on.
	Next int64
	// HighWatermark is the end of the log when the broker answered: the next offset to be written.
	HighWatermark int64
	// Open is the number of offsets from the last stable offset to the end of the log: an open transaction, and all that was written
	// after its first record. None of it can be read before the transaction ends. It is 0 where no transaction is open.
	Open int64
	// SentAt is the time at which the fetch was sent, by this process's clock. If Next has reached HighWatermark, every record that
	// was written before SentAt has been read.
	SentAt event.Instant
	// LeftOut is the first record that the reader passed before Records[0], because it belongs to an aborted transaction or ends one. It is
	// nil where there is none.
	LeftOut *Record
}

// First returns the first record of the log that the fetch has read, whether it counts or not; false for none.
func (f Fetch) First() (Record, bool) {
	switch {
	case f.LeftOut != nil:
		return *f.LeftOut, true
	case len(f.Records) > 0:
		return f.Records[0], true
	}
	return Record{}, false
}

// ErrOffsetOutOfRange is the error of a fetch from an offset that the log does not hold: the record has
// expired, or the log is shorter.
var ErrOffsetOutOfRange = errors.New("offset out of range")

// ErrSchemaUnavailable is the error of a record whose schema cannot be had now, because the schema registry gives no answer. Nobody
// can say yet whether the record is good. The caller decodes it again later, and never makes it a dead letter.
var ErrSchemaUnavailable = errors.New("schema not available now")
