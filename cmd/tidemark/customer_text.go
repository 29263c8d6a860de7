package main

import (
	"fmt"
	"strconv"
	"strings"

	"tidemark/internal/event"
)

// when is an instant for people; empty for none.
func when(at event.Instant) string {
	if at == 0 || at == event.Never {
		return ""
	}
	return at.String()
}

// ref names a hash of an id; empty for none.
func ref(hash uint64) string {
	if hash == 0 {
		return ""
	}
	return fmt.Sprintf("%016x", hash)
}

// amount is money for people: 1234 minor units of USD are "12.34 USD". Where the currency has no known digits, it says that the units are
// minor units.
func amount(minor int64, c event.Currency) string {
	digits, known := c.Digits()
	if !known {
		return strings.TrimSpace(fmt.Sprintf("%d minor units %s", minor, c))
	}
	sign, text := "", strconv.FormatInt(minor, 10)
	if minor < 0 {
		sign, text = "-", text[1:]
	}
	if missing := digits + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if digits > 0 {
		text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	}
	return sign + text + " " + string(c)
}

// given is an amount that may not be known; empty where it is not.
func given(o event.OptionalMinor, c event.Currency) string {
	if !o.Known {
		return ""
	}
	return amount(o.Minor, c)
}

// several is a count where it says more than one.
func several(n int) int {
	if n > 1 {
		return n
	}
	return 0
}

// numbered is a number of things: 1 order, 2 orders.
func numbered(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
