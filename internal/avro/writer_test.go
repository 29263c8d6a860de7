package avro

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// drawWriter draws the schema of a writer of another version than ours: fields in another order, some of them missing, some
// of other types, some that we do not know.
func drawWriter(t *rapid.T) string {
	topic := rapid.SampledFrom(event.Topics()).Draw(t, "topic")
	d := drawing{T: t}
	return d.record(formats()[string(topic)].record, formats()[string(topic)].Record)
}

// drawing draws types. It counts the named ones, for their names.
type drawing struct {
	*rapid.T
	named int
}

func (d *drawing) often(what string) bool { return rapid.IntRange(0, 9).Draw(d.T, what) > 0 }

func (d *drawing) oneOf(kinds ...string) string { return rapid.SampledFrom(kinds).Draw(d.T, "kind") }

func (d *drawing) name() string {
	d.named++
	return fmt.Sprintf("N%d", d.named)
}

func (d *drawing) record(ours *schema, name string) string {
	var fields []string
	for _, f := range ours.fields {
		if f.defaulted && !d.often("field") {
			continue
		}
		kind := d.like(f.of)
		if rapid.IntRange(0, 40).Draw(d.T, "other") == 0 {
			kind = d.any(0) // a record in place of the items would be refused as a schema
		}
		fields = append(fields, fmt.Sprintf(`{"name": %q, "type": %s}`, f.name, kind))
	}
	for i := range rapid.IntRange(0, 3).Draw(d.T, "extras") {
		fields = append(fields, fmt.Sprintf(`{"name": "extra_%d", "type": %s}`, i, d.any(3)))
	}
	fields = rapid.Permutation(fields).Draw(d.T, "order")
	return fmt.Sprintf(`{"type": "record", "name": %q, "fields": [%s]}`, name, strings.Join(fields, ", "))
}

// like draws a type that may become what ours is.
func (d *drawing) like(ours *schema) string {
	inner := ours
	for _, branch := range ours.branches {
		if branch.kind != "null" {
			inner = branch
		}
	}
	var kind string
	switch {
	case inner.logical != "":
		kind = d.oneOf(`"long"`, `"long"`, `"double"`, `{"type": "int", "logicalType": "date"}`,
			`{"type": "long", "logicalType": "`+d.oneOf("timestamp-millis", "timestamp-micros", "timestamp-nanos", "local-timestamp-millis", "local-timestamp-micros")+`"}`)
	case inner.kind == "string":
		kind = d.oneOf(`"string"`, `"string"`, `"bytes"`, `{"type": "string", "logicalType": "uuid"}`, d.enum("web", "app"))
	case inner.kind == "enum":
		kind = d.oneOf(`"string"`, `"bytes"`, d.enum(append(rapid.Permutation(inner.symbols).Draw(d.T, "symbols"), "TELEPATHY")...))
	case inner.kind == "array":
		kind = `{"type": "array", "items": ` + d.maybe(d.record(inner.of, d.name())) + `}`
	case inner.kind == "map":
		kind = `{"type": "map", "values": ` + d.maybe(d.oneOf(`"string"`, `"bytes"`, d.enum("x", "y"))) + `}`
	default:
		kind = d.oneOf(`"int"`, `"long"`, `"float"`, `"double"`)
	}
	if ours.optional() {
		return d.maybe(kind)
	}
	return kind
}

func (d *drawing) maybe(kind string) string {
	return d.oneOf(kind, `["null", `+kind+`]`, `[`+kind+`, "null"]`, `["boolean", "null", `+kind+`]`)
}

func (d *drawing) enum(symbols ...string) string {
	return fmt.Sprintf(`{"type": "enum", "name": %q, "symbols": ["%s"]}`, d.name(), strings.Join(symbols, `", "`))
}

// any draws any type whose values take bytes.
func (d *drawing) any(depth int) string {
	simple := []string{`"boolean"`, `"int"`, `"long"`, `"float"`, `"double"`, `"string"`, `"bytes"`, `["null", "int"]`}
	if depth == 0 {
		return d.oneOf(simple...)
	}
	switch rapid.IntRange(0, 8).Draw(d.T, "type") {
	case 0:
		return `{"type": "array", "items": ` + d.any(depth-1) + `}`
	case 1, 2:
		return `{"type": "map", "values": ` + d.any(depth-1) + `}`
	case 3:
		return fmt.Sprintf(`{"type": "fixed", "name": %q, "size": %d}`, d.name(), rapid.IntRange(1, 9).Draw(d.T, "size"))
	case 4:
		return fmt.Sprintf(`{"type": "record", "name": %q, "fields": [{"name": "a", "type": %s}, {"name": "b", "type": %s}]}`, d.name(), d.any(depth-1), d.any(depth-1))
	case 5:
		return d.enum("a", "b")
	}
	return d.oneOf(simple...)
}

// drawValue appends a value of s, in any of the ways in which Avro lets it be written.
func drawValue(t *rapid.T, b []byte, s *schema) []byte {
	switch s.kind {
	case "boolean":
		return append(b, byte(rapid.IntRange(0, 40).Draw(t, "boolean")/20)) // two is none
	case "int":
		n := int64(rapid.OneOf(rapid.Int32Range(0, 20), rapid.Int32()).Draw(t, "int"))
		if rapid.IntRange(0, 49).Draw(t, "too wide") == 0 {
			n += 1 << 40
		}
		return binary.AppendVarint(b, n)
	case "long":
		return binary.AppendVarint(b, rapid.OneOf(rapid.Int64Range(0, 2e12), rapid.Int64()).Draw(t, "long"))
	case "float":
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(drawNumber(t))))
	case "double":
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(drawNumber(t)))
	case "bytes", "string":
		return drawText(t, b)
	case "fixed":
		return append(b, rapid.SliceOfN(rapid.Byte(), s.size, s.size).Draw(t, "fixed")...)
	case "enum":
		return binary.AppendVarint(b, int64(rapid.IntRange(0, len(s.symbols)-1).Draw(t, "symbol")))
	case "union":
		n := rapid.IntRange(0, len(s.branches)-1).Draw(t, "branch")
		if s.branches[n].kind == "boolean" && n == 0 && rapid.IntRange(0, 9).Draw(t, "again") > 0 {
			n = len(s.branches) - 1 // a boolean fits nothing of ours
		}
		return drawValue(t, binary.AppendVarint(b, int64(n)), s.branches[n])
	case "record":
		for _, f := range s.fields {
			b = drawValue(t, b, f.of)
		}
	case "array", "map":
		return drawBlocks(t, b, s)
	}
	return b
}

