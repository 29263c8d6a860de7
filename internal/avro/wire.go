package avro

import (
	"encoding/binary"
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// wire writes binary Avro. It describes each record once, field by field in the order of the schema: ids, messages and JSON all
// come from these bytes. Tests compare the bytes with what goavro writes of the same record. goavro itself encodes maps, at
// several times the cost.
type wire struct {
	b []byte
	// err is the first number that was not finite.
	err error
	// version asks for the record as that version of its schema has it, which is only for ids; 0 asks for the current one.
	version int
}

// has reports whether the record has what a version has added.
func (w *wire) has(version int) bool { return w.version == 0 || w.version >= version }

// int appends an int, a long, or the index of a symbol.
func (w *wire) int(n int64) { w.b = binary.AppendVarint(w.b, n) }

func (w *wire) bool(x bool) {
	if x {
		w.b = append(w.b, 1)
		return
	}
	w.b = append(w.b, 0)
}

// some appends the choice of a union of null and one type. It returns known.
func (w *wire) some(known bool) bool {
	w.bool(known)
	if known {
		w.b[len(w.b)-1] = 2 // branch 1, as a varint
	}
	return known
}

func (w *wire) text(s string) {
	w.int(int64(len(s)))
	w.b = append(w.b, s...)
}

func (w *wire) maybeText(s string) {
	if w.some(s != "") {
		w.text(s)
	}
}

func (w *wire) maybeTexts(list []string) {
	if w.some(list != nil) {
		w.list(len(list), func(i int) { w.text(list[i]) })
	}
}

// list appends an array or a map, in one block.
func (w *wire) list(n int, item func(i int)) {
	if n > 0 {
		w.int(int64(n))
	}
	for i := range n {
		item(i)
	}
	w.int(0)
}

// maybeInt appends an int, a long or the index of a symbol; null unless known.
func (w *wire) maybeInt(n int64, known bool) {
	if w.some(known) {
		w.int(n)
	}
}

func (w *wire) maybeTier(t score.Tier) { w.maybeInt(int64(t), t != tier.None) }

// maybeInstant appends an instant; null for zero and for never.
func (w *wire) maybeInstant(i event.Instant) { w.maybeInt(int64(i), isInstant(i)) }

func isInstant(i event.Instant) bool { return i != 0 && i != event.Never }

func (w *wire) maybeMinor(o event.OptionalMinor) { w.maybeInt(o.Minor, o.Known) }

// double appends a number, rounded to the sixth decimal: the last bits of a computation must not change an id. A number that is
// not finite is an error.
func (w *wire) double(x float64) {
	if !isFinite(x) && w.err == nil {
		w.err = fmt.Errorf("%v is not a finite number", x)
	}
	w.exact(sixth(x))
}

// maybeDouble appends a number; null if it is not finite.
func (w *wire) maybeDouble(x float64) {
	if w.some(isFinite(x)) {
		w.double(x)
	}
}

// exact appends a number as it is.
func (w *wire) exact(x float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(x)) }

func (w *wire) maybeExact(x float64, known bool) {
	if w.some(known) {
		w.exact(x)
	}
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// sixth rounds x to the sixth decimal.
func sixth(x float64) float64 {
	const unit, exact = 1e6, 1e9 // beyond exact a float64 holds no sixth decimal
	if math.Abs(x) < exact {
		x = math.Round(x*unit) / unit
	}
	if x == 0 {
		return 0.0 // and not -0
	}
	return x
}
