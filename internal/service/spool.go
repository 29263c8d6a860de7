package service

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// spool keeps records in a temporary file, which is gone when the process ends. It is written first, then flushed, then read by several
// goroutines.
//
// A record is the length of the rest (4 bytes, big endian), its time (8 bytes), the id of its event, its key, its value, and name and value of
// each header; each text has its length (a varint) in front.
type spool struct {
	file *os.File
	out  *bufio.Writer
	end  int64
	buf  []byte
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "tidemark-rebuild-")
	if err != nil {
		return nil, fmt.Errorf("a file for the order of events: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil { // it lives on while it is open
		return nil, errors.Join(fmt.Errorf("a file for the order of events: %w", err), file.Close())
	}
	return &spool{file: file, out: bufio.NewWriterSize(file, 1<<20)}, nil
}

// put appends a record, and returns where it begins.
func (s *spool) put(id string, r stream.Record) (int64, error) {
	b := binary.BigEndian.AppendUint64(append(s.buf[:0], 0, 0, 0, 0), uint64(r.Time))
	b = appendText(appendText(appendText(b, id), r.Key), r.Value)
	for _, h := range r.Headers {
		b = appendText(appendText(b, h.Key), h.Value)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	from := s.end
	n, err := s.out.Write(b)
	s.buf, s.end = b, s.end+int64(n)
	return from, err // the error names the file
}

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func (s *spool) flush() error { return s.out.Flush() }

// get reads a record that begins at an offset of the file, and the id of its event.
func (s *spool) get(from int64) (id string, r stream.Record, err error) {
	var length [4]byte
	if _, err := s.file.ReadAt(length[:], from); err != nil {
		return "", r, err
	}
	b := make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := s.file.ReadAt(b, from+4); err != nil {
		return "", r, err
	}
	r.Time, b = event.Instant(binary.BigEndian.Uint64(b)), b[8:]
	next := func() []byte {
		n, size := binary.Uvarint(b)
		text := b[size : size+int(n) : size+int(n)]
		b = b[size+int(n):]
		return text
	}
	id, r.Key, r.Value = string(next()), next(), next()
	for len(b) > 0 {
		r.Headers = append(r.Headers, stream.Header{Key: string(next()), Value: next()})
	}
	return id, r, nil
}

func (s *spool) close() { _ = s.file.Close() }
