package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// answer is the broker's answer to one fetch. It is read in parts, batch by batch; what has not been read waits in the connection.
type answer struct {
	from      *leader
	partition shard.Partition
	answerHead
	// left counts the bytes of record batches that have not been read.
	left int64
	next int64 // the offset after the last one that has been passed
	// sentAt is the local time just before the request was sent.
	sentAt event.Instant
	void   *aborted // nil: everything counts
	batch  *batch   // that is being read; nil for none
	old    []stream.Record
	// newest is the record time of the last record of the partition that was read.
	newest event.Instant
}

// record returns the next record. It returns false at the end of the answer. leftOut gets the first record that is left out on the way,
// unless it is nil or holds one already.
func (a *answer) record(leftOut **stream.Record) (stream.Record, bool, error) {
	for {
		if r, ok := a.oldRecord(); ok {
			return r, true, nil
		}
		if a.batch == nil {
			if more, err := a.open(leftOut); err != nil || !more {
				return stream.Record{}, false, err
			}
			continue
		}
		r, more, err := a.batch.record(a.partition, a.newest)
		switch {
		case err != nil:
			return r, false, err
		case !more: // offsets at the end of a batch may be empty, by compaction
			a.next = max(a.next, a.batch.last+1)
			a.batch = nil
		case r.Offset >= a.next: // the broker answers with the whole batch that spans the offset
			a.next, a.newest = r.Offset+1, r.Time
			return r, true, nil
		}
	}
}

// open reads the head of the next batch. Where the batch counts, open makes it the one that is being read. It returns false where no
// batch is left.
func (a *answer) open(leftOut **stream.Record) (bool, error) {
	if a.left <= magicAt {
		return false, a.finish()
	}
	head, err := a.from.in.Peek(magicAt + 1)
	if err != nil {
		return false, unexpected(err)
	}
	size := prefixBytes + int64(int32(binary.BigEndian.Uint32(head[8:])))
	if magic := head[magicAt]; magic < 2 {
		return a.openOld(size)
	}
	if size > a.left {
		return false, a.cutOff(size)
	}
	if head, err = a.from.in.Peek(headBytes); err != nil || size < headBytes {
		return false, errors.Join(unexpected(err), fmt.Errorf("%w: a batch of %d bytes", errMalformed, size))
	}
	b := &batch{}
	b.parseHead(head)
	_, _ = a.from.in.Discard(headBytes) // it is buffered
	a.left -= size
	size -= headBytes
	switch {
	case a.void == nil || !b.isControl() && !a.void.holds(b):
		a.batch = b
		return true, b.read(a.from.in, size)
	case b.isControl() || leftOut != nil && *leftOut == nil:
		if err := b.read(a.from.in, size); err != nil {
			return false, err
		}
		a.void.ends(b)
		return true, a.pass(b, leftOut)
	}
	_, err = a.from.in.Discard(int(size)) // nobody needs the content
	a.next = max(a.next, b.last+1)
	return true, unexpected(err)
}

// pass leaves a batch out.
func (a *answer) pass(b *batch, leftOut **stream.Record) error {
	for leftOut != nil && *leftOut == nil {
		r, more, err := b.record(a.partition, a.newest)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if r.Offset >= a.next {
			*leftOut = &r
		}
	}
	a.next = max(a.next, b.last+1)
	return nil
}

// cutOff ends an answer whose last batch does not fit into it: the next fetch begins with that batch. It is an error if nothing came
// before: a broker sends at least one whole batch.
func (a *answer) cutOff(size int64) error {
	if a.left == a.batches {
		return fmt.Errorf("%w: a batch of %d bytes in an answer of %d", errMalformed, size, a.left)
	}
	return a.finish()
}

// finish passes what is left of the answer. Then the connection takes the next request.
func (a *answer) finish() error {
	n := a.left
	a.left, a.batch, a.old = 0, nil, nil
	_, err := io.CopyN(io.Discard, a.from.in, n)
	return unexpected(err)
}

// unexpected makes the end of a connection an error of its own: in the middle of an answer it is no end of the input.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
