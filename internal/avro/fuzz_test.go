package avro

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// FuzzDecodePurchase and its sisters hold decoding to its promises: a valid event or a reason, no panic, no allocation out
// of proportion to the message, and an event that encodes to what decodes to it again.
func FuzzDecodePurchase(f *testing.F) { fuzzDecode(f, samplePurchase()) }

// FuzzDecodeInteraction is FuzzDecodePurchase for interactions.
func FuzzDecodeInteraction(f *testing.F) { fuzzDecode(f, sampleInteraction()) }

// FuzzDecodeFeedback is FuzzDecodePurchase for feedback.
func FuzzDecodeFeedback(f *testing.F) { fuzzDecode(f, sampleFeedback()) }

func fuzzDecode(f *testing.F, sample event.Event) {
	c := newCodec(f, Options{})
	r := message(f, c, sample)
	head, body := r.Value[:5], r.Value[5:]
	f.Add(body, r.Key)
	for _, at := range []int{1, len(body) / 2, len(body) - 1} {
		f.Add(body[:at], r.Key)
		f.Add(slices.Concat(body[:at], hugeBlock), r.Key)
	}
	f.Fuzz(func(t *testing.T, body, key []byte) {
		record := stream.Record{Topic: sample.Topic(), Time: recorded, Key: key, Value: slices.Concat(head, body)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		e, err := c.Decode(record)
		runtime.ReadMemStats(&after)
		// Of what is kept the texts are copied; 2 MB is the fixed part: the most items or attributes, other goroutines included.
		if used, most := after.TotalAlloc-before.TotalAlloc, uint64(2<<20+8*len(body)); used > most {
			t.Errorf("%d bytes allocated for a message of %d, want at most %d", used, len(body), most)
		}
		if err != nil {
			var invalid *event.Invalid
			if e != nil || !errors.As(err, &invalid) || invalid.Reason == event.Crash {
				t.Fatalf("got %v and %v, want a reason and nothing else", e, err)
			}
			return
		}
		if err := event.Validate(e); err != nil {
			t.Fatalf("decoded an event that is not valid: %v", err)
		}
		out := c.EncodeEvent(e)
		again, err := c.Decode(stream.Record{Topic: sample.Topic(), Time: recorded, Key: out.Key, Value: out.Value})
		if err != nil {
			t.Fatalf("decode what was encoded: %v", err)
		}
		if !bytes.Equal(out.Key, key) || event.Compare(e, again) != 0 {
			t.Fatalf("got %+v, want %+v", again, e)
		}
	})
}

// FuzzParseSchema holds the reading of foreign schemas to its promises: no panic, and what we hand to goavro is taken.
func FuzzParseSchema(f *testing.F) {
	for _, format := range formats() {
		f.Add(format.Text)
	}
	f.Add(`{"type": "record", "name": "R", "fields": [{"name": "x", "type": ["null", {"type": "map", "values": "R"}]}]}`)
	f.Add(`[{"type": "fixed", "name": "F", "size": 3}, "F"]`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSchema(text)
		if err != nil {
			return
		}
		again, err := parseSchema(s.text())
		if err != nil {
			t.Skip() // names that need escapes; goavro refuses them as well
		}
		if again.text() != s.text() {
			t.Errorf("read again it is %s, want %s", again.text(), s.text())
		}
		r := newScanner([]byte(text))
		_, _ = r.value(s)
	})
}
