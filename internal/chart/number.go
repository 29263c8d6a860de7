package chart

import (
	"math"
	"strconv"
	"strings"
)

// largest is the largest number that a chart shows. So the difference of two numbers never overflows.
const largest = 1e300

func drawable(v float64) bool { return math.Abs(v) <= largest } // NaN is not

// unknown stands for a number that is not known.
const unknown = "–"

// Compact writes a number with up to four significant digits: 0.8122, 1234, 12.35k, 4.5M, 2e−7. From 10,000 on it counts in
// thousands (k), millions (M), thousand millions (G) and million millions (T). NaN and infinities are a dash.
func Compact(v float64) string {
	if !drawable(v) {
		return unknown
	}
	if v == 0 {
		return "0"
	}
	if size := math.Abs(v); size < 1e-4 || size >= 1e16 {
		return power(v, 4)
	}
	// Rounding comes before the unit: 9,999.9 is 10k, as 10,000 is.
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 3, 64), 64)
	u := unitOf(math.Abs(v))
	return minus(strconv.FormatFloat(v/u.size, 'f', -1, 64)) + u.sign
}

type unit struct {
	size float64
	sign string
}

// unitOf is the unit for numbers up to a size.
func unitOf(size float64) unit {
	for _, u := range []unit{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}} {
		if size >= u.size {
			return u
		}
	}
	if size >= 1e4 {
		return unit{1e3, "k"}
	}
	return unit{1, ""}
}

// tickText writes a multiple of a step. All ticks of an axis have the same unit, and as many decimals as the step.
func tickText(v, step, most float64) string {
	if v == 0 {
		return "0"
	}
	if step < 1e-5 || most >= 1e16 {
		return power(v, 6)
	}
	u := unitOf(most)
	if decimalsOf(step/u.size) > 2 && most < 1e9 {
		u = unit{1, ""} // 12002, 12004 are shorter than 12.002k, 12.004k
	}
	return minus(strconv.FormatFloat(v/u.size, 'f', decimalsOf(step/u.size), 64)) + u.sign
}

// decimalsOf is the number of decimals of 1, 2 or 5 × 10^n.
func decimalsOf(step float64) int {
	return max(0, -int(math.Floor(math.Log10(step)+1e-9)))
}

// power writes a number with its power of ten, such as 2e−7.
func power(v float64, digits int) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits-1, 64), "e")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	n, _ := strconv.Atoi(exponent)
	return minus(mantissa + "e" + strconv.Itoa(n))
}

// minus replaces hyphens by minus signs. A minus sign is as wide as a digit, and no line breaks after it.
func minus(text string) string { return strings.ReplaceAll(text, "-", "−") }
