package kafka

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	kafkago "github.com/segmentio/kafka-go"
)

// answerHead is what comes before the record batches in the answer to a fetch of one partition.
type answerHead struct {
	// end is the high watermark, stable the last stable offset: the first offset of the earliest open transaction, or the high watermark.
	// Brokers before Kafka 0.11 know no transactions.
	end, stable int64
	aborted     []abortedTransaction
	// batches is the size of the record batches that follow, in bytes.
	batches int64
}

// abortedTransaction is an entry of the broker's list: from first on, up to its abort marker, what the producer wrote in transactions is
// void.
type abortedTransaction struct{ producer, first int64 }

// readAnswerHead reads the head of an answer in a version of the fetch API, up to newestFetch. The answer must be the one to the request
// of that number. The answer, from the top of Kafka's protocol guide (the number in brackets is the first version that has the field):
//
//	size │ request │ throttle [1] │ error, session [7] │ topics: name, partitions:
//	    index, error, high watermark, stable offset [4], log start [5], aborted: producer, first offset [4], size of the batches │ batches
func readAnswerHead(in *bufio.Reader, version int16, request int32) (answerHead, error) {
	h := headReader{in: in, left: 4}
	h.left = int64(h.int32())
	if got := h.int32(); h.err == nil && got != request {
		return answerHead{}, fmt.Errorf("%w: it answers request %d, not %d", errMalformed, got, request)
	}
	if version >= 1 {
		h.int32()
	}
	if version >= 7 {
		h.code()
		h.int32()
	}
	h.one("topic")
	h.skip(int64(uint16(h.int16())))
	h.one("partition")
	h.int32()
	h.code()
	a := answerHead{end: h.int64()}
	a.stable = a.end
	if version >= 4 {
		a.stable = h.int64()
	}
	if version >= 5 {
		h.int64()
	}
	if version >= 4 {
		a.aborted = h.transactions()
	}
	a.batches = max(0, int64(h.int32()))
	switch {
	case h.err != nil:
		return answerHead{}, h.err
	case a.batches > h.left, a.end < 0:
		return answerHead{}, fmt.Errorf("%w: %d bytes of records in %d, and the end of the log at %d", errMalformed, a.batches, h.left, a.end)
	}
	if a.stable < 0 || a.stable > a.end { // a broker that does not know it
		a.stable = a.end
	}
	return a, nil
}

// headReader reads numbers in big endian. After an error it returns zeros and keeps the error.
type headReader struct {
	in   *bufio.Reader
	left int64
	err  error
}

func (h *headReader) take(n int) []byte {
	if h.err == nil && int64(n) > h.left {
		h.err = fmt.Errorf("%w: it ends too early", errMalformed)
	}
	if h.err == nil {
		var b []byte
		if b, h.err = h.in.Peek(n); h.err == nil {
			_, _ = h.in.Discard(n) // it is buffered: the bytes stay valid until the next read
			h.left -= int64(n)
			return b
		}
		if errors.Is(h.err, io.EOF) {
			h.err = io.ErrUnexpectedEOF
		}
	}
	return make([]byte, n)
}

func (h *headReader) int16() int16 { return int16(binary.BigEndian.Uint16(h.take(2))) }
func (h *headReader) int32() int32 { return int32(binary.BigEndian.Uint32(h.take(4))) }
func (h *headReader) int64() int64 { return int64(binary.BigEndian.Uint64(h.take(8))) }

// code reads an error code. 0 is no error.
func (h *headReader) code() {
	if code := h.int16(); code != 0 && h.err == nil {
		h.err = kafkago.Error(code)
	}
}

// one reads the length of an array that has one entry.
func (h *headReader) one(what string) {
	if n := h.int32(); n != 1 && h.err == nil {
		h.err = fmt.Errorf("%w: it is about %d of a %s", errMalformed, n, what)
	}
}

func (h *headReader) skip(n int64) {
	for ; n > 0 && h.err == nil; n-- {
		h.take(1)
	}
}

func (h *headReader) transactions() []abortedTransaction {
	n := int64(h.int32())
	if h.err != nil || n <= 0 { // -1 stands for none
		return nil
	}
	if n > h.left/16 {
		h.err = fmt.Errorf("%w: it claims %d aborted transactions in %d bytes", errMalformed, n, h.left)
		return nil
	}
	all := make([]abortedTransaction, n)
	for i := range all {
		all[i] = abortedTransaction{producer: h.int64(), first: h.int64()}
	}
	return all
}
