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

// parseQuantity reads a number of pieces from -maxQuantity to maxQuantity. It may have a fraction: what is sold by weight is no whole
// number. Its digits, without the point, are no more than those of maxQuantity.
func parseQuantity[T string | []byte](s T) (decimal, bool) {
	d, ok := parseDecimal(s)
	return d, ok && max(d.digits, -d.digits) <= maxQuantity
}

// pieces is d as a quantity of an item.
func (d decimal) pieces() int64 { return event.Pieces(float64(d.digits) / float64(power10[d.scale])) }

// times is the amount of n pieces at d each. n must come from parseQuantity.
func (d decimal) times(n decimal) decimal { return decimal{d.digits * n.digits, d.scale + n.scale} }

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

// power10 goes as far as the scale of a product less the two digits of hundredths.
var power10 = [...]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

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
