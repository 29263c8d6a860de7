package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/linkedin/goavro/v2"
)

const (
	// maxEntries bounds the items and map entries of one message, all collections together: an event holds at most 1000
	// items and 1000 attributes. goavro's own limit is per block, and a message may have any number of blocks.
	maxEntries = 2000
	// maxValues bounds the values of one message: records in records can be many without taking a byte.
	maxValues = 100_000
)

// goavro allocates a block before it reads it, and a count that is not bounded ends the process. Its limits are
// package variables, to be set before any codec exists.
func init() {
	goavro.MaxBlockCount = maxEntries
	goavro.MaxBlockSize = 64 << 10
}

var (
	errShort   = errors.New("cut short")
	errVarint  = errors.New("a number is longer than 64 bits")
	errLength  = errors.New("a negative length")
	errEntries = fmt.Errorf("more than %d items or map entries", maxEntries)
	errValues  = fmt.Errorf("more than %d values", maxValues)
)

// scanner walks over binary Avro without building anything, so that what goavro is given is known to be whole and small.
type scanner struct {
	b               []byte
	entries, values int
}

// scan returns how many bytes at the head of b are one value of s.
func scan(s *schema, b []byte) (int, error) {
	r := scanner{b: b}
	if err := r.value(s); err != nil {
		return 0, err
	}
	return len(b) - len(r.b), nil
}

func (r *scanner) value(s *schema) error {
	if r.values++; r.values > maxValues {
		return errValues
	}
	switch s.kind {
	case "record":
		for i := range s.fields {
			if err := r.value(s.fields[i].of); err != nil {
				return err
			}
		}
		return nil
	case "union":
		n, err := r.index(len(s.branches))
		if err != nil {
			return err
		}
		return r.value(s.branches[n])
	case "string", "bytes":
		return r.text()
	case "long":
		_, err := r.long()
		return err
	case "int":
		n, err := r.long()
		if err == nil && (n < math.MinInt32 || n > math.MaxInt32) {
			err = fmt.Errorf("an int of %d", n)
		}
		return err
	case "enum":
		_, err := r.index(len(s.symbols))
		return err
	case "double":
		return r.skip(8)
	case "float":
		return r.skip(4)
	case "boolean":
		return r.skip(1)
	case "fixed":
		return r.skip(s.size)
	case "array", "map":
		return r.collection(s)
	case "null":
		return nil
	}
	panic("avro: no such type " + s.kind)
}

func (r *scanner) collection(s *schema) error {
	for {
		n, err := r.long()
		if err != nil || n == 0 {
			return err
		}
		if n < 0 { // the block's size in bytes follows
			if _, err := r.long(); err != nil {
				return err
			}
			n = -n
		}
		if n < 0 || n > int64(maxEntries-r.entries) {
			return errEntries
		}
		r.entries += int(n)
		for range n {
			if s.kind == "map" {
				if err := r.text(); err != nil {
					return err
				}
			}
			if err := r.value(s.of); err != nil {
				return err
			}
		}
	}
}

func (r *scanner) text() error {
	n, err := r.long()
	if err != nil {
		return err
	}
	if n < 0 {
		return errLength
	}
	if n > int64(len(r.b)) {
		return errShort
	}
	return r.skip(int(n))
}

func (r *scanner) index(n int) (int, error) {
	i, err := r.long()
	if err != nil {
		return 0, err
	}
	if i < 0 || i >= int64(n) {
		return 0, fmt.Errorf("choice %d of %d", i, n)
	}
	return int(i), nil
}

func (r *scanner) long() (int64, error) {
	v, n := binary.Varint(r.b)
	if n < 0 {
		return 0, errVarint
	}
	if n == 0 {
		return 0, errShort
	}
	r.b = r.b[n:]
	return v, nil
}

func (r *scanner) skip(n int) error {
	if n > len(r.b) {
		return errShort
	}
	r.b = r.b[n:]
	return nil
}
