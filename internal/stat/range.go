package stat

import "math"

// Range holds the values of a term that its weight was fitted to, in the unit of the term. The zero Range sets no limit.
type Range struct{ Low, High float64 }

// Hold returns the value of the range that is nearest to v.
func (r Range) Hold(v float64) float64 {
	if r == (Range{}) {
		return v
	}
	return min(max(v, r.Low), r.High)
}

// Valid reports whether the range sets no limit, or two numbers, the lower one first.
func (r Range) Valid() bool {
	return r == (Range{}) || r.Low < r.High && !math.IsInf(r.Low, 0) && !math.IsInf(r.High, 0)
}
