package avro

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkedin/goavro/v2"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// written is what a writer with a schema of its own makes of a record, by goavro as it comes.
func written(t *testing.T, schema string, native map[string]any) []byte {
	t.Helper()
	codec, err := goavro.NewCodec(schema)
	if err != nil {
		t.Fatalf("the writer's schema: %v", err)
	}
	b, err := codec.BinaryFromNative(nil, native)
	if err != nil {
		t.Fatalf("the writer's record: %v", err)
	}
	return b
}

func readAs(t *testing.T, schema string, b []byte) event.Event {
	t.Helper()
	r, err := newReader(schema)
	if err != nil {
		t.Fatalf("new reader: %v", err)
	}
	e, err := r.read(b)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return e
}

const stringsOnly = `
	{"name": "event_id", "type": "string"},
	{"name": "customer_id", "type": "string"},`

func TestAnOlderWriterKnowsFewerFields(t *testing.T) {
	schema := `{"type": "record", "name": "Purchase", "namespace": "tidemark.v1", "fields": [` + stringsOnly + `
		{"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
		{"name": "kind", "type": {"type": "enum", "name": "PurchaseKind", "symbols": ["ORDER", "REFUND"]}},
		{"name": "amount_minor", "type": "long"},
		{"name": "currency", "type": "string"}]}`
	got := readAs(t, schema, written(t, schema, map[string]any{
		"event_id": "e-1", "customer_id": "c-1", "occurred_at": noon.Time(), "kind": "REFUND", "amount_minor": 100, "currency": "EUR",
	}))
	want := &event.Purchase{
		Head: event.Head{ID: "e-1", Customer: "c-1", OccurredAt: noon}, Kind: event.Refund, Amount: event.Money{Minor: 100, Currency: "EUR"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestTheFirstPurchasesAreRead: messages under the first fixed id are kept for years. Its schema had no revised_at.
func TestTheFirstPurchasesAreRead(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := samplePurchase()
	want.RevisedAt = 0
	r := message(t, c, want)
	// The first version ended before revised_at, which is null here: a zero byte.
	r.Value = append(binary.BigEndian.AppendUint32([]byte{0}, 0x544d0101), r.Value[5:len(r.Value)-1]...)
	if got, err := c.Decode(r); err != nil || !reflect.DeepEqual(got, event.Event(want)) {
		t.Errorf("got %+v, error %v; want %+v", got, err, want)
	}
}

// A newer writer: other order, another namespace, more fields of every type, required where ours are optional and the
// other way round, wider and narrower numbers, bytes for strings, micros, more symbols, more fields in items.
func TestANewerWriterKnowsMore(t *testing.T) {
	schema := `{"type": "record", "name": "Purchase", "namespace": "tidemark.v2", "fields": [
		{"name": "extra_map", "type": {"type": "map", "values": {"type": "array", "items": "int"}}},
		{"name": "currency", "type": ["null", "bytes"], "default": null},
		{"name": "items", "type": {"type": "array", "items": ["null", {"type": "record", "name": "Line", "fields": [
			{"name": "amount_minor", "type": "int"},
			{"name": "gift", "type": "boolean"},
			{"name": "sku", "type": ["null", "string"]},
			{"name": "quantity", "type": "double"}]}]}},
		{"name": "amount_minor", "type": "double"},
		{"name": "kind", "type": ["null", {"type": "enum", "name": "Kind", "symbols": ["SUBSCRIPTION", "ORDER"]}]},
		{"name": "extra_record", "type": {"type": "record", "name": "Extra", "fields": [
			{"name": "fixed", "type": {"type": "fixed", "name": "Sixteen", "size": 16}},
			{"name": "when", "type": {"type": "int", "logicalType": "date"}},
			{"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}]}},
		{"name": "again", "type": ["null", "Extra"]},
		{"name": "occurred_at", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
		{"name": "margin_minor", "type": "int"},
		{"name": "discount_minor", "type": ["double", "null"]},
		{"name": "due_at", "type": {"type": "int", "logicalType": "date"}},
		{"name": "order_id", "type": "string"},
		{"name": "channel", "type": {"type": "enum", "name": "Channel", "symbols": ["web", "app"]}},
		{"name": "customer_id", "type": "bytes"},
		{"name": "event_id", "type": ["string", "null"]}]}`
	extra := map[string]any{"fixed": make([]byte, 16), "when": noon.Time(), "price": big.NewRat(1, 4)}
	b := written(t, schema, map[string]any{
		"extra_map":    map[string]any{"a": []any{1, 2, 3}},
		"currency":     map[string]any{"bytes": []byte("JPY")},
		"items":        []any{map[string]any{"tidemark.v2.Line": map[string]any{"amount_minor": 7, "gift": true, "sku": map[string]any{"string": "s"}, "quantity": 2.0}}},
		"amount_minor": 4250.0,
		"kind":         map[string]any{"tidemark.v2.Kind": "ORDER"},
		"extra_record": extra, "again": map[string]any{"tidemark.v2.Extra": extra},
		"occurred_at":    map[string]any{"long.timestamp-micros": noon.Time().Add(1999 * time.Microsecond)},
		"margin_minor":   12,
		"discount_minor": map[string]any{"double": 3.0},
		"due_at":         noon.Time(),
		"order_id":       "o-1", "channel": "app", "customer_id": []byte("c-1"), "event_id": map[string]any{"string": "e-1"},
	})
	got := readAs(t, schema, b)
	want := &event.Purchase{
		Head: event.Head{ID: "e-1", Customer: "c-1", OccurredAt: noon + 1}, Kind: event.Order, OrderID: "o-1",
		Amount: event.Money{Minor: 4250, Currency: "JPY"}, Margin: event.Minor(12), Discount: event.Minor(3),
		Items: []event.Item{{SKU: "s", Quantity: 2, AmountMinor: 7}}, Channel: "app", DueAt: noon - 12*60*60*1000,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for i := range b {
		b[i] = 0xff
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the event shares memory with its message: it became %+v", got)
	}
}

func TestANewerWritersSymbolsBecomeUnknown(t *testing.T) {
	schema := strings.NewReplacer(`"OTHER"`, `"OTHER", "TELEPATHY"`, `"SAVED"`, `"SAVED", "PENDING"`, `"values": "string"`, `"values": ["null", "bytes"]`).
		Replace(ourText(t, schemas.Interactions))
	native := map[string]any{
		"event_id": "e-2", "customer_id": "c-1", "occurred_at": noon.Time(), "kind": "LOGIN", "other_customer_id": nil, "name": nil,
		"channel": nil, "session_id": nil, "weight": nil, "cost_minor": nil, "alert_id": nil,
		"disposition": map[string]any{"tidemark.v1.Disposition": "PENDING"},
		"attributes":  map[string]any{"map": map[string]any{"map": map[string]any{"bytes": []byte("x")}, "none": nil}},
	}
	got := readAs(t, schema, written(t, schema, native)).(*event.Interaction)
	if got.Kind != event.Login || got.Disposition != event.UnknownDisposition {
		t.Errorf("got %s and disposition %s, want LOGIN and UNKNOWN", got.Kind, got.Disposition)
	}
	if want := map[string]string{"map": "x"}; !reflect.DeepEqual(got.Attributes, want) {
		t.Errorf("attributes %v, want %v: the null one left out", got.Attributes, want)
	}
	native["kind"] = "TELEPATHY"
	if got := readAs(t, schema, written(t, schema, native)).(*event.Interaction); got.Kind != event.UnknownInteraction {
		t.Errorf("got %s, want UNKNOWN", got.Kind)
	}
}

// A map that is not optional looks to goavro's reader like the value of a union when it has one entry.
func TestAMapIsNotTakenForAUnion(t *testing.T) {
	schema := `{"type": "record", "name": "Interaction", "fields": [` + stringsOnly + `
		{"name": "occurred_at", "type": "long"}, {"name": "kind", "type": "string"},
		{"name": "attributes", "type": {"type": "map", "values": "string"}}]}`
	got := readAs(t, schema, written(t, schema, map[string]any{
		"event_id": "e", "customer_id": "c", "occurred_at": 5, "kind": "LOGIN", "attributes": map[string]any{"string": "yes"},
	})).(*event.Interaction)
	if want := map[string]string{"string": "yes"}; !reflect.DeepEqual(got.Attributes, want) || got.OccurredAt != 5 || got.Kind != event.Login {
		t.Errorf("got %+v, want attributes %v, kind LOGIN from a string, and a plain long as milliseconds", got, want)
	}
}

func TestFeedbackWithoutAScale(t *testing.T) {
	schema := `{"type": "record", "name": "Feedback", "fields": [` + stringsOnly + `
		{"name": "occurred_at", "type": "long"}, {"name": "kind", "type": "string"},
		{"name": "score", "type": ["null", "int"]}, {"name": "scale_max", "type": ["null", "float"]}]}`
	for _, row := range []struct {
		name       string
		score, max any
		want       event.Feedback
	}{
		{"NPS is on 0–10 by definition", map[string]any{"int": 9}, nil, event.Feedback{Score: 9, Max: 10, Scored: true}},
		{"a scale that says where it ends begins at 0", map[string]any{"int": 3}, map[string]any{"float": 2.5}, event.Feedback{Score: 3, Max: 2.5, Scored: true}},
		{"a scale without an answer says nothing", nil, map[string]any{"float": 2.5}, event.Feedback{}},
	} {
		got := readAs(t, schema, written(t, schema, map[string]any{
			"event_id": "e", "customer_id": "c", "occurred_at": 5, "kind": "NPS", "score": row.score, "scale_max": row.max,
		})).(*event.Feedback)
		if got.Score != row.want.Score || got.Min != row.want.Min || got.Max != row.want.Max || got.Scored != row.want.Scored {
			t.Errorf("%s: got %+v, want %+v", row.name, got, row.want)
		}
	}
}

// TestOneFieldAtATime puts every other way of writing a field into the schema of a purchase.
func TestOneFieldAtATime(t *testing.T) {
	for _, row := range []struct {
		name, field, kind string
		native            any
		want              string // of the error, empty for none
	}{
		{"an int for a long", "amount_minor", `"int"`, 5, ""},
		{"a whole float", "amount_minor", `"float"`, 5.0, ""},
		{"half a cent", "amount_minor", `"double"`, 5.5, "amount_minor is not a whole number"},
		{"a double that has lost its last digits", "amount_minor", `"double"`, 1e17, "amount_minor is not a whole number"},
		{"a double that is no number", "amount_minor", `"double"`, math.NaN(), "amount_minor is not a whole number"},
		{"an amount as text", "amount_minor", `"string"`, "5", "amount_minor is not a number"},
		{"an amount as a decimal", "amount_minor", `{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}`, big.NewRat(5, 1), "amount_minor is not a number"},
		{"no amount", "amount_minor", `["null", "long"]`, nil, "amount_minor is null"},
		{"a number for an id", "event_id", `"long"`, 5, "event_id is not text"},
		{"a UUID as text", "event_id", `{"type": "string", "logicalType": "uuid"}`, "e", ""},
		{"a fixed for an id", "event_id", `{"type": "fixed", "name": "F", "size": 1}`, []byte("e"), "event_id is not text"},
		{"nanoseconds", "occurred_at", `{"type": "long", "logicalType": "timestamp-nanos"}`, int64(noon) * 1e6, ""},
		{"local milliseconds", "occurred_at", `{"type": "long", "logicalType": "local-timestamp-millis"}`, int64(noon), ""},
		{"a time of day", "occurred_at", `{"type": "long", "logicalType": "time-micros"}`, time.Hour, "occurred_at is a time-micros"},
		{"a time as text", "occurred_at", `"string"`, "2026-01-01", "occurred_at is not a number"},
		{"items that are a map", "items", `{"type": "map", "values": "string"}`, map[string]any{"a": "b"}, "items is not a list"},
		{"items that are texts", "items", `{"type": "array", "items": "string"}`, []any{"a"}, "items is not a list"},
		{"an item that is null", "items", `{"type": "array", "items": ["null", {"type": "record", "name": "I", "fields": [{"name": "quantity", "type": "int"}, {"name": "amount_minor", "type": "int"}]}]}`, []any{nil}, "items [0]: is not a record"},
		{"a second item of half a piece", "items", `{"type": "array", "items": {"type": "record", "name": "I", "fields": [{"name": "quantity", "type": "double"}, {"name": "amount_minor", "type": "int"}]}}`, []any{map[string]any{"quantity": 1.0, "amount_minor": 1}, map[string]any{"quantity": .5, "amount_minor": 1}}, ""},
		{"a second item of half a cent", "items", `{"type": "array", "items": {"type": "record", "name": "I", "fields": [{"name": "quantity", "type": "int"}, {"name": "amount_minor", "type": "double"}]}}`, []any{map[string]any{"quantity": 1, "amount_minor": 1.0}, map[string]any{"quantity": 1, "amount_minor": .5}}, "items [1]: amount_minor is not a whole number"},
	} {
		t.Run(row.name, func(t *testing.T) {
			kinds := map[string]string{
				"event_id": `"string"`, "customer_id": `"string"`, "occurred_at": `"long"`, "kind": `"string"`, "amount_minor": `"long"`, "currency": `"string"`,
			}
			native := map[string]any{
				"event_id": "e", "customer_id": "c", "occurred_at": int64(noon), "kind": "ORDER", "amount_minor": 5, "currency": "EUR",
			}
			kinds[row.field], native[row.field] = row.kind, row.native
			var fields []string
			for name, kind := range kinds {
				fields = append(fields, `{"name": "`+name+`", "type": `+kind+`}`)
			}
			schema := `{"type": "record", "name": "Purchase", "fields": [` + strings.Join(fields, ",") + `]}`
			r, err := newReader(schema)
			if err != nil {
				t.Fatal(err)
			}
			e, err := r.read(written(t, schema, native))
			if row.want != "" {
				if event.ReasonOf(err) != event.BadField || !strings.Contains(err.Error(), row.want) {
					t.Errorf("got %v, want %s: %s", err, event.BadField, row.want)
				}
				return
			}
			p, ok := e.(*event.Purchase)
			if err != nil || !ok || p.ID != "e" || p.Amount.Minor != 5 || p.OccurredAt != noon {
				t.Errorf("got %+v and %v, want e, 5 and %s", e, err, noon)
			}
		})
	}
}

func TestSchemasThatCannotBeRead(t *testing.T) {
	deep := strings.Repeat(`{"type": "array", "items": `, 40) + `"int"` + strings.Repeat("}", 40)
	with := func(fields string) string {
		return `{"type": "record", "name": "Purchase", "fields": [` + stringsOnly + `
			{"name": "occurred_at", "type": "long"}, {"name": "kind", "type": "string"},
			{"name": "amount_minor", "type": "long"}, {"name": "currency", "type": "string"}` + fields + `]}`
	}
	if _, err := newReader(with("")); err != nil {
		t.Fatalf("the schema that the others are made from: %v", err)
	}
	for _, row := range []struct{ name, schema, want string }{
		{"not JSON", `{`, "read schema"},
		{"protobuf", `syntax = "proto3";`, "read schema"},
		{"no type", `{"name": "Purchase"}`, "written as"},
		{"a primitive", `"string"`, "which is no event"},
		{"one of our outputs", ourText(t, schemas.TierChanges), "which is no event"},
		{"a type that is defined elsewhere", with(`, {"name": "x", "type": "com.acme.Address"}`), "not defined"},
		{"no customer", strings.Replace(with(""), `{"name": "customer_id", "type": "string"},`, "", 1), "lacks customer_id"},
		{"an item without its quantity", with(`, {"name": "items", "type": {"type": "array", "items": {"type": "record", "name": "I", "fields": [{"name": "sku", "type": "string"}]}}}`), "lacks quantity"},
		{"an array of nulls, any number in five bytes", with(`, {"name": "x", "type": {"type": "array", "items": "null"}}`), "take no bytes"},
		{"an array of empty records", with(`, {"name": "x", "type": {"type": "array", "items": {"type": "record", "name": "E", "fields": [{"name": "n", "type": "null"}]}}}`), "take no bytes"},
		{"an array of fixed of no size", with(`, {"name": "x", "type": {"type": "array", "items": {"type": "fixed", "name": "E", "size": 0}}}`), "take no bytes"},
		{"a record that contains itself", with(`, {"name": "x", "type": ["null", "Purchase"]}`), "contains itself"},
		{"an endless record", `{"type": "record", "name": "Purchase", "fields": [{"name": "x", "type": "Purchase"}]}`, "contains itself"},
		{"types nested too deep", with(`, {"name": "x", "type": ` + deep + `}`), "nested deeper"},
		{"a type that redefines a primitive", with(`, {"name": "x", "type": {"type": "enum", "name": "int", "symbols": ["A"]}}`), "name of a primitive"},
		{"a field twice", with(`, {"name": "kind", "type": "string"}`), "has it twice"},
		{"an enum without symbols", with(`, {"name": "x", "type": {"type": "enum", "name": "E", "symbols": []}}`), "no symbols"},
		{"a union of nothing", with(`, {"name": "x", "type": []}`), "no branches"},
		{"a fixed of half a byte", with(`, {"name": "x", "type": {"type": "fixed", "name": "E", "size": 0.5}}`), "size"},
		{"as long as a book", `"` + strings.Repeat("x", maxSchema) + `"`, "at most"},
	} {
		if _, err := newReader(row.schema); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.name, err, row.want)
		}
	}
}

// Records in records can be many without taking a byte: 2^20 here.
func TestRecordsOfNothingAreBounded(t *testing.T) {
	kind := `{"type": "record", "name": "R0", "fields": [{"name": "n", "type": "null"}]}`
	for i := range 20 {
		name := string(rune('A' + i))
		inner := "R0"
		if i > 0 {
			inner = string(rune('A' + i - 1))
		}
		kind = `{"type": "record", "name": "` + name + `", "fields": [{"name": "a", "type": ` + kind + `}, {"name": "b", "type": "` + inner + `"}]}`
	}
	schema := `{"type": "record", "name": "Purchase", "fields": [` + stringsOnly + `
		{"name": "occurred_at", "type": "long"}, {"name": "kind", "type": "string"},
		{"name": "amount_minor", "type": "long"}, {"name": "currency", "type": "string"}, {"name": "x", "type": ` + kind + `}]}`
	r, err := newReader(schema)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte{2, 'e', 2, 'c', 2, 10, 'O', 'R', 'D', 'E', 'R', 10, 6, 'E', 'U', 'R'}
	if _, err := r.read(b); event.ReasonOf(err) != event.Malformed || !strings.Contains(err.Error(), "values") {
		t.Errorf("got %v, want %s: too many values", err, event.Malformed)
	}
}

// TestEveryFieldIsRead holds the setters to the schemas: one for each field, and defaults that are zero values, since that
// is what a field that the writer lacks becomes.
func TestEveryFieldIsRead(t *testing.T) {
	check := func(record *schema, has func(string) bool) {
		for _, f := range record.fields {
			if !has(f.name) && f.name != "items" {
				t.Errorf("%s.%s is never read", record.name, f.name)
			}
		}
	}
	purchase := formats()[schemas.Purchases].record
	check(purchase, func(name string) bool { return purchaseSetters[name] != nil })
	check(purchase.field("items").of.element(), func(name string) bool { return itemSetters[name] != nil })
	check(formats()[schemas.Interactions].record, func(name string) bool { return interactionSetters[name] != nil })
	check(formats()[schemas.Feedbacks].record, func(name string) bool { return feedbackSetters[name] != nil })
	links := formats()[schemas.Links].record
	apart := []string{"event_id", "part", "erasure", "referral", "marks"} // not read, and read by plans of their own
	check(links, func(name string) bool { return linkSetters[name] != nil || slices.Contains(apart, name) })
	check(links.inside("part"), func(name string) bool { return linkPartSetters[name] != nil || slices.Contains(apart, name) })
	check(links.inside("part").inside("marks"), func(name string) bool { return linkMarkSetters[name] != nil })
	check(links.inside("erasure"), func(name string) bool { return linkErasureSetters[name] != nil })
	check(links.inside("referral"), func(name string) bool { return linkReferralSetters[name] != nil })

	for _, topic := range readable() {
		var root struct {
			Fields []struct {
				Name    string
				Default json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(ourText(t, string(topic))), &root); err != nil {
			t.Fatal(err)
		}
		for _, f := range root.Fields {
			if d := string(f.Default); d != "" && d != "null" && d != `""` {
				t.Errorf("%s: %s defaults to %s, want a zero value", topic, f.Name, d)
			}
		}
	}
}

func TestAliasesOfOursAreRead(t *testing.T) {
	ours, err := parseSchema(`{"type": "record", "name": "I", "fields": [
		{"name": "sku", "aliases": ["article", "part"], "type": "string"}, {"name": "quantity", "type": "long"}, {"name": "amount_minor", "type": "long"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := parseSchema(`{"type": "record", "name": "I", "fields": [
		{"name": "part", "type": "string"}, {"name": "quantity", "type": "long"}, {"name": "amount_minor", "type": "long"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	p, err := bind(writer, ours, itemSetters)
	if err != nil {
		t.Fatal(err)
	}
	var got event.Item
	if err := p.decode(&got, []byte{2, 's', 2, 4}); err != nil || got.SKU != "s" {
		t.Errorf("got %+v and %v, want the part as sku", got, err)
	}
}

// ourText is the text of our schema of a topic.
func ourText(t *testing.T, topic string) string {
	t.Helper()
	f, ok := formats()[topic]
	if !ok {
		t.Fatalf("no schema of %s", topic)
	}
	return f.Text
}
