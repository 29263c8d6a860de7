package backtest

import (
	"fmt"
	"strconv"
	"strings"
)

// dash stands for what is not known.
const dash = "–"

// fixed writes a number with a number of decimals. A number that rounds to zero has no sign.
func fixed(digits int, n Number) string {
	if !n.finite() {
		return dash
	}
	text := strconv.FormatFloat(float64(n), 'f', digits, 64)
	if isZero(text) {
		return strings.TrimPrefix(text, "-")
	}
	return strings.Replace(text, "-", "−", 1)
}

func isZero(text string) bool { return strings.Trim(text, "-0.") == "" }

func signed(digits int, n Number) string {
	text := fixed(digits, n)
	if text == dash || strings.HasPrefix(text, "−") || isZero(text) {
		return text
	}
	return "+" + text
}

func percent(n Number) string {
	if !n.finite() {
		return dash
	}
	return signed(1, 100*n) + " %"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
