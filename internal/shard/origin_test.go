package shard_test

import (
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

func TestOriginRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := shard.OriginOf(stream.Record{
			Offset: rapid.Int64Min(0).Draw(t, "offset"), Time: event.Instant(rapid.Int64().Draw(t, "time")),
			Key: anyBytes(t, "key"), Value: anyBytes(t, "value"),
		})
		if got, err := shard.ParseOrigin(want.Encode()); err != nil || got != want {
			t.Fatalf("round trip: got %+v, %v; want %+v", got, err, want)
		}
	})
}

// TestOriginOf fixes the hash: it is kept for as long as the log, and versions that come later compare with it.
func TestOriginOf(t *testing.T) {
	got := shard.OriginOf(stream.Record{Offset: 7, Time: 1_767_225_600_000, Key: []byte("ann"), Value: []byte{1, 2, 3}}).Encode()
	if want := "7 1767225600000 30489aba13fc280dbefd3eaab3c850c6670ffed6982fdb6f7eaef96846d99ab3"; got != want {
		t.Errorf("origin: got %s, want %s", got, want)
	}
	split := func(key, value string) string {
		return shard.OriginOf(stream.Record{Key: []byte(key), Value: []byte(value)}).Hash
	}
	if split("ab", "c") == split("a", "bc") {
		t.Error("the same bytes, split otherwise into key and value: got one hash, want two")
	}
}

func TestParseOriginRefuses(t *testing.T) {
	hash := shard.OriginOf(stream.Record{}).Hash
	for name, text := range map[string]string{
		"nothing": "", "no hash": "1 2", "a short hash": "1 2 abcd", "no number": "x 2 " + hash, "no time": "1 x " + hash,
		"an offset below zero": "-1 2 " + hash, "no hex": "1 2 z" + hash[1:], "one part more": "1 2 " + hash + " 3",
	} {
		if got, err := shard.ParseOrigin(text); err == nil {
			t.Errorf("%s: got %+v, want an error", name, got)
		}
	}
}
