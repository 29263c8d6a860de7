package pipeline

import (
	"context"
	"errors"
	"fmt"

	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Log is what a log must answer to be recognized. A Source is a Log.
type Log interface {
	// Bounds and Fetch are those of Source.
	Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error)
	Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error)
}

// Sight is what the log of a partition shows of its identity.
type Sight struct {
	// First is the first offset that the log holds, End the next to be written.
	First, End int64
	// Remembered is the first record that is remembered; the zero Origin says that nothing is.
	Remembered shard.Origin
	// Found is the first record at or after the offset of Remembered, or at or after First where Remembered is zero or has expired. The
	// zero Origin says that there is none.
	Found shard.Origin
}

// looksAtMost bounds the fetches of one look. Only where compaction has left no record are there several.
const looksAtMost = 16

// errNoAnswer is the error of a fetch that returns no record although the log holds some. The broker may need longer.
var errNoAnswer = errors.New("the log returns no record below its end")

// Look reads from the log of a partition what tells whether it is the log that began with remembered. Any error but that of ctx may be
// mended by another look, stream.ErrOffsetOutOfRange too: then records have expired meanwhile.
func Look(ctx context.Context, log Log, p shard.Partition, remembered shard.Origin) (Sight, error) {
	first, end, err := log.Bounds(ctx, p)
	if err != nil {
		return Sight{}, fmt.Errorf("bounds of %s: %w", p, err)
	}
	s := Sight{First: first, End: end, Remembered: remembered}
	next := first
	if s.comparable() {
		next = remembered.Offset
	}
	for look := 0; look < looksAtMost && next < end; look++ {
		f, err := log.Fetch(ctx, p, next)
		found, ok := f.First()
		switch {
		case err != nil:
			return s, fmt.Errorf("look at %s from offset %d: %w", p, next, err)
		case ok:
			s.Found = shard.OriginOf(found)
			return s, nil
		case next >= f.HighWatermark-f.Open && !s.comparable():
			return s, nil // the first record belongs to an open transaction: nobody can read it yet
		case f.Next <= next:
			return s, fmt.Errorf("look at %s from offset %d of %d: %w", p, next, end, errNoAnswer)
		}
		next = f.Next
	}
	return s, nil
}

// comparable reports whether the log still reaches back to the remembered record.
func (s Sight) comparable() bool {
	return s.Remembered != shard.Origin{} && s.Remembered.Offset >= s.First
}

// another reports whether the log is certainly another one than that which is remembered.
func (s Sight) another() bool { return s.comparable() && s.Found != s.Remembered }

// recreated reports whether the topic was deleted and created again. highest is the highest mark that a shard has for the partition;
// inGroup says that the consumer group has committed an offset.
//
// Without a committed offset, marks do not prove another log: a group that stays away for offsets.retention.minutes (7 days) loses its
// offsets. They only do where nothing is remembered: then nothing else is left to tell.
func (s Sight) recreated(highest int64, inGroup bool) bool {
	if s.Remembered == (shard.Origin{}) {
		return highest > s.First && !inGroup
	}
	return s.another()
}

// Loss returns the loss of a topic that was deleted and created again, and nil where the log is the one that the shards have read. For
// highest and inGroup see recreated.
func (s Sight) Loss(p shard.Partition, highest int64, inGroup bool) *DataLossError {
	if !s.recreated(highest, inGroup) {
		return nil
	}
	return &DataLossError{
		Cause: Recreated, Partition: p, Mark: highest, First: s.First, End: s.End, Remembered: s.Remembered, Found: s.Found,
	}
}
