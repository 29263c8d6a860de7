package avro

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/event"
)

// value is one Avro value as its writer wrote it. It shares memory with the message. The conversions take whatever a writer
// of another version may have written: Avro's own promotions (int to long to float to double, string and bytes either
// way), and beyond them whole floats for integers, since a writer may widen a type before we do.
type value struct {
	*schema
	// n is an int, a long, a boolean as 0 or 1, or the place of an enum's symbol; x is a float or a double.
	n int64
	x float64
	// bytes are those of a string or bytes; of an array or a map all that it is written with.
	bytes []byte
}

var (
	errNoText   = errors.New("is not text")
	errNoNumber = errors.New("is not a number")
	errNoWhole  = errors.New("is not a whole number of 64 bits")
	errNoList   = errors.New("is not a list")
	errNoMap    = errors.New("is not a map")
	errNoRecord = errors.New("is not a record of the schema's type")
	errNull     = errors.New("is null")
)

// text sets a string. The bytes of the message are copied.
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

// minor sets an amount that may be unknown.
func (v value) minor(to *event.OptionalMinor) error {
	to.Known = true
	return v.whole(&to.Minor)
}

// instant sets a time. The unit is that of the logical type, rounded down: timestamp-micros, timestamp-nanos (also their
// local- forms, taken as UTC), date (00:00 UTC); without a logical type it is milliseconds.
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

// parsed sets a member of a closed set from its symbol. A symbol that we do not know is the set's UNKNOWN.
func parsed[T any](v value, to *T, parse func(string) T) error {
	var symbol string
	if err := v.text(&symbol); err != nil {
		return err
	}
	*to = parse(symbol)
	return nil
}

// texts sets a map from text to text. Entries that are null are left out.
func (v value) texts(to *map[string]string) error {
	if v.kind != "map" {
		return errNoMap
	}
	r := scanner{b: v.bytes}
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

// entry reads an entry of a map of texts, and adds it unless it is null.
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
