package avro

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// An order of a business to business shop: 84 KB, thousands of items.
func TestLargeOrderIsTaken(t *testing.T) {
	c := newCodec(t, Options{})
	p := samplePurchase()
	p.Items = nil
	for i := range 5000 {
		p.Items = append(p.Items, event.Item{SKU: fmt.Sprintf("A-%05d", i), Category: "tools", Quantity: 12, AmountMinor: 1999})
	}
	r := message(t, c, p)
	if len(r.Value) < 84_000 {
		t.Fatalf("the order has %d bytes, want at least 84,000", len(r.Value))
	}
	got, err := c.Decode(r)
	if err != nil {
		t.Fatalf("an order of %d bytes: %v", len(r.Value), err)
	}
	if items := got.(*event.Purchase).Items; !slices.Equal(items, p.Items) {
		t.Errorf("%d items, want the %d that were sent", len(items), len(p.Items))
	}
}

// amplification bounds the memory that a decode allocates: so many times the length of the message, and constantBytes.
const amplification, constantBytes = 10, 256 << 10

// Whatever a message of the largest size claims, a decode allocates at most a multiple of the length of the message.
func TestHostileMessagesTakeBoundedMemory(t *testing.T) {
	c := newCodec(t, Options{})
	plain := samplePurchase()
	plain.Items, plain.Channel, plain.Session, plain.Referrer, plain.DueAt, plain.RevisedAt = nil, "", "", "", 0, 0
	order := message(t, c, plain)
	order.Value = order.Value[:len(order.Value)-fieldsFrom(t, schemas.Purchases, "items")]
	bare := sampleInteraction()
	bare.Attributes = nil
	touch := message(t, c, bare)
	touch.Value = touch.Value[:len(touch.Value)-fieldsFrom(t, schemas.Interactions, "attributes")]
	// filled is a message of at most DefaultMaxBytes that ends with one block of as many entries as there is room for.
	filled := func(r stream.Record, entry func(int) []byte) stream.Record {
		var entries []byte
		n := 0
		for room := DefaultMaxBytes - len(r.Value) - 16; ; n++ {
			next := entry(n)
			if len(entries)+len(next) > room {
				break
			}
			entries = append(entries, next...)
		}
		r.Value = slices.Concat(r.Value, []byte{2}, binary.AppendVarint(nil, int64(n)), entries, make([]byte, 5))
		return r
	}
	claims := func(r stream.Record, n int64) stream.Record {
		r.Value = slices.Concat(r.Value, []byte{2}, binary.AppendVarint(nil, n), make([]byte, DefaultMaxBytes/2))
		return r
	}
	text := func(s string) []byte { return append(binary.AppendVarint(nil, int64(len(s))), s...) }
	for _, row := range []struct {
		why    string
		record stream.Record
	}{
		{"items without content", filled(order, func(int) []byte { return make([]byte, 4) })},
		{"as many items as fit, each with a text", filled(order, func(i int) []byte { return slices.Concat(text("a"), text("abc"), []byte{2, 2}) })},
		{"items with long texts", filled(order, func(int) []byte { return slices.Concat(text(strings.Repeat("a", 200)), text("b"), []byte{2, 2}) })},
		{"as many attributes as fit", filled(touch, func(i int) []byte { return slices.Concat(text(fmt.Sprintf("%06d", i)), text("")) })},
		{"as many attributes as one map may have", func() stream.Record {
			r := touch
			r.Value = slices.Concat(r.Value, []byte{2}, binary.AppendVarint(nil, maxKeys))
			for i := range maxKeys {
				r.Value = slices.Concat(r.Value, text(fmt.Sprintf("%06d", i)), text(strings.Repeat("v", 500)))
			}
			r.Value = append(r.Value, make([]byte, 5)...)
			return r
		}()},
		{"attributes that are all the same", filled(touch, func(int) []byte { return []byte{0, 0} })},
		{"items that claim 2^31-1", claims(order, math.MaxInt32)},
		{"items that claim half their bytes", claims(order, DefaultMaxBytes/4)},
		{"attributes that claim 2^31-1", claims(touch, math.MaxInt32)},
		{"items in blocks of one", func() stream.Record {
			r := order
			r.Value = slices.Concat(r.Value, []byte{2}, bytes.Repeat([]byte{2, 0, 0, 0, 0}, DefaultMaxBytes/5-100))
			return r
		}()},
	} {
		got := allocated(func() { _, _ = c.Decode(row.record) })
		most := uint64(amplification*len(row.record.Value) + constantBytes)
		if got > most {
			t.Errorf("%s: %d bytes allocated for a message of %d, want at most %d", row.why, got, len(row.record.Value), most)
		}
		t.Logf("%-40s %8d bytes, %5.1f times as many allocated", row.why, len(row.record.Value), float64(got)/float64(len(row.record.Value)))
	}
}

// allocated is the number of bytes that do allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A record that came cut is too large, even if its beginning would be a good message.
func TestCutRecordIsTooLarge(t *testing.T) {
	c := newCodec(t, Options{})
	for _, cut := range []stream.Cut{{Key: 3, Value: 300 << 20}, {Unread: true}} {
		r := message(t, c, samplePurchase())
		r.Cut = &cut
		if _, err := c.Decode(r); event.ReasonOf(err) != event.TooLarge {
			t.Errorf("%+v: got %v, want %s", cut, err, event.TooLarge)
		}
	}
}
