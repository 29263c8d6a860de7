package avro

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/event"
)

// value is what goavro made of one Avro value, with the type that its writer gave it. The conversions take whatever a
// writer of another version may have written: Avro's own promotions (int to long to float to double, string and bytes
// either way), and beyond them whole floats for integers, since a writer may widen a type before we do.
type value struct {
	*schema
	native any
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

// open returns the value inside a union; native is nil where it is null.
func (v value) open() value {
	if v.kind != "union" {
		return v
	}
	branch, ok := v.native.(map[string]any)
	if !ok {
		return value{v.schema, nil}
	}
	for _, s := range v.branches {
		if native, ok := branch[s.name]; ok {
			return value{s, native}
		}
	}
	return value{v.schema, nil}
}

// text sets a string. The bytes of the message are copied.
func (v value) text(to *string) error {
	switch native := v.native.(type) {
	case string: // of a string or an enum
		*to = native
		return nil
	case []byte:
		if v.kind == "bytes" {
			*to = string(native)
			return nil
		}
	}
	return errNoText
}

// whole sets an integer.
func (v value) whole(to *int64) error {
	switch native := v.native.(type) {
	case int64:
		*to = native
		return nil
	case int32:
		*to = int64(native)
		return nil
	case float32, float64:
		var x float64
		if err := v.number(&x); err != nil {
			return err
		}
		const exact = 1 << 53
		if x == math.Trunc(x) && math.Abs(x) <= exact {
			*to = int64(x)
			return nil
		}
		return errNoWhole
	}
	return errNoNumber
}

// number sets a float.
func (v value) number(to *float64) error {
	switch native := v.native.(type) {
	case float64:
		*to = native
	case float32:
		*to = float64(native)
	case int64:
		*to = float64(native)
	case int32:
		*to = float64(native)
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
	entries, ok := v.native.(map[string]any)
	if !ok || v.kind != "map" {
		return errNoMap
	}
	found := make(map[string]string, len(entries))
	for key, native := range entries {
		entry := value{v.of, native}.open()
		if entry.native == nil {
			continue
		}
		var text string
		if err := entry.text(&text); err != nil {
			return err
		}
		found[key] = text
	}
	if len(found) > 0 {
		*to = found
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
