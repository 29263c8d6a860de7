package kafka

import (
	"bufio"
	"encoding/binary"
	"io"

	"tidemark/internal/stream"
)

// longRecord reads one record of a batch. It never reads past the record's end, and never allocates by a length that the bytes claim. After
// an error it returns zeros and keeps the error.
type longRecord struct {
	in   *bufio.Reader
	left int64
	err  error
}

func (p *longRecord) fail(err error) {
	if err != nil && p.err == nil {
		p.err, p.left = err, 0
	}
}

// ReadByte returns the next byte.
func (p *longRecord) ReadByte() (byte, error) {
	if p.left <= 0 {
		return 0, errBatch // a length in the record is wrong
	}
	p.left--
	b, err := p.in.ReadByte()
	p.fail(err)
	return b, err
}

func (p *longRecord) number() int64 {
	if p.err != nil {
		return 0
	}
	n, err := binary.ReadVarint(p)
	if err != nil {
		p.fail(errBatch) // the connection's own error is kept, if there was one
	}
	return n
}

// keep reads n bytes and returns the first of them, at most that many. It writes all to a digest, if there is one. A negative n is
// null.
func (p *longRecord) keep(n, most int64, digest io.Writer) []byte {
	if n <= 0 || p.err != nil {
		return nil
	}
	if n > p.left {
		p.fail(errBatch)
		return nil
	}
	p.left -= n
	kept := make([]byte, min(n, most))
	_, err := io.ReadFull(p.in, kept)
	p.fail(err)
	if digest == nil {
		digest = io.Discard
	}
	_, _ = digest.Write(kept)
	_, err = io.CopyN(digest, p.in, n-int64(len(kept)))
	p.fail(err)
	if p.err != nil {
		return nil
	}
	return kept
}

// headers reads n headers and returns the first ones as they are written, at most stream.KeptHeaders bytes.
func (p *longRecord) headers(n int64) [][]byte {
	var all [][]byte
	room := int64(stream.KeptHeaders)
	for ; n > 0 && p.err == nil; n-- {
		var h []byte
		whole := true
		for range 2 { // key and value
			length := p.number()
			text := p.keep(length, room, nil)
			whole = whole && int64(len(text)) == max(length, 0)
			h = appendBytes(h, text, length < 0)
		}
		if room -= int64(len(h)); room < 0 || !whole {
			room = 0
			continue
		}
		all = append(all, h)
	}
	return all
}
