package shard

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// Origin is the first record that the log of a partition held when the log was first seen. It tells a log from another log of the same
// name: a topic that was deleted and created again begins with another record.
type Origin struct {
	Offset int64
	// Time is the record time, in ms since 1970.
	Time event.Instant
	// Hash is the SHA-256 of the length of the key (8 bytes, big endian), the key and the value, in hex. The zero Origin has none.
	Hash string
}

// OriginOf returns the Origin of a log whose first record is r.
func OriginOf(r stream.Record) Origin {
	hash := sha256.New()
	_, _ = hash.Write(binary.BigEndian.AppendUint64(nil, uint64(len(r.Key)))) // a hash never fails
	_, _ = hash.Write(r.Key)
	_, _ = hash.Write(r.Value)
	return Origin{Offset: r.Offset, Time: r.Time, Hash: hex.EncodeToString(hash.Sum(nil))}
}

// Encode returns the text that ParseOrigin reads: "<offset> <time in ms> <hash>".
func (o Origin) Encode() string { return fmt.Sprintf("%d %d %s", o.Offset, int64(o.Time), o.Hash) }

var errOrigin = errors.New(`want "<offset> <record time in ms> <SHA-256 in hex>"`)

// ParseOrigin reads what Encode wrote.
func ParseOrigin(text string) (Origin, error) {
	parts := strings.Split(text, " ")
	if len(parts) != 3 {
		return Origin{}, errOrigin
	}
	offset, wrongOffset := strconv.ParseInt(parts[0], 10, 64)
	ms, wrongTime := strconv.ParseInt(parts[1], 10, 64)
	hash, wrongHash := hex.DecodeString(parts[2])
	if wrongOffset != nil || wrongTime != nil || wrongHash != nil || offset < 0 || len(hash) != sha256.Size {
		return Origin{}, errOrigin
	}
	return Origin{Offset: offset, Time: event.Instant(ms), Hash: parts[2]}, nil
}

// SpoiledOriginError says that what is remembered of a partition cannot be read: somebody has changed it.
type SpoiledOriginError struct {
	Partition Partition
	Err       error
}

func (e *SpoiledOriginError) Error() string { return e.Err.Error() }

// Unwrap returns what has been found.
func (e *SpoiledOriginError) Unwrap() error { return e.Err }

// String describes the record for people. The first 8 digits of the hash are enough to compare by eye.
func (o Origin) String() string {
	return fmt.Sprintf("offset %d of %s (SHA-256 %.8s…)", o.Offset, o.Time, o.Hash)
}
