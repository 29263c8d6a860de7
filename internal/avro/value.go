package avro

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"tidemark/internal/event"
)

// value is one Avro value, in the writer's type. It shares memory with the message. Its conversions accept what a writer of
// another version may have written: Avro's promotions (int to long to float to double, string and bytes either way), and floats
// without a fraction for integers, since a writer may widen a type before we do.
type value struct {
	*schema
	// n is an int, a long, a boolean (0 or 1), or the index of a symbol. x is a float or a double.
	n int64
	x float64
	// bytes is the content of a string or bytes, or the whole encoding of a record, an array or a map.
	bytes []byte
}

var (
	errNoText    = errors.New("is not text")
	errNoBytes   = errors.New("is not bytes")
	errNoBoolean = errors.New("is not a boolean")
	errNoNumber  = errors.New("is not a number")
	errNoWhole   = errors.New("is not a whole number of 64 bits")
	errNoList    = errors.New("is not a list")
	errNoMap     = errors.New("is not a map")
	errNoRecord  = errors.New("is not a record of the schema's type")
	errNull      = errors.New("is null")
)

// text sets a string to a copy of the bytes.
func (v value) text(to *string) error {
	switch v.kind {
	case "string", "bytes":
		*to = string(v.bytes)
	case "enum":
		*to = v.symbols[v.n]
	default:
		return errNoText
	}
	return nil
}

// whole sets an integer.
func (v value) whole(to *int64) error {
	switch v.kind {
	case "int", "long":
		*to = v.n
	case "float", "double":
		const exact = 1 << 53
		if v.x != math.Trunc(v.x) || math.Abs(v.x) > exact {
			return errNoWhole
		}
		*to = int64(v.x)
	default:
		return errNoNumber
	}
	return nil
}

// pieces sets a quantity: see event.Pieces. A writer that sells by weight has a float or a double for it.
func (v value) pieces(to *int64) error {
	switch v.kind {
	case "float", "double":
		*to = event.Pieces(v.x)
		return nil
	}
	return v.whole(to)
}

// number sets a float.
func (v value) number(to *float64) error {
	switch v.kind {
	case "int", "long":
		*to = float64(v.n)
	case "float", "double":
		*to = v.x
	default:
		return errNoNumber
	}
	return nil
}

// truth sets a boolean.
func (v value) truth(to *bool) error {
	if v.kind != "boolean" {
		return errNoBoolean
	}
	*to = v.n == 1
	return nil
}

// copied sets a copy of the bytes; nil for none.
func (v value) copied(to *[]byte) error {
	switch v.kind {
	case "string", "bytes":
		*to = bytes.Clone(v.bytes)
		if len(*to) == 0 {
			*to = nil
		}
		return nil
	}
	return errNoBytes
}

// minor sets an amount that is known.
func (v value) minor(to *event.OptionalMinor) error {
	to.Known = true
	return v.whole(&to.Minor)
}

// instant sets a time. The logical type gives the unit: timestamp-micros and timestamp-nanos, rounded down; date, 00:00 UTC;
// otherwise milliseconds. Local times count as UTC.
func (v value) instant(to *event.Instant) error {
	var n int64
	if err := v.whole(&n); err != nil {
		return err
	}
	const dayMillis = 24 * 60 * 60 * 1000
	switch v.logical {
	case "timestamp-micros", "local-timestamp-micros":
		n = floorDiv(n, 1e3)
	case "timestamp-nanos", "local-timestamp-nanos":
		n = floorDiv(n, 1e6)
	case "date": // an int: no overflow
		n *= dayMillis
	case "", "timestamp-millis", "local-timestamp-millis":
	default:
		return fmt.Errorf("is a %s, not a time", v.logical)
	}
	*to = event.Instant(n)
	return nil
}

// parsed sets a member of a closed set from its symbol. An unknown symbol gives the UNKNOWN of the set.
func parsed[T any](v value, to *T, parse func(string) T) error {
	var symbol string
	if err := v.text(&symbol); err != nil {
		return err
	}
	*to = parse(symbol)
	return nil
}

// list sets a list of texts; nil for none.
func (v value) list(to *[]string) error {
	if v.kind != "array" {
		return errNoList
	}
	r := again(v.bytes)
	for {
		n, err := r.block()
		if err != nil || n == 0 {
			return err
		}
		if *to == nil {
			*to = make([]string, 0, n) // the walk over v has found that many
		}
		for range n {
			each, err := r.value(v.of)
			if err != nil {
				return err
			}
			var text string
			if err := each.text(&text); err != nil {
				return err
			}
			*to = append(*to, text)
		}
	}
}

// texts sets a map from text to text, without the entries that are null.
func (v value) texts(to *map[string]string) error {
	if v.kind != "map" {
		return errNoMap
	}
	r := again(v.bytes)
	found := map[string]string{}
	for {
		n, err := r.block()
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		for range n {
			if err := r.entry(v.of, found); err != nil {
				return err
			}
		}
	}
	if len(found) > 0 {
		*to = found
	}
	return nil
}

// entry reads an entry of a map of texts into found, unless it is null.
func (r *scanner) entry(of *schema, found map[string]string) error {
	key, err := r.text()
	if err != nil {
		return err
	}
	v, err := r.value(of)
	if err != nil || v.kind == "null" {
		return err
	}
	var text string
	if err := v.text(&text); err != nil {
		return err
	}
	found[string(key)] = text
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
