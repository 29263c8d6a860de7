package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/snappy"
)

// unsnappy decompresses snappy: one block, or blocks in the frames of Java's clients. The library believes the lengths that a block
// and a frame claim, and allocates up to 4 GiB before it reads either.
type unsnappy struct {
	from io.Reader
	// rest holds the compressed bytes that are still to be read; it is nil before the first read.
	rest   []byte
	framed bool
	block  []byte
	plain  []byte // what is left of the block
}

const (
	// snappyHeader is the length of the header of the framing: a magic number and two versions.
	snappyHeader = 16
	// mostSnappy bounds how many times as long as its block the content of a block can be: a copy of 64 bytes takes 3.
	mostSnappy = 22
)

var (
	snappyMagic = []byte{130, 'S', 'N', 'A', 'P', 'P', 'Y', 0}
	errSnappy   = errors.New("snappy: the content is damaged")
)

// Read returns decompressed bytes. Compressed, a batch is bounded by the brokers' message.max.bytes, so unsnappy holds all of it.
func (u *unsnappy) Read(p []byte) (int, error) {
	if u.rest == nil {
		all, err := io.ReadAll(u.from)
		if err != nil {
			return 0, err
		}
		u.rest = all
		if len(all) >= snappyHeader && bytes.HasPrefix(all, snappyMagic) {
			u.framed, u.rest = true, all[snappyHeader:]
		}
	}
	for len(u.plain) == 0 {
		if len(u.rest) == 0 {
			return 0, io.EOF
		}
		if err := u.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, u.plain)
	u.plain = u.plain[n:]
	return n, nil
}

// next decompresses the next block.
func (u *unsnappy) next() error {
	block := u.rest
	if u.framed {
		if len(block) < 4 {
			return errSnappy
		}
		n := binary.BigEndian.Uint32(block)
		if block = block[4:]; uint64(n) > uint64(len(block)) {
			return errSnappy
		}
		block = block[:n]
		u.rest = u.rest[4:]
	}
	u.rest = u.rest[len(block):]
	if claimed, err := snappy.DecodedLen(block); err != nil || claimed > mostSnappy*len(block) {
		return errSnappy
	}
	plain, err := snappy.Decode(u.block[:cap(u.block)], block)
	if err != nil {
		return errSnappy
	}
	u.block, u.plain = plain, plain
	return nil
}

// Close does nothing: unsnappy holds nothing but memory.
func (u *unsnappy) Close() error { return nil }