func drawBlocks(t *rapid.T, b []byte, s *schema) []byte {
	key := 0
	for range rapid.IntRange(0, 3).Draw(t, "blocks") {
		var block []byte
		n := rapid.IntRange(1, 3).Draw(t, "entries")
		for range n {
			if s.kind == "map" {
				key += rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}).Draw(t, "next") // 0: the same key again
				block = append(block, 2, byte('a'+key))
			}
			block = drawValue(t, block, s.of)
		}
		if rapid.Bool().Draw(t, "sized") {
			b = binary.AppendVarint(binary.AppendVarint(b, int64(-n)), int64(len(block)))
		} else {
			b = binary.AppendVarint(b, int64(n))
		}
		b = append(b, block...)
	}
	return append(b, 0)
}

func drawNumber(t *rapid.T) float64 {
	return rapid.OneOf(
		rapid.Map(rapid.Int64Range(-1<<54, 1<<54), func(n int64) float64 { return float64(n) }),
		rapid.Map(rapid.IntRange(1, 20), func(n int) float64 { return float64(n) }),
		rapid.SampledFrom([]float64{.5, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.MaxFloat64, 1 << 53, 1<<53 + 2}),
	).Draw(t, "number")
}

func drawText(t *rapid.T, b []byte) []byte {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "e-1", "ORDER", "NPS", "LOGIN", "SAVED", "DELIVERY", "EUR", "Zürich", "\xff", strings.Repeat("long ", 30)}),
		rapid.StringN(0, 10, -1),
	).Draw(t, "text")
	return append(binary.AppendVarint(b, int64(len(text))), text...)
}

// drawDamage does to a message what nobody should.
func drawDamage(t *rapid.T, b []byte) []byte {
	b = append([]byte(nil), b...)
	at := rapid.IntRange(0, len(b)).Draw(t, "at")
	switch rapid.IntRange(0, 5).Draw(t, "damage") {
	case 0:
		return b[:at]
	case 1:
		return append(b, rapid.SliceOfN(rapid.Byte(), 1, 3).Draw(t, "more")...)
	case 2:
		return append(b[:at], hugeBlock...)
	case 3:
		return append(b[:at], append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, b[at:]...)...)
	}
	for range rapid.IntRange(1, 3).Draw(t, "bytes") {
		if len(b) > 0 {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "place")] = rapid.Byte().Draw(t, "byte")
		}
	}
	return b
}

// evolved are writers that people may have: the versions of a schema over the years.
func evolved() []string {
	var list []string
	for _, topic := range event.Topics() {
		list = append(list, formats()[string(topic)].Text)
	}
	purchase := formats()[schemas.Purchases].Text
	interaction := formats()[schemas.Interactions].Text
	feedback := formats()[schemas.Feedbacks].Text
	for _, swap := range []struct {
		text string
		with []string
	}{
		{purchase, []string{`["null", "string"], "default": null`, `["string", "null"], "default": ""`, `["null", "long"], "default": null`, `["long", "null"], "default": 0`}},
		{purchase, []string{`"type": "long"`, `"type": "int"`, `["null", "long"]`, `["null", "int"]`}},
		{purchase, []string{`"type": "long"`, `"type": "float"`, `["null", "long"]`, `["null", "double"]`}},
		{purchase, []string{`"string"`, `"bytes"`}},
		{purchase, []string{`timestamp-millis`, `timestamp-micros`, `"ORDER", "REFUND"`, `"SUBSCRIPTION", "REFUND", "ORDER"`}},
		{purchase, []string{`{"name": "sku"`, `{"name": "gift", "type": {"type": "map", "values": "boolean"}}, {"name": "sku"`}},
		{purchase, []string{`{"name": "kind"`, `{"name": "trace", "type": ["null", {"type": "map", "values": {"type": "array", "items": "bytes"}}]}, {"name": "kind"`}},
		{purchase, []string{`"name": "channel"`, `"name": "shop"`, `"name": "margin_minor"`, `"name": "margin_cents"`, `"name": "items"`, `"name": "lines"`}},
		{interaction, []string{`"values": "string"`, `"values": ["null", "bytes", "int"]`, `["null", "int"]`, `["null", "double"]`}},
		{interaction, []string{`"SAVED"`, `"SAVED", "PENDING"`, `"UNKNOWN", "PAGE_VIEW"`, `"PAGE_VIEW", "DREAM"`, `timestamp-millis`, `timestamp-nanos`}},
		{interaction, []string{`["null", {"type": "map", "values": "string"}], "default": null`, `{"type": "map", "values": "string"}`}},
		{feedback, []string{`"double"`, `"float"`}},
		{feedback, []string{`["null", "double"]`, `["int", "double", "null", "boolean", "long"]`, `"default": null, "doc": "The `, `"doc": "The `}},
	} {
		list = append(list, strings.NewReplacer(swap.with...).Replace(swap.text))
	}
	return list
}
