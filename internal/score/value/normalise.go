package value

import (
	"errors"
	"fmt"
	"math"
)

// Method is a way to turn a raw value into a number in [0, 1].
type Method string

// The methods. x is the raw value; Low and High are the bounds of the Scale.
const (
	// Ratio is x / High.
	Ratio Method = "ratio"
	// Inverse is Low / x, for a value that is best when small and never zero.
	Inverse Method = "inverse"
	// Remaining is 1 − x / High, for a value that is best at zero: days of silence.
	Remaining Method = "remaining"
	// MinMax is (x − Low) / (High − Low).
	MinMax Method = "minmax"
	// LogMinMax is MinMax of ln(1 + x), with bounds ln(1 + Low) and ln(1 + High): the default for money and counts, whose
	// values span orders of magnitude.
	LogMinMax Method = "log-minmax"
)

// Scale normalises one indicator. Every method is monotone in x.
type Scale struct {
	Method    Method
	Low, High float64
}

// Check returns nil where s is valid, else what is wrong.
func (s Scale) Check() error {
	if math.IsNaN(s.Low) || math.IsInf(s.Low, 0) || math.IsNaN(s.High) || math.IsInf(s.High, 0) {
		return errors.New("bounds must be finite")
	}
	switch s.Method {
	case Ratio, Remaining:
		if s.High <= 0 {
			return fmt.Errorf("%s needs high > 0", s.Method)
		}
	case Inverse:
		if s.Low <= 0 {
			return fmt.Errorf("%s needs low > 0", s.Method)
		}
	case MinMax:
		if s.High <= s.Low {
			return fmt.Errorf("%s needs high > low", s.Method)
		}
	case LogMinMax:
		if s.Low < 0 || s.High <= s.Low {
			return fmt.Errorf("%s needs high > low >= 0", s.Method)
		}
	default:
		return fmt.Errorf("method %q is none of ratio, inverse, remaining, minmax, log-minmax", s.Method)
	}
	return nil
}

// Falls reports whether a greater raw value is worse.
func (s Scale) Falls() bool { return s.Method == Inverse || s.Method == Remaining }

// Of returns x on the scale, in [0, 1], and whether the result had to be capped.
func (s Scale) Of(x float64) (normalised float64, capped bool) {
	n := s.raw(x)
	switch {
	case !(n > 0):
		return 0, n < 0
	case n > 1:
		return 1, true
	}
	return n, false
}

func (s Scale) raw(x float64) float64 {
	switch s.Method {
	case Ratio:
		return x / s.High
	case Inverse:
		if x <= s.Low {
			return 1
		}
		return s.Low / x
	case Remaining:
		return 1 - x/s.High
	case MinMax:
		return (x - s.Low) / (s.High - s.Low)
	case LogMinMax:
		low := math.Log1p(s.Low)
		return (math.Log1p(max(x, 0)) - low) / (math.Log1p(s.High) - low)
	}
	panic("value: unknown method " + string(s.Method))
}
