package shard_test

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

func anyOutput(t *rapid.T) shard.Output {
	o := shard.Output{
		ID: rapid.String().Draw(t, "id"), Topic: rapid.String().Draw(t, "topic"),
		Key: anyBytes(t, "key"), Value: anyBytes(t, "value"), Time: event.Instant(rapid.Int64().Draw(t, "time")),
	}
	for range rapid.IntRange(0, 4).Draw(t, "headers") {
		o.Headers = append(o.Headers, stream.Header{Key: rapid.String().Draw(t, "name"), Value: anyBytes(t, "header")})
	}
	return o
}

// anyBytes draws bytes. No bytes are nil, as in a decoded output.
func anyBytes(t *rapid.T, label string) []byte {
	if b := rapid.SliceOf(rapid.Byte()).Draw(t, label); len(b) > 0 {
		return b
	}
	return nil
}

func TestOutputRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := anyOutput(t)
		prefix := []byte("before")
		b := o.Append(prefix)
		if !bytes.HasPrefix(b, []byte("before")) {
			t.Fatalf("Append wrote over what was there: %q", b)
		}
		b = b[len(prefix):]
		got, err := shard.DecodeOutput(b)
		if err != nil || !reflect.DeepEqual(got, o) {
			t.Fatalf("round trip: got %+v, %v; want %+v", got, err, o)
		}
		for i := range b { // the result shares no memory with the bytes
			b[i] = 0xff
		}
		if !reflect.DeepEqual(got, o) {
			t.Errorf("after the bytes were overwritten: got %+v, want %+v", got, o)
		}
	})
}

func TestDecodeOutputRefusesWhatIsCutShort(t *testing.T) {
	whole := shard.Output{
		ID: "id", Topic: "t", Key: []byte("k"), Value: []byte("value"), Time: 1 << 40,
		Headers: []stream.Header{{Key: "a", Value: []byte("b")}, {Key: "c"}},
	}.Append(nil)
	for n := range whole {
		if o, err := shard.DecodeOutput(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes: got %+v, want an error", n, len(whole), o)
		}
	}
	if o, err := shard.DecodeOutput(append(whole, 0)); err == nil {
		t.Errorf("a byte too many: got %+v, want an error", o)
	}
	if o, err := shard.DecodeOutput([]byte{0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}); err == nil {
		t.Errorf("2^64-1 headers: got %+v, want an error", o)
	}
}

func FuzzDecodeOutput(f *testing.F) {
	f.Add(shard.Output{}.Append(nil))
	f.Add(shard.Output{ID: "id", Topic: "t", Value: []byte("v"), Headers: []stream.Header{{Key: "a"}}, Time: 7}.Append(nil))
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := shard.DecodeOutput(b)
		if err != nil {
			return
		}
		again, err := shard.DecodeOutput(o.Append(nil))
		if err != nil || !reflect.DeepEqual(again, o) {
			t.Errorf("its own encoding: got %+v, %v; want %+v", again, err, o)
		}
	})
}

func TestAuditIsIntact(t *testing.T) {
	counts := shard.Counts{Profiles: 3, Due: 2, Outbox: 1}
	for _, actual := range []shard.Counts{counts, {Profiles: 2, Due: 2, Outbox: 1}, {Profiles: 3, Due: 1, Outbox: 1}, {Profiles: 3, Due: 2}} {
		a := shard.Audit{Meta: shard.Meta{Counts: counts}, Actual: actual}
		if got, want := a.Intact(), actual == counts; got != want {
			t.Errorf("meta says %+v, the keys hold %+v: got intact %v, want %v", counts, actual, got, want)
		}
	}
}

func TestPartitionsOfAnIndex(t *testing.T) {
	got := shard.Partitions(4)
	if len(got) != 4 || got[2].String() != "customer.links.v1/4" || got[3].String() != "customer.purchases.v1/4" {
		t.Errorf("got %v, want partition 4 of the four input topics", got)
	}
}
