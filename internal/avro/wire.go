package avro

import (
	"encoding/binary"
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// wire is the binary encoding of Avro, written without a detour over native maps, which cost several times as much, most of
// it memory. What it writes of a transition is, to the byte, what the record and its schema give; a test holds it to that.
type wire struct {
	b []byte
	// err is the first number that no record can hold.
	err error
}

// int is an int, a long, or the place of an enum's symbol.
func (w *wire) int(n int64) { w.b = binary.AppendVarint(w.b, n) }

func (w *wire) bool(x bool) {
	if x {
		w.b = append(w.b, 1)
		return
	}
	w.b = append(w.b, 0)
}

// some is the branch of a union of null and something.
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

// list is an array of one block.
func (w *wire) list(n int, item func(i int)) {
	if n > 0 {
		w.int(int64(n))
	}
	for i := range n {
		item(i)
	}
	w.int(0)
}

// maybeInt is an int, a long or the place of a symbol; null unless known.
func (w *wire) maybeInt(n int64, known bool) {
	if w.some(known) {
		w.int(n)
	}
}

func (w *wire) maybeTier(t score.Tier) { w.maybeInt(int64(t), t != tier.None) }

// maybeInstant is null for no instant, and for never.
func (w *wire) maybeInstant(i event.Instant) { w.maybeInt(int64(i), isInstant(i)) }

func isInstant(i event.Instant) bool { return i != 0 && i != event.Never }

func (w *wire) maybeMinor(o event.OptionalMinor) { w.maybeInt(o.Minor, o.Known) }

// double is a number rounded to the sixth decimal: so the last bits of a computation are no part of an id. One that is not
// finite is an error.
func (w *wire) double(x float64) {
	if !isFinite(x) && w.err == nil {
		w.err = fmt.Errorf("%v is not a finite number", x)
	}
	w.exact(sixth(x))
}

// maybeDouble is null for a number that is not finite.
func (w *wire) maybeDouble(x float64) {
	if w.some(isFinite(x)) {
		w.double(x)
	}
}

// exact is a number as it is.
func (w *wire) exact(x float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(x)) }

func (w *wire) maybeExact(x float64, known bool) {
	if w.some(known) {
		w.exact(x)
	}
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// sixth is x to the sixth decimal.
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
