package chart

import "math"

// tick is a labelled value of an axis.
type tick struct {
	value  float64
	label  string
	second string // second line of the label
	whole  string // the label before it was cut; empty if it was not
}

// niceStep returns the least of 1, 2 and 5 × 10^n that is at least span / steps. So a span never has more steps than asked for.
// Heckbert ("Nice numbers for graph labels", Graphics Gems, 1990) takes the same numbers, but the nearest instead of the next.
func niceStep(span float64, steps int) float64 {
	rough := span / float64(steps)
	ten := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5} {
		if step := m * ten; step >= rough*(1-1e-12) {
			return step
		}
	}
	return 10 * ten
}

// niceTicks returns the multiples of the nice step within [low, high], at most steps+1 of them, and at least one if steps
// is 3 or more. high must be above low.
func niceTicks(low, high float64, steps int) []tick {
	step := niceStep(high-low, steps)
	first, last := math.Ceil(low/step-1e-6), math.Floor(high/step+1e-6)
	most := max(math.Abs(first*step), math.Abs(last*step))
	var ticks []tick
	for n := 0; n <= steps && first+float64(n) <= last; n++ {
		v := (first + float64(n)) * step
		ticks = append(ticks, tick{value: v, label: tickText(v, step, most)})
	}
	return ticks
}

// niceEnds widens a span until both ends are multiples of its nice step.
func niceEnds(low, high float64, steps int) (float64, float64) {
	for range 3 { // a wider span may have a larger step, whose multiples lie further out
		step := niceStep(high-low, steps)
		l, h := math.Floor(low/step+1e-6)*step, math.Ceil(high/step-1e-6)*step
		if l == low && h == high {
			break
		}
		low, high = l, h
	}
	return low, high
}

// widened makes a span wide enough to be divided and labelled. A single value v becomes v ± |v|/10, and 0 becomes ± 1. A span
// below a millionth of its values is widened likewise: its labels would differ in the seventh digit only.
func widened(low, high float64) (float64, float64) {
	size := max(math.Abs(low), math.Abs(high))
	switch {
	case size < 1e-290: // the numbers below are too coarse to be divided
		return -1, 1
	case high/2-low/2 > size*5e-7:
		return low, high
	}
	return low - size/10, high + size/10
}

// everyNth returns the first tick and every n-th tick after it.
func everyNth(ticks []tick, n int) []tick {
	var some []tick
	for i := 0; i < len(ticks); i += max(1, n) {
		some = append(some, ticks[i])
	}
	return some
}
