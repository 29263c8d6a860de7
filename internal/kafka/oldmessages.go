package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go/protocol"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// oldRecord returns the next record of messages of the formats 0 and 1.
func (a *answer) oldRecord() (stream.Record, bool) {
	for len(a.old) > 0 {
		r := a.old[0]
		a.old = a.old[1:]
		if r.Offset >= a.next {
			a.next, a.newest = r.Offset+1, r.Time
			return r, true
		}
	}
	return stream.Record{}, false
}

// openOld reads a message of the formats 0 and 1, size bytes. Brokers of Kafka 0.10 and older have written them, and newer brokers still hold
// them. A message may hold others, compressed; the library reads both. These formats know no transactions.
func (a *answer) openOld(size int64) (bool, error) {
	if size > a.left {
		return false, a.cutOff(size)
	}
	if size < headBytesOld {
		return false, fmt.Errorf("%w: a message of %d bytes", errMalformed, size)
	}
	raw := bytes.NewBuffer(binary.BigEndian.AppendUint32(nil, uint32(size)))
	if _, err := io.CopyN(raw, a.from.in, size); err != nil {
		return false, unexpected(err)
	}
	a.left -= size
	offset := int64(binary.BigEndian.Uint64(raw.Bytes()[4:]))
	var set protocol.RecordSet
	_, err := set.ReadFrom(raw)
	if errors.Is(err, errBatch) { // its first offset is not known: what lies between is one record
		cut := &stream.Cut{Unread: true}
		a.old = []stream.Record{{Topic: a.partition.Topic, Partition: a.partition.Index, Offset: max(offset, a.next), Time: a.newest, Cut: cut}}
		return true, nil
	}
	if err != nil || set.Records == nil {
		return err == nil, err
	}
	a.old, err = a.oldRecords(set.Records)
	return true, err
}

// headBytesOld is the size of a message of format 0 without key and value.
const headBytesOld = 26

func (a *answer) oldRecords(from protocol.RecordReader) ([]stream.Record, error) {
	var all []stream.Record
	for {
		m, err := from.ReadRecord()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		r := stream.Record{Topic: a.partition.Topic, Partition: a.partition.Index, Offset: m.Offset, Time: event.InstantOf(m.Time)}
		if r.Key, err = content(m.Key); err != nil {
			return nil, err
		}
		if r.Value, err = content(m.Value); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
}

func content(b protocol.Bytes) ([]byte, error) {
	if b == nil || b.Len() == 0 {
		return nil, nil
	}
	return protocol.ReadAll(b)
}
