package dataset

import "tidemark/internal/event"

// decimal is an exact number: digits × 10^-scale.
type decimal struct {
	digits int64
	scale  int
}

const (
	// maxDigits is the largest number of digits of a decimal, and maxQuantity the largest number of pieces of a line. Their
	// product fits an int64 with room for two more digits.
	maxDigits   = 10_000_000_000
	maxQuantity = 1_000_000
	maxScale    = 10
)

// parseDecimal reads an optional minus, digits, and an optional fraction, at most 10 digits in all. It accepts no exponent and
// no separators of thousands.
func parseDecimal[T string | []byte](s T) (decimal, bool) {
	var d decimal
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	seen, point := 0, false
	for i := range len(s) {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return decimal{}, false
		}
		seen++
		if d.digits = d.digits*10 + int64(c-'0'); d.digits >= maxDigits {
			return decimal{}, false
		}
		if point {
			if d.scale++; d.scale > maxScale {
				return decimal{}, false
			}
		}
	}
	if negative {
		d.digits = -d.digits
	}
	return d, seen > 0
}

// parseQuantity reads a whole number from -maxQuantity to maxQuantity.
func parseQuantity[T string | []byte](s T) (int64, bool) {
	d, ok := parseDecimal(s)
	return d.digits, ok && d.scale == 0 && max(d.digits, -d.digits) <= maxQuantity
}

// times is the amount of n pieces at d each. n must be within ±maxQuantity.
func (d decimal) times(n int64) decimal { return decimal{d.digits * n, d.scale} }

// minor returns d in hundredths, rounded half to even: the minor units of USD, GBP and BRL. It is false if event.Validate would
// reject the amount.
func (d decimal) minor() (int64, bool) {
	n := d.digits
	if d.scale <= 2 {
		n *= power10[2-d.scale]
	} else {
		n = divideHalfEven(n, power10[d.scale-2])
	}
	return n, max(n, -n) <= event.MaxMinor
}

var power10 = [...]int64{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, maxDigits}

// divideHalfEven returns n / d, rounded to the nearest integer, and to the even one of two equally near. d must be above 1.
func divideHalfEven(n, d int64) int64 {
	q, r := n/d, n%d
	switch twice := 2 * max(r, -r); {
	case twice < d, twice == d && q%2 == 0:
		return q
	case n < 0:
		return q - 1
	}
	return q + 1
}
