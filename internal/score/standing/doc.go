// Package standing says how a customer stands: how loyal, how engaged, how risky, at which stage of life, and at what profit. Each indicator is a
// pure function of facts and of Params, and says false where it does not apply: where a denominator is zero, or what it needs is not known.
//
// Nothing here decides a tier or a churn level. What decides a word (a stage, a grade, a class) is rounded to a millionth first, so that every
// architecture decides alike.
package standing

import "math"

// Optional is a number that may not be known.
type Optional struct {
	Value float64
	Known bool
}

// Of returns a number that is known.
func Of(x float64) Optional { return Optional{x, true} }

// micro rounds to 1e-6.
func micro(x float64) float64 { return math.RoundToEven(x*1e6) / 1e6 }

// share is part / whole; false where whole is not above zero.
func share(part, whole float64) (float64, bool) {
	if !(whole > 0) {
		return 0, false
	}
	return part / whole, true
}

// held is x within [0, 1].
func held(x float64) float64 { return min(max(0, x), 1) }
