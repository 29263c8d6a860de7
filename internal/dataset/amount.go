package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tidemark/internal/event"
)

// numeral is an amount of money in major units as a cell writes it: "1,234.50", "€ 12,50" or "-5 USD".
type numeral struct {
	negative bool
	// symbol is the currency symbol or code before or after the digits.
	symbol string
	// body holds the digits, the decimal mark and the separators of thousands.
	body string
}

// parseNumeral takes the sign and the symbol off the digits.
func parseNumeral(cell string) (numeral, error) {
	var n numeral
	signed := func(s string) string {
		for _, minus := range []string{"-", "−"} {
			if rest, ok := strings.CutPrefix(s, minus); ok && !n.negative {
				n.negative = true
				return strings.TrimSpace(rest)
			}
		}
		return s
	}
	s := signed(strings.TrimSpace(cell))
	body := strings.TrimLeftFunc(s, isSymbol)
	n.symbol, body = s[:len(s)-len(body)], signed(strings.TrimSpace(body))
	n.body = strings.TrimRightFunc(body, isSymbol)
	switch after := body[len(n.body):]; {
	case n.symbol == "":
		n.symbol = after
	case after != "":
		return n, fmt.Errorf("%.40q is not an amount such as 1234.50", cell)
	}
	n.body = strings.TrimSpace(n.body)
	if readings(n.body) == none {
		return n, fmt.Errorf("%.40q is not an amount such as 1234.50", cell)
	}
	return n, nil
}

func isSymbol(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) }

// dollars and yens are the currencies that their countries write with this sign alone.
var (
	dollars = []event.Currency{
		"ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD",
		"SGD", "SRD", "TTD", "TWD", "USD", "UYU", "XCD",
	}
	yens    = []event.Currency{"JPY", "CNY"}
	symbols = map[string][]event.Currency{
		"$": dollars, "US$": {"USD"}, "€": {"EUR"}, "£": {"GBP"}, "¥": yens, "R$": {"BRL"}, "₹": {"INR"}, "₩": {"KRW"}, "₺": {"TRY"}, "₴": {"UAH"},
		"₪": {"ILS"}, "₫": {"VND"}, "zł": {"PLN"}, "Kč": {"CZK"}, "kr": {"SEK", "NOK", "DKK", "ISK"}, "Ft": {"HUF"}, "CHF": {"CHF"},
	}
)

// minor returns the amount in minor units of the currency. mark is the decimal mark; at bothMarks the amount must be clear by itself.
// digitsOf gives the number of minor digits of a currency, and false where it knows none. An amount finer than the currency is an error, and is
// never rounded.
func (n numeral) minor(mark marks, currency event.Currency, digitsOf func(event.Currency) (int, bool)) (int64, error) {
	digits, ok := digitsOf(currency)
	if !ok {
		return 0, event.Invalidf(event.UnknownCurrency, "%.8q is not an ISO 4217 code, and the model file gives it no digits", string(currency))
	}
	if n.symbol != "" && !strings.EqualFold(n.symbol, string(currency)) && !slices.Contains(symbols[n.symbol], currency) {
		return 0, fmt.Errorf("the amount is in %.20q, and its currency is %s: give the column of the currency, or --currency", n.symbol, currency)
	}
	whole, err := read(n.body, mark)
	if err != nil {
		return 0, err
	}
	fraction := strings.TrimRight(whole.fraction, "0")
	if len(fraction) > digits {
		return 0, fmt.Errorf("%q is finer than %s, which has %d decimals", n.body, currency, digits)
	}
	minor, err := strconv.ParseInt(whole.integer+fraction+strings.Repeat("0", digits-len(fraction)), 10, 64)
	if err != nil || minor > event.MaxMinor {
		return 0, fmt.Errorf("%.40q is more than %d minor units", n.body, int64(event.MaxMinor))
	}
	if n.negative {
		minor = -minor
	}
	return minor, nil
}

// marks is a set of decimal marks.
type marks uint8

const (
	pointMark marks = 1 << iota
	commaMark
	none      marks = 0
	bothMarks       = pointMark | commaMark
)

func (m marks) String() string {
	return [...]string{none: "mark", pointMark: "point", commaMark: "comma", bothMarks: "point or comma"}[m&bothMarks]
}

// ParseDecimal returns the decimal mark of a name, "point" or "comma". The empty name is neither: the file itself must tell.
func ParseDecimal(name string) (Decimal, error) {
	switch name {
	case "":
		return 0, nil
	case "point", ".":
		return Decimal(pointMark), nil
	case "comma", ",":
		return Decimal(commaMark), nil
	}
	return 0, fmt.Errorf("decimal mark %q is neither point nor comma", name)
}

// Decimal is a decimal mark. Zero is unknown.
type Decimal uint8

// readings returns the decimal marks with which body is well written. "12.50" is so with a point only, "1.234" with both.
func readings(body string) marks {
	can := none
	for _, mark := range []marks{pointMark, commaMark} {
		if _, ok := cut(body, mark); ok {
			can |= mark
		}
	}
	return can
}

// parts of an amount are its digits before and after the decimal mark.
type parts struct{ integer, fraction string }

// read splits body at the decimal mark. At bothMarks, the body must be clear by itself.
func read(body string, mark marks) (parts, error) {
	point, withPoint := cut(body, pointMark)
	comma, withComma := cut(body, commaMark)
	withPoint, withComma = withPoint && mark&pointMark != 0, withComma && mark&commaMark != 0
	switch {
	case withPoint && withComma && point != comma:
		return parts{}, fmt.Errorf("%.40q can be read in two ways: give --decimal point or --decimal comma", body)
	case withPoint:
		return point, nil
	case withComma:
		return comma, nil
	}
	return parts{}, fmt.Errorf("%.40q is not an amount with a decimal %s", body, mark)
}

// cut splits body at its decimal mark, and takes out the separators of thousands. It is false if body is not well written: the separator
// is one and the same throughout, and the groups are of three digits, or of two before the last three, as in India.
func cut(body string, mark marks) (parts, bool) {
	point := "."
	if mark == commaMark {
		point = ","
	}
	integer, fraction, found := strings.Cut(body, point)
	if !isNumber(fraction) && (fraction != "" || found && integer == "") {
		return parts{}, false
	}
	if integer == "" {
		return parts{"0", fraction}, fraction != ""
	}
	groups := strings.FieldsFunc(integer, func(r rune) bool { return !isDigit(r) })
	separators := strings.FieldsFunc(integer, isDigit)
	if len(separators) != len(groups)-1 || !isDigit(rune(integer[0])) {
		return parts{}, false
	}
	for _, s := range separators {
		if s != separators[0] || s == point || utf8.RuneCountInString(s) != 1 || !strings.ContainsAny(s, ".,'’ \u00a0\u202f\u2009") {
			return parts{}, false
		}
	}
	if !grouped(groups, len(separators) > 0 && separators[0] == ",") {
		return parts{}, false
	}
	return parts{strings.Join(groups, ""), fraction}, true
}

// grouped reports whether groups of digits are thousands. indian also accepts groups of two digits before the last.
func grouped(groups []string, indian bool) bool {
	if len(groups) == 1 {
		return isNumber(groups[0])
	}
	first, last := groups[0], groups[len(groups)-1]
	if len(first) > 3 || first[0] == '0' || len(last) != 3 {
		return false
	}
	size := 3
	if indian && len(groups) > 2 && len(groups[1]) == 2 {
		size = 2
	}
	for _, group := range groups[1 : len(groups)-1] {
		if len(group) != size {
			return false
		}
	}
	return len(first) <= size
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
