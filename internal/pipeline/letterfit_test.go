package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// TestLettersFit: whatever is large about a record, its dead letter fits into a message, and says what the original was.
func TestLettersFit(t *testing.T) {
	pill := bytes.Repeat([]byte("x"), 3<<20)
	for name, r := range map[string]stream.Record{
		"a value of 3 MiB":   {Key: []byte("c"), Value: pill, Headers: []stream.Header{{Key: "trace", Value: []byte("kept")}}},
		"a key of 3 MiB":     {Key: pill, Value: []byte("v"), Headers: []stream.Header{{Key: "trace", Value: []byte("kept")}}},
		"headers of 3 MiB":   {Key: []byte("c"), Value: []byte("v"), Headers: []stream.Header{{Key: "trace", Value: []byte("kept")}, {Key: "h", Value: pill}}},
		"all of it together": {Key: pill, Value: pill, Headers: []stream.Header{{Key: "trace", Value: []byte("kept")}, {Key: "h", Value: pill}}},
	} {
		r.Topic = event.Purchases
		o := letter(r, errors.New("too large")).output
		size, headers := len(o.Key)+len(o.Value), map[string]string{}
		for _, h := range o.Headers {
			size += len(h.Key) + len(h.Value)
			headers[h.Key] = string(h.Value)
		}
		if size > letterBytes {
			t.Errorf("%s: want at most %d bytes, got %d", name, letterBytes, size)
		}
		sum := sha256.Sum256(r.Value)
		if headers["tidemark.original.value.sha256"] != hex.EncodeToString(sum[:]) || headers["trace"] != "kept" || headers["tidemark.error.code"] == "" {
			t.Errorf("%s: want the digest of the value, the first headers and the reason, got %v", name, headers)
		}
		if !bytes.HasPrefix(r.Value, o.Value) || !bytes.HasPrefix(r.Key, o.Key) || len(o.Key) == 0 {
			t.Errorf("%s: want the beginnings of key and value", name)
		}
	}
}

// TestLettersOfUsualRecordsStayAsTheyAre: nothing is added to what fits.
func TestLettersOfUsualRecordsStayAsTheyAre(t *testing.T) {
	r := stream.Record{Topic: event.Purchases, Key: []byte("c"), Value: bytes.Repeat([]byte("x"), letterBytes-100), Headers: []stream.Header{{Key: "trace", Value: []byte("kept")}}}
	o := letter(r, errors.New("bad")).output
	if !bytes.Equal(o.Value, r.Value) || !bytes.Equal(o.Key, r.Key) {
		t.Error("want key and value untouched")
	}
	for _, h := range o.Headers {
		if strings.HasPrefix(h.Key, "tidemark.original.") {
			t.Errorf("want no header of what is left out, got %s", h.Key)
		}
	}
}

// TestLettersOfCutRecords: of a record that came cut, the letter says what the record was in the log, and adds nothing to a record that
// came without content.
func TestLettersOfCutRecords(t *testing.T) {
	was := stream.Cut{Key: 4, Value: 300 << 20, Headers: 9, SHA256: [32]byte{1, 2, 3}}
	kept := []stream.Header{{Key: "trace", Value: []byte("kept")}}
	d := letter(stream.Record{Topic: event.Purchases, Partition: 3, Offset: 7, Key: []byte("pill"), Value: []byte("beginning"), Headers: kept, Cut: &was}, errors.New("too large"))
	headers := map[string]string{}
	for _, h := range d.output.Headers {
		headers[h.Key] = string(h.Value)
	}
	for key, want := range map[string]string{
		"trace": "kept", "tidemark.original.value.bytes": "314572800", "tidemark.original.value.sha256": hex.EncodeToString(was.SHA256[:]),
		"tidemark.original.key.bytes": "4", "tidemark.original.headers": "9", "__connect.errors.offset": "7",
	} {
		if headers[key] != want {
			t.Errorf("header %s: want %q, got %q", key, want, headers[key])
		}
	}
	if n := d.short; n == nil || n.Kind != Shortened || n.Offset != 7 || n.Partition.Index != 3 || n.Partition.Topic != event.Purchases {
		t.Errorf("want a notice that names topic, partition 3 and offset 7, got %+v", n)
	}

	d = letter(stream.Record{Topic: event.Purchases, Partition: 3, Offset: 8, Cut: &stream.Cut{Unread: true}}, errors.New("too large"))
	if d.output.Key != nil || d.output.Value != nil || d.output.ID != "customer.purchases.v1/3/8" || d.short == nil {
		t.Errorf("an unread record: want a letter without content under the record's place, and a notice, got %+v", d)
	}
}

// TestShortenedLettersAreReported: whoever runs the service is told of each record whose letter does not hold all of it.
func TestShortenedLettersAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		for i, padding := range []int{0, 3 << 20, 0} {
			w.send(event.Purchases, message{ID: fmt.Sprint(i), Customer: "c01", Occurred: ago(time.Hour) + event.Instant(i), Bad: "schema" + strings.Repeat("x", padding)})
		}
		w.send(event.Purchases, message{ID: "good", Customer: "c01", Occurred: ago(time.Minute), Amount: 500})
		lane := w.start(0, nil)
		finish(t, lane)
		if got := w.noticed(Shortened); got != 1 {
			t.Errorf("notices of a shortened letter: want 1 of 3 letters, got %d", got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}
