package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

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
