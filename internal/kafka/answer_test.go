package kafka

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"

	kafkago "github.com/segmentio/kafka-go"
)

// answerOf is an answer that holds these bytes of record batches. It was asked for offset 2 on.
func answerOf(t testing.TB, raw []byte) *answer {
	t.Helper()
	boundDecompression(1<<20, 1<<20)
	return &answer{
		from: &leader{in: bufio.NewReader(bytes.NewReader(raw))}, partition: purchases, next: 2, left: int64(len(raw)),
		answerHead: answerHead{batches: int64(len(raw)), end: 100, stable: 100}, void: newAborted(nil),
	}
}

// headOf is the head of an answer to request 7 in version 10 of the fetch API, about one partition.
func headOf(request int32, code int16, end, stable int64, aborted int32, batches int32) []byte {
	at := binary.BigEndian
	b := at.AppendUint32(nil, uint32(request))
	b = append(b, make([]byte, 4+2+4)...) // throttle, error, session
	b = append(at.AppendUint32(b, 1), 0, 1, 't')
	b = at.AppendUint32(at.AppendUint32(b, 1), 0)
	b = at.AppendUint16(b, uint16(code))
	for _, n := range []int64{end, stable, 0} {
		b = at.AppendUint64(b, uint64(n))
	}
	b = at.AppendUint32(b, uint32(aborted))
	for i := range min(max(aborted, 0), 10) {
		b = at.AppendUint64(at.AppendUint64(b, 9), uint64(i))
	}
	b = at.AppendUint32(b, uint32(batches))
	return append(at.AppendUint32(nil, uint32(len(b)+int(max(batches, 0)))), b...)
}

// What a broker claims of an answer is checked against its size before memory is taken for it.
func TestAnswerHead(t *testing.T) {
	for _, row := range []struct {
		name string
		raw  []byte
		want answerHead
		err  error
	}{
		{"two aborted transactions", headOf(7, 0, 50, 40, 2, 3), answerHead{50, 40, []abortedTransaction{{9, 0}, {9, 1}}, 3}, nil},
		{"a list that is null, and no batches", headOf(7, 0, 50, 50, -1, -1), answerHead{50, 50, nil, 0}, nil},
		{"a broker that does not know the stable offset", headOf(7, 0, 50, -1, 0, 0), answerHead{50, 50, nil, 0}, nil},
		{"a list longer than the answer", headOf(7, 0, 50, 40, 1<<30, 0), answerHead{}, errMalformed},
		{"the answer to another request", headOf(8, 0, 50, 40, 0, 0), answerHead{}, errMalformed},
		{"an end that is not known", headOf(7, 0, -1, -1, 0, 0), answerHead{}, errMalformed},
		{"a partition that has moved", headOf(7, 6, 50, 40, 0, 0), answerHead{}, kafkago.NotLeaderForPartition},
		{"cut off", headOf(7, 0, 50, 40, 2, 3)[:30], answerHead{}, io.ErrUnexpectedEOF},
	} {
		got, err := readAnswerHead(bufio.NewReader(bytes.NewReader(row.raw)), newestFetch, 7)
		if !errors.Is(err, row.err) || got.end != row.want.end || got.stable != row.want.stable || got.batches != row.want.batches || !slices.Equal(got.aborted, row.want.aborted) {
			t.Errorf("%s: %+v, %v; want %+v, %v", row.name, got, err, row.want, row.err)
		}
	}
}

// Bytes that are no records end a fetch with an error. They neither panic nor take memory beyond the answer.
func FuzzAnswer(f *testing.F) {
	f.Add(recordBatch{first: 0, last: 4, values: []string{"a", "b", "c", "d", "e"}}.bytes())
	f.Add(recordBatch{first: 2, last: 9}.bytes())
	f.Add(oldMessages(f, 0, 3))
	f.Add(oldMessages(f, 1, 3))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := answerOf(t, raw)
		for range 10_000 {
			if _, more, err := a.record(nil); err != nil || !more {
				return
			}
		}
	})
}
