package kafka

import (
	"encoding/binary"

	kafkago "github.com/segmentio/kafka-go"
)

// recordReader reads one record of a batch out of memory. The parts that it returns share that memory. After an error it returns zeros and
// remembers that it has failed. cutter shows what a record looks like.
type recordReader struct {
	left   []byte
	failed bool
}

func (r *recordReader) fail() {
	r.left, r.failed = nil, true
}

func (r *recordReader) number() int64 {
	n, size := binary.Varint(r.left)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.left = r.left[size:]
	return n
}

// bytes reads a length and as many bytes. It returns nil for null and for none.
func (r *recordReader) bytes() []byte {
	n := r.number()
	if n <= 0 {
		return nil
	}
	if n > int64(len(r.left)) {
		r.fail()
		return nil
	}
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}

// entry reads what follows the length of a record.
func (r *recordReader) entry() entry {
	if len(r.left) == 0 {
		r.fail()
		return entry{}
	}
	r.left = r.left[1:] // attributes: none are in use
	var m entry
	m.time, m.offset = r.number(), r.number()
	m.key, m.value = r.bytes(), r.bytes()
	n := r.number()
	if n > int64(len(r.left))/2 { // a header takes two bytes and more
		r.fail()
	}
	if n <= 0 || r.failed {
		return m
	}
	m.headers = make([]kafkago.Header, n)
	for i := range m.headers {
		m.headers[i].Key, m.headers[i].Value = string(r.bytes()), r.bytes()
	}
	return m
}
