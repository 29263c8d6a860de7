package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

func TestDecodeGivesBackWhatWasEncoded(t *testing.T) {
	c := newCodec(t, Options{})
	for _, want := range []event.Event{samplePurchase(), sampleInteraction(), sampleFeedback()} {
		r := message(t, c, want)
		got, err := c.Decode(r)
		if err != nil {
			t.Fatalf("%T: %v", want, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		for i := range r.Value {
			r.Value[i] = 0xff
		}
		for i := range r.Key {
			r.Key[i] = 0xff
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%T shares memory with its message: it became %+v", want, got)
		}
	}
}

// frameOf is the frame of a topic's messages: a zero byte and the fixed id of the current schema.
func frameOf(topic string) []byte {
	return binary.BigEndian.AppendUint32([]byte{0}, formats()[topic].ID)
}

func TestEncodeEventAddressesTheMessage(t *testing.T) {
	out := newCodec(t, Options{}).EncodeEvent(samplePurchase())
	if out.ID != "e-1" || out.Topic != schemas.Purchases || string(out.Key) != "c-1" || out.Time != noon {
		t.Errorf("got id %s topic %s key %s time %s, want e-1 %s c-1 %s", out.ID, out.Topic, out.Key, out.Time, schemas.Purchases, noon)
	}
	if want := frameOf(schemas.Purchases); !bytes.HasPrefix(out.Value, want) {
		t.Errorf("value begins with % x, want the frame % x", out.Value[:5], want)
	}
}

func TestRoundTrip(t *testing.T) {
	c := newCodec(t, Options{})
	rapid.Check(t, func(t *rapid.T) {
		want := drawEvent(t)
		h := want.Common()
		out := c.EncodeEvent(want)
		got, err := c.Decode(stream.Record{Topic: event.Topic(out.Topic), Time: h.RecordedAt, Key: out.Key, Value: out.Value})
		if err != nil {
			t.Fatalf("decode %+v: %v", want, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// drawEvent draws a valid event.
func drawEvent(t *rapid.T) event.Event {
	id := rapid.StringMatching(`[a-zäß日0-9 -]{1,20}`)
	text := rapid.OneOf(rapid.Just(""), id)
	amount := rapid.Int64Range(0, event.MaxMinor)
	signed := rapid.Custom(func(t *rapid.T) event.OptionalMinor {
		if rapid.Bool().Draw(t, "known") {
			return event.Minor(rapid.Int64Range(-event.MaxMinor, event.MaxMinor).Draw(t, "minor"))
		}
		return event.OptionalMinor{}
	})
	at := event.Instant(rapid.Int64Range(0, int64(noon)).Draw(t, "at"))
	head := event.Head{ID: id.Draw(t, "id"), Customer: id.Draw(t, "customer"), OccurredAt: at, RecordedAt: at + 1}
	switch rapid.IntRange(0, 2).Draw(t, "type") {
	case 0:
		p := &event.Purchase{
			Head: head, Kind: event.PurchaseKind(rapid.IntRange(1, event.PurchaseKinds-1).Draw(t, "kind")),
			OrderID: id.Draw(t, "order"),
			Amount:  event.Money{Minor: amount.Draw(t, "amount"), Currency: rapid.SampledFrom([]event.Currency{"EUR", "JPY", "KWD"}).Draw(t, "currency")},
			Margin:  signed.Draw(t, "margin"), Discount: signed.Draw(t, "discount"), ServiceCost: signed.Draw(t, "service"),
			AcquisitionCost: signed.Draw(t, "acquisition"), Channel: text.Draw(t, "channel"), Session: text.Draw(t, "session"),
			Referrer: text.Draw(t, "referrer"), DueAt: event.Instant(rapid.Int64Range(0, math.MaxInt32).Draw(t, "due")),
			RevisedAt: event.Instant(rapid.Int64Range(0, 1).Draw(t, "revised")) * at,
		}
		for range rapid.IntRange(0, 5).Draw(t, "items") {
			p.Items = append(p.Items, event.Item{
				SKU: text.Draw(t, "sku"), Category: text.Draw(t, "category"), Quantity: amount.Draw(t, "quantity"), AmountMinor: amount.Draw(t, "line"),
			})
		}
		return p
	case 1:
		i := &event.Interaction{
			Head: head, Kind: event.InteractionKind(rapid.IntRange(1, event.InteractionKinds-1).Draw(t, "kind")),
			OtherCustomer: id.Draw(t, "other"), Name: text.Draw(t, "name"), Channel: text.Draw(t, "channel"), Session: text.Draw(t, "session"),
			Weight: rapid.Int32Range(0, 1000).Draw(t, "weight"), Alert: text.Draw(t, "alert"),
			Disposition: event.Disposition(rapid.IntRange(0, event.Dispositions-1).Draw(t, "disposition")),
		}
		if rapid.Bool().Draw(t, "cost known") {
			i.Cost = event.Minor(amount.Draw(t, "cost"))
		}
		if attributes := rapid.MapOfN(text, text, 0, 4).Draw(t, "attributes"); len(attributes) > 0 {
			i.Attributes = attributes
		}
		return i
	}
	f := &event.Feedback{
		Head: head, Kind: event.FeedbackKind(rapid.IntRange(1, event.FeedbackKinds-1).Draw(t, "kind")),
		About: event.Subject(rapid.IntRange(0, event.Subjects-1).Draw(t, "about")), OrderID: text.Draw(t, "order"),
	}
	if f.Kind == event.NPS {
		f.Scored, f.Max, f.Score = true, 10, float64(rapid.IntRange(0, 10).Draw(t, "nps"))
	} else if f.Kind == event.CSAT || f.Kind == event.Review || rapid.Bool().Draw(t, "scored") {
		f.Scored, f.Min = true, rapid.Float64Range(-5, 5).Draw(t, "min")
		f.Max = f.Min + rapid.Float64Range(1, 100).Draw(t, "span")
		f.Score = rapid.Float64Range(f.Min, f.Max).Draw(t, "score")
	}
	return f
}

// fieldsFrom is the number of fields in the current schema of a topic, from one field to the last.
func fieldsFrom(t *testing.T, topic, name string) int {
	t.Helper()
	record := formats()[topic].record
	i := record.place(name, nil)
	if i < 0 {
		t.Fatalf("%s has no field %s", topic, name)
	}
	return len(record.fields) - i
}

// hugeBlock is the count of a block of 2^31-1 entries, in five bytes.
var hugeBlock = binary.AppendVarint(nil, math.MaxInt32)

func TestBadInput(t *testing.T) {
	c := newCodec(t, Options{})
	purchase := func(change func(*event.Purchase)) stream.Record {
		p := samplePurchase()
		change(p)
		return message(t, c, p)
	}
	interaction := func(change func(*event.Interaction)) stream.Record {
		i := sampleInteraction()
		change(i)
		return message(t, c, i)
	}
	feedback := func(change func(*event.Feedback)) stream.Record {
		f := sampleFeedback()
		change(f)
		return message(t, c, f)
	}
	good := func(change func(*stream.Record)) stream.Record {
		r := message(t, c, samplePurchase())
		change(&r)
		return r
	}
	// The purchase without items, cut where their union begins. Each field from there on is a zero byte.
	plain := samplePurchase()
	plain.Items, plain.Channel, plain.Session, plain.Referrer, plain.DueAt, plain.RevisedAt = nil, "", "", "", 0, 0
	head := message(t, c, plain).Value
	head = head[:len(head)-fieldsFrom(t, schemas.Purchases, "items")]
	// The interaction without attributes, cut likewise.
	bare := sampleInteraction()
	bare.Attributes = nil
	touch := message(t, c, bare).Value
	fromAttributes := fieldsFrom(t, schemas.Interactions, "attributes")
	touch = touch[:len(touch)-fromAttributes]

	for _, row := range []struct {
		name   string
		record stream.Record
		want   event.Reason
		detail string // in the error, where other bytes could be refused for the same reason
	}{
		{"no value, a tombstone", good(func(r *stream.Record) { r.Value = nil }), event.Empty, ""},
		{"a value of no bytes", good(func(r *stream.Record) { r.Value = []byte{} }), event.Empty, ""},
		{"longer than the limit", good(func(r *stream.Record) { r.Value = append(r.Value, make([]byte, DefaultMaxBytes)...) }), event.TooLarge, ""},
		{"JSON instead of Avro", good(func(r *stream.Record) { r.Value = []byte(`{"event_id":"e-1"}`) }), event.BadFraming, ""},
		{"wrong magic byte", good(func(r *stream.Record) { r.Value[0] = 7 }), event.BadFraming, ""},
		{"a GUID in the value, where nobody writes it", good(func(r *stream.Record) { r.Value[0] = 1 }), event.BadFraming, ""},
		{"a frame without an id", good(func(r *stream.Record) { r.Value = r.Value[:4] }), event.BadFraming, ""},
		{"a header that names no schema", good(func(r *stream.Record) { r.Headers = []stream.Header{{Key: schemaHeader, Value: []byte{1, 2}}} }), event.BadFraming, ""},
		{"an id that nobody knows", good(func(r *stream.Record) { r.Value[1] = 0 }), event.UnknownSchema, ""},
		{"the schema of an output", good(func(r *stream.Record) { r.Value[3] = 4 }), event.UnknownSchema, ""},
		{"an interaction among the purchases", good(func(r *stream.Record) { r.Value = message(t, c, sampleInteraction()).Value }), event.UnknownSchema, ""},
		{"nothing after the frame", good(func(r *stream.Record) { r.Value = r.Value[:5] }), event.Malformed, ""},
		{"the last byte missing", good(func(r *stream.Record) { r.Value = r.Value[:len(r.Value)-1] }), event.Malformed, ""},
		{"a byte too many", good(func(r *stream.Record) { r.Value = append(r.Value, 0) }), event.TrailingBytes, ""},
		{"a string of negative length", good(func(r *stream.Record) { r.Value[5] = 1 }), event.Malformed, ""},
		{"a string longer than the message", good(func(r *stream.Record) { r.Value = slices.Concat(r.Value[:5], hugeBlock) }), event.Malformed, ""},
		{"a number that never ends", good(func(r *stream.Record) { r.Value = append(r.Value[:5], bytes.Repeat([]byte{0xff}, 12)...) }), event.Malformed, ""},
		{"items that claim 2^31-1", good(func(r *stream.Record) { r.Value = slices.Concat(head, []byte{2}, hugeBlock) }), event.Malformed, "more than 2000 items"},
		{"items that claim -2^31+1 with a size", good(func(r *stream.Record) {
			r.Value = slices.Concat(head, []byte{2}, binary.AppendVarint(nil, -math.MaxInt32), []byte{8})
		}), event.Malformed, "more than 2000 items"},
		{"items that claim -2^63", good(func(r *stream.Record) {
			r.Value = slices.Concat(head, []byte{2}, binary.AppendVarint(nil, math.MinInt64), []byte{8})
		}), event.Malformed, "more than 2000 items"},
		{"items in many small blocks", good(func(r *stream.Record) {
			block := append(binary.AppendVarint(nil, 100), bytes.Repeat([]byte{0, 0, 0, 0}, 100)...)
			r.Value = slices.Concat(head, []byte{2}, bytes.Repeat(block, 100), []byte{0, 0, 0, 0, 0})
		}), event.Malformed, "more than 5029 items"},
		{"attributes that claim 2^31-1", func() stream.Record {
			r := message(t, c, sampleInteraction())
			r.Value = slices.Concat(touch, []byte{2}, hugeBlock)
			return r
		}(), event.Malformed, "more than 2000 items"},
		{"an attribute twice", func() stream.Record {
			r := message(t, c, sampleInteraction())
			r.Value = slices.Concat(touch, []byte{2, 4, 2, 'a', 2, 'b', 2, 'a', 2, 'c', 0}, make([]byte, fromAttributes-1))
			return r
		}(), event.Malformed, "duplicate key"},
		{"more items than an event holds", purchase(func(p *event.Purchase) { p.Items = slices.Repeat([]event.Item{{SKU: "article"}}, event.MaxItems+1) }), event.BadField, ""},
		{"no event id", purchase(func(p *event.Purchase) { p.ID = "" }), event.BadID, ""},
		{"no customer", purchase(func(p *event.Purchase) { p.Customer = "" }), event.BadID, ""},
		{"an id of 129 bytes", purchase(func(p *event.Purchase) { p.ID = strings.Repeat("x", 129) }), event.BadID, ""},
		{"an id with a line break", purchase(func(p *event.Purchase) { p.ID = "e\n1" }), event.BadID, ""},
		{"an id that is not UTF-8", purchase(func(p *event.Purchase) { p.ID = "e\xff" }), event.BadID, ""},
		{"an order without its id", purchase(func(p *event.Purchase) { p.OrderID = "" }), event.BadID, ""},
		{"a channel that is not UTF-8", purchase(func(p *event.Purchase) { p.Channel = "\xc3\x28" }), event.BadField, ""},
		{"a kind of its own UNKNOWN", purchase(func(p *event.Purchase) { p.Kind = event.UnknownPurchase }), event.BadField, ""},
		{"a negative amount", purchase(func(p *event.Purchase) { p.Amount.Minor = -1 }), event.BadField, ""},
		{"an amount beyond reason", purchase(func(p *event.Purchase) { p.Amount.Minor = event.MaxMinor + 1 }), event.BadField, ""},
		{"an unknown currency", purchase(func(p *event.Purchase) { p.Amount.Currency = "XXX" }), event.UnknownCurrency, ""},
		{"a currency in lower case", purchase(func(p *event.Purchase) { p.Amount.Currency = "eur" }), event.UnknownCurrency, ""},
		{"occurred after it was recorded", purchase(func(p *event.Purchase) { p.OccurredAt = recorded + 300_001 }), event.FromTheFuture, ""},
		{"occurred in the year 292278994", purchase(func(p *event.Purchase) { p.OccurredAt = math.MaxInt64 }), event.FromTheFuture, ""},
		{"occurred before 1970", purchase(func(p *event.Purchase) { p.OccurredAt = -1 }), event.TooOld, ""},
		{"a weight below nothing", interaction(func(i *event.Interaction) { i.Weight = -1 }), event.BadField, ""},
		{"an attribute that is not UTF-8", interaction(func(i *event.Interaction) { i.Attributes["region"] = "\xff" }), event.BadField, ""},
		{"a score that is no number", feedback(func(f *event.Feedback) { f.Score = math.NaN() }), event.BadField, ""},
		{"an infinite scale", feedback(func(f *event.Feedback) { f.Max = math.Inf(1) }), event.BadField, ""},
		{"a score off its scale", feedback(func(f *event.Feedback) { f.Score = 6 }), event.BadField, ""},
		{"NPS on 1 to 5", feedback(func(f *event.Feedback) { f.Kind = event.NPS }), event.BadField, ""},
		{"CSAT without an answer", feedback(func(f *event.Feedback) { f.Scored = false }), event.BadField, ""},
		{"no key: the partition says nothing of the customer", good(func(r *stream.Record) { r.Key = nil }), event.BadKey, ""},
		{"the key of somebody else", good(func(r *stream.Record) { r.Key = []byte("c-2") }), event.BadKey, ""},
		{"a key that is framed too", good(func(r *stream.Record) { r.Key = append([]byte{0, 0, 0, 0, 1, 6}, "c-1"...) }), event.BadKey, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := c.Decode(row.record)
			var invalid *event.Invalid
			if !errors.As(err, &invalid) || got != nil {
				t.Fatalf("got %+v and %v, want nothing and %s", got, err, row.want)
			}
			if invalid.Reason != row.want || !strings.Contains(invalid.Detail, row.detail) {
				t.Errorf("got %v, want %s with %q", err, row.want, row.detail)
			}
			if _, err := c.Decode(message(t, c, samplePurchase())); err != nil {
				t.Errorf("the good event after it: %v", err)
			}
		})
	}
}

// What a newer writer adds is walked over, and never copied.
func TestWhatIsSkippedCostsNoMemory(t *testing.T) {
	f := sampleFeedback()
	record := feedbackRecord(f)
	record["note"] = "a text of more than a few bytes"
	record["tags"] = map[string]any{"a": []any{"b", "c"}, "d": []any{"a text of more than a few bytes"}}
	writer, err := parseSchema(strings.Replace(ourText(t, schemas.Feedbacks), `{"name": "kind"`, `{"name": "note", "type": "string"},
		{"name": "tags", "type": {"type": "map", "values": {"type": "array", "items": "string"}}}, {"name": "kind"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReader(writer.text())
	if err != nil {
		t.Fatal(err)
	}
	b := written(t, writer.text(), record)
	if got, err := r.read(b); err != nil || got.Common().ID != f.ID {
		t.Fatalf("got %+v and %v, want %s", got, err, f.ID)
	}
	const want = 4 // the event, event_id, customer_id, order_id
	if got := testing.AllocsPerRun(100, func() { _, _ = r.read(b) }); got > want {
		t.Errorf("%g allocations, want at most %d", got, want)
	}
}

// What is not kept costs no memory: there is the event, and each text in it.
func TestDecodeAllocatesWhatItKeeps(t *testing.T) {
	c := newCodec(t, Options{})
	bare := samplePurchase()
	bare.Items = nil
	for _, row := range []struct {
		event event.Event
		want  float64
	}{
		{bare, 8},                        // event_id customer_id order_id currency channel session_id referrer_id
		{samplePurchase(), 8 + 1 + 2},    // a slice, a sku and a category
		{sampleInteraction(), 7 + 2 + 4}, // a map with its table, two keys and two texts
		{sampleFeedback(), 4},
	} {
		r := message(t, c, row.event)
		got := testing.AllocsPerRun(100, func() {
			if _, err := c.Decode(r); err != nil {
				t.Error(err)
			}
		})
		if got > row.want {
			t.Errorf("%T: %g allocations, want at most %g", row.event, got, row.want)
		}
	}
}

// TestWhatLooksLikeAMarkerIsRefused: a fetch leaves out the markers of transactions, so a record of their form is one that a producer has
// written. It is refused, and does not vanish.
func TestWhatLooksLikeAMarkerIsRefused(t *testing.T) {
	c := newCodec(t, Options{})
	for _, row := range []struct {
		name string
		key  []byte
		want event.Reason
	}{
		{"commit", []byte{0, 0, 0, 1}, event.UnknownSchema},
		{"abort", []byte{0, 0, 0, 0}, event.UnknownSchema},
		{"a control record of a later kind", []byte{0, 0, 0, 2}, event.UnknownSchema},
		{"a short frame under a customer of four bytes", []byte("c-01"), event.UnknownSchema},
	} {
		got, err := c.Decode(stream.Record{Topic: event.Purchases, Time: recorded, Key: row.key, Value: []byte{0, 0, 0, 0, 0, 9}})
		if got != nil || event.ReasonOf(err) != row.want {
			t.Errorf("%s: got %v and %v, want %s", row.name, got, err, row.want)
		}
	}
}

func TestLargerMessagesOnDemand(t *testing.T) {
	p := samplePurchase()
	for range 900 {
		p.Items = append(p.Items, event.Item{SKU: strings.Repeat("s", 200), Quantity: 1})
	}
	small, large := newCodec(t, Options{MaxBytes: 64 << 10}), newCodec(t, Options{})
	r := message(t, small, p)
	if _, err := small.Decode(r); event.ReasonOf(err) != event.TooLarge {
		t.Errorf("%d bytes with a limit of 64 KiB: got %v, want %s", len(r.Value), err, event.TooLarge)
	}
	if _, err := large.Decode(r); err != nil {
		t.Errorf("%d bytes by default: %v", len(r.Value), err)
	}
	if _, err := New(Options{MaxBytes: -1}); err == nil {
		t.Error("a negative limit was taken")
	}
}

func TestNPSHasItsScale(t *testing.T) {
	c := newCodec(t, Options{})
	f := sampleFeedback()
	f.Kind, f.Score, f.Min, f.Max = event.NPS, 9, 0, 0 // encodes a scale of 0 to 0; null is tried with the older schemas
	got, err := c.Decode(message(t, c, f))
	if err != nil {
		t.Fatal(err)
	}
	if got := got.(*event.Feedback); got.Min != 0 || got.Max != 10 || got.Share() != .9 {
		t.Errorf("got scale %g–%g and share %g, want 0–10 and 0.9", got.Min, got.Max, got.Share())
	}
}

func TestAPanicIsTheMessagesFault(t *testing.T) {
	c := newCodec(t, Options{})
	c.fixed[7] = reader{event.Purchases, func([]byte) (event.Event, error) { panic("index out of range") }}
	got, err := c.Decode(reframed(message(t, c, samplePurchase()), 7))
	if got != nil || event.ReasonOf(err) != event.Crash {
		t.Errorf("got %v and %v, want %s", got, err, event.Crash)
	}
}

func TestAGUIDNeedsARegistry(t *testing.T) {
	c := newCodec(t, Options{})
	r := message(t, c, samplePurchase())
	r.Value = r.Value[5:]
	r.Headers = []stream.Header{{Key: schemaHeader, Value: append([]byte{1}, make([]byte, 16)...)}}
	if _, err := c.Decode(r); event.ReasonOf(err) != event.UnknownSchema || !strings.Contains(err.Error(), "00000000-0000-0000-0000-000000000000") {
		t.Errorf("got %v, want %s that names the GUID", err, event.UnknownSchema)
	}
	r.Headers[0].Value = frameOf(schemas.Purchases)
	if _, err := c.Decode(r); err != nil {
		t.Errorf("our fixed id in the header: %v", err)
	}
}
