package stat

import (
	"cmp"
	"errors"
	"fmt"
)

// MaxSpan is the longest time, in any unit, that this package computes with. It
// bounds ages, horizons and crossing times. A century is 36,525 days.
const MaxSpan = 1e9

// Rhythm is all that the purchase models need to know of a customer: how often,
// how recently, for how long. Two customers with the same Rhythm get the same
// answers. The zero value is a customer who has just bought for the first time.
type Rhythm struct {
	X  int     // repeat purchases: purchase days after the first
	TX float64 // the last purchase, counted from the first; 0 if X is 0
	T  float64 // now, counted from the first purchase
}

// Validate returns an error for what no customer can have: X < 0, times that are
// not 0 <= TX <= T <= MaxSpan, or a last purchase at TX > 0 without a repeat.
func (h Rhythm) Validate() error {
	if h.X < 0 {
		return fmt.Errorf("repeat purchases x = %d, want 0 or more", h.X)
	}
	if !(h.TX >= 0 && h.TX <= h.T && h.T <= MaxSpan) {
		return fmt.Errorf("last purchase t_x = %v and age T = %v, want 0 <= t_x <= T <= %g", h.TX, h.T, MaxSpan)
	}
	if h.X == 0 && h.TX > 0 {
		return fmt.Errorf("last purchase t_x = %v without a repeat purchase, want 0", h.TX)
	}
	return nil
}

// Compare orders by X, TX and T.
func (h Rhythm) Compare(o Rhythm) int {
	return cmp.Or(cmp.Compare(h.X, o.X), cmp.Compare(h.TX, o.TX), cmp.Compare(h.T, o.T))
}

// minParam and maxParam bound the parameters that Validate lets pass. Fits that
// degenerate run towards these bounds (a -> 0, b -> infinity: nobody was seen to
// leave).
const (
	minParam = 1e-9
	maxParam = 1e9
)

// param is a parameter of a model, under its name in the paper.
type param struct {
	name  string
	value float64
}

// validate returns an error that names every parameter outside [minParam,
// maxParam]. NaN is outside.
func validate(model string, params ...param) error {
	var bad []error
	for _, p := range params {
		if !(p.value >= minParam && p.value <= maxParam) {
			bad = append(bad, fmt.Errorf("%s: %s = %v, want it in [%g, %g]", model, p.name, p.value, minParam, maxParam))
		}
	}
	return errors.Join(bad...)
}
