package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

const (
	// leastEntries and bytesPerEntry bound the items and map entries of one message, all collections together. A decoded item takes
	// 48 bytes and its texts, and a few bytes could claim any number of items: so the bound grows with the length of the message. An
	// item with an article of four letters and an amount takes 9 bytes.
	leastEntries, bytesPerEntry = 2000, 8
	// maxKeys bounds the entries of one map, however long the message: an entry of 8 bytes would take some 200 in a map of ours. An
	// event holds at most 1000 attributes.
	maxKeys = 2000
	// leastValues and valuesPerByte bound the values of one message. Nested records can hold many values without a byte.
	leastValues, valuesPerByte = 100_000, 2
)

// mostEntries and mostValues are the bounds of a message of n bytes.
func mostEntries(n int) int { return max(leastEntries, n/bytesPerEntry) }
func mostValues(n int) int  { return max(leastValues, n*valuesPerByte) }

var (
	errShort   = errors.New("cut short")
	errVarint  = errors.New("a number is longer than 64 bits")
	errLength  = errors.New("a negative length")
	errBoolean = errors.New("a boolean is neither 0 nor 1")
	errTwice   = errors.New("a map has a duplicate key")
)

// scanner reads binary Avro. It copies nothing, and never allocates by a length that the bytes claim.
type scanner struct {
	b []byte
	// mostEntries and mostValues bound what b may hold.
	mostEntries, mostValues int
	// at is the index of the next value. (Shortening b instead would cost a write barrier for each value.)
	at              int
	entries, values int
	// late is the first fault that does not keep the rest from being read.
	late error
	// refused is the first field with a wrong type or value.
	refused error
}

// newScanner returns a scanner of a whole message.
func newScanner(b []byte) scanner {
	return scanner{b: b, mostEntries: mostEntries(len(b)), mostValues: mostValues(len(b))}
}

// again returns a scanner of a part that another scanner has read already, within the bounds of its message. Each entry takes at least
// one byte.
func again(b []byte) scanner {
	return scanner{b: b, mostEntries: len(b), mostValues: math.MaxInt}
}

// long reads a long, a length, a count or a choice.
func (r *scanner) long() (int64, error) {
	if r.at < len(r.b) && r.b[r.at] < 0x80 { // most are a single byte
		n := r.b[r.at]
		r.at++
		return int64(n>>1) ^ -int64(n&1), nil
	}
	v, n := binary.Varint(r.b[r.at:])
	if n < 0 {
		return 0, errVarint
	}
	if n == 0 {
		return 0, errShort
	}
	r.at += n
	return v, nil
}

func (r *scanner) int() (int64, error) {
	n, err := r.long()
	if err == nil && n != int64(int32(n)) {
		err = fmt.Errorf("an int of %d", n)
	}
	return n, err
}

// index reads a choice among n: a branch of a union, or a symbol of an enum.
func (r *scanner) index(n int) (int64, error) {
	i, err := r.long()
	if err != nil {
		return 0, err
	}
	if i < 0 || i >= int64(n) {
		return 0, fmt.Errorf("choice %d of %d", i, n)
	}
	return i, nil
}

// block reads the number of entries in the next block of a collection. Zero is the end of the collection.
func (r *scanner) block() (int, error) {
	n, err := r.long()
	if err != nil {
		return 0, err
	}
	if n < 0 { // the block's size in bytes follows
		if _, err := r.long(); err != nil {
			return 0, err
		}
		n = -n
	}
	if n < 0 || n > int64(r.mostEntries-r.entries) {
		return 0, fmt.Errorf("more than %d items or map entries", r.mostEntries)
	}
	r.entries += int(n)
	return int(n), nil
}

func (r *scanner) text() ([]byte, error) {
	n, err := r.long()
	if err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, errLength
	}
	return r.take(n)
}

func (r *scanner) double() (float64, error) {
	b, err := r.take(8)
	if err != nil {
		return 0, err
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b)), nil
}

func (r *scanner) float() (float64, error) {
	b, err := r.take(4)
	if err != nil {
		return 0, err
	}
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), nil
}

func (r *scanner) boolean() (int64, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	if b[0] > 1 {
		r.spoil(errBoolean)
	}
	return int64(b[0]), nil
}

func (r *scanner) take(n int64) ([]byte, error) {
	if n > int64(len(r.b)-r.at) {
		return nil, errShort
	}
	from := r.at
	r.at += int(n)
	return r.b[from:r.at], nil
}

func (r *scanner) spoil(err error) {
	if r.late == nil {
		r.late = err
	}
}
