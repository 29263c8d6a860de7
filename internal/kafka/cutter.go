package kafka

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/stream"
)

// cutter hands on the records of a batch, and cuts those that are too long. So one record of 300 MB costs neither the memory nor the
// records beside it. Of a long record it keeps what stream.Record.Short keeps, and adds the header cutMark, which record takes away
// again. A record of Kafka's format 2 is:
//
//	length │ attributes, time, offset │ length, key │ length, value │ count, headers: length, key, length, value
//
// All numbers are varints, but the attributes, one byte. Messages of the formats before it (Kafka 0.10 and older) are handed on as they
// are. They too fail with errBatch once they are too large together.
type cutter struct {
	in *bufio.Reader
	// record bounds one record, left what is still handed on of the batch, in bytes.
	record, left int64
	begun, old   bool
	// pass counts the bytes of a record that are still to be handed on as they are; made is what is left of a record that was cut.
	pass int64
	made []byte
}

// cutMark is the key of a header that says what a record was before it was cut. No producer knows it: it is drawn anew in each process.
var cutMark = "tidemark.cut " + rand.Text()

// readAhead is how much the cutter reads ahead, in bytes.
const readAhead = 32 << 10

// buffers are the buffers of cutters that are not in use.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readAhead) }}

func newCutter(r io.Reader, record, batch int64) *cutter {
	in := buffers.Get().(*bufio.Reader)
	in.Reset(r)
	return &cutter{in: in, record: record, left: batch}
}

// free gives the buffer back. The cutter is not used afterwards.
func (c *cutter) free() {
	c.in.Reset(nil)
	buffers.Put(c.in)
	c.in = nil
}

func (c *cutter) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		switch {
		case len(c.made) > 0:
			k = copy(p[n:], c.made)
			c.made = c.made[k:]
		case c.pass > 0:
			k, err = c.in.Read(p[n : n+int(min(c.pass, int64(len(p)-n)))])
			c.pass -= int64(k)
			if errors.Is(err, io.EOF) && !c.old {
				err = io.ErrUnexpectedEOF
			}
		default:
			err = c.next()
		}
		n += k
	}
	return n, err
}

// next looks at the next record, and makes pass or made say what is handed on of the record.
func (c *cutter) next() error {
	head, err := c.in.Peek(binary.MaxVarintLen64)
	if len(head) == 0 {
		return err
	}
	if !c.begun { // a record is not empty; an old message begins with an offset of 64 bits
		c.begun, c.old = true, head[0] == 0
	}
	if c.old {
		if c.pass = int64(c.in.Buffered()); c.pass == 0 {
			return err
		}
		return c.spend(c.pass)
	}
	length, size := binary.Varint(head)
	if size <= 0 || length < 0 {
		return errBatch
	}
	if length <= c.record {
		c.pass = int64(size) + length
		return c.spend(c.pass)
	}
	_, _ = c.in.Discard(size) // it is buffered
	if c.made, err = c.cut(length); err != nil {
		return err
	}
	return c.spend(int64(len(c.made)))
}

// spend counts bytes that are handed on.
func (c *cutter) spend(n int64) error {
	if c.left -= n; c.left < 0 {
		return errBatch
	}
	return nil
}

// cut reads a record of that length and returns a shorter one with its own length before it.
func (c *cutter) cut(length int64) ([]byte, error) {
	in := &longRecord{in: c.in, left: length}
	attributes, err := in.ReadByte()
	in.fail(err)
	time, offset := in.number(), in.number()
	var was stream.Cut
	was.Key = in.number()
	key := in.keep(was.Key, stream.KeptKey, nil)
	digest := sha256.New()
	was.Value = in.number()
	// Of many long records in one batch less is kept, so that the batch does not become too large by their beginnings.
	value := in.keep(was.Value, min(stream.KeptValue, c.left/skimmed), digest)
	digest.Sum(was.SHA256[:0])
	was.Headers = in.number()
	headers := in.headers(was.Headers)
	if in.err != nil {
		return nil, in.err
	}
	if in.left != 0 {
		return nil, errBatch
	}

	body := append(make([]byte, 0, len(key)+len(value)+len(headers)+512), attributes)
	body = binary.AppendVarint(binary.AppendVarint(body, time), offset)
	body = appendBytes(body, key, was.Key < 0)
	body = appendBytes(body, value, was.Value < 0)
	body = binary.AppendVarint(body, int64(len(headers))+1)
	for _, h := range headers {
		body = append(body, h...)
	}
	body = appendBytes(body, []byte(cutMark), false)
	body = appendBytes(body, mark(was), false)
	return append(binary.AppendVarint(nil, int64(len(body))), body...), nil
}

func appendBytes(to, b []byte, null bool) []byte {
	if null {
		return binary.AppendVarint(to, -1)
	}
	return append(binary.AppendVarint(to, int64(len(b))), b...)
}

// mark is the value of the header cutMark.
func mark(was stream.Cut) []byte {
	b := binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(nil, was.Key), was.Value), was.Headers)
	return append(b, was.SHA256[:]...)
}

// uncut takes the header cutMark away. It returns what that header says, or nil if there is none, and the other headers.
func uncut(headers []kafkago.Header) (*stream.Cut, []kafkago.Header) {
	last := len(headers) - 1
	if last < 0 || headers[last].Key != cutMark {
		return nil, headers
	}
	var was stream.Cut
	r := bytes.NewReader(headers[last].Value)
	for _, n := range []*int64{&was.Key, &was.Value, &was.Headers} {
		*n, _ = binary.ReadVarint(r)
		*n = max(*n, 0) // null counts as empty
	}
	_, _ = io.ReadFull(r, was.SHA256[:])
	return &was, headers[:last]
}
