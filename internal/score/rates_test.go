package score

import (
	"strings"
	"testing"

	"tidemark/internal/event"
)

// Rates are accepted for what ISO 4217 lists, lists as history, or the model gives digits for; digits that contradict the list are not.
func TestCheckRates(t *testing.T) {
	rate := []Rate{{From: 0, Value: 0.5}}
	for _, row := range []struct {
		name, wrong string
		rates       Rates
		digits      map[event.Currency]int
	}{
		{"the kuna, until 2022", "", Rates{"HRK": rate}, nil},
		{"a code of the shop's own, with its digits", "", Rates{"BTC": rate}, map[event.Currency]int{"BTC": 8}},
		{"digits that ISO gives as well", "", Rates{"JPY": rate}, map[event.Currency]int{"JPY": 0}},
		{"a code of the shop's own, without", "digits: {BTC: 2}", Rates{"BTC": rate}, nil},
		{"digits that contradict the list", "JPY has 0 by ISO 4217, not 2", Rates{"JPY": rate}, map[event.Currency]int{"JPY": 2}},
		{"digits that contradict the history", "HRK has 2", Rates{"HRK": rate}, map[event.Currency]int{"HRK": 0}},
		{"digits without a rate", "BTC has no rate", nil, map[event.Currency]int{"BTC": 8}},
		{"too many digits", "0..8", Rates{"ETH": rate}, map[event.Currency]int{"ETH": 18}},
		{"small letters", `"btc"`, Rates{"btc": rate}, map[event.Currency]int{"btc": 8}},
		{"the code for none", `"XXX"`, Rates{"XXX": rate}, map[event.Currency]int{"XXX": 2}},
	} {
		m := Model{Base: "EUR", Rates: row.rates, Digits: row.digits}
		err := m.checkRates()
		if row.wrong == "" && err != nil || row.wrong != "" && (err == nil || !strings.Contains(err.Error(), row.wrong)) {
			t.Errorf("%s: %v, want an error with %q", row.name, err, row.wrong)
		}
	}
}

// The factor goes by the digits of both currencies, wherever they are known from.
func TestFactorByDigits(t *testing.T) {
	day := event.Day(16_436) // 2015-01-01
	m := Model{Base: "EUR", Digits: map[event.Currency]int{"BTC": 8}, Rates: Rates{
		"HRK": {{From: 0, Value: 0.13}}, "BTC": {{From: day, Value: 200}}, "ITL": {{From: 0, Value: 0.0005}},
	}}
	for _, row := range []struct {
		c    event.Currency
		on   event.Day
		want int64 // cents of 100 million minor units
		ok   bool
	}{
		{"HRK", 0, 13_000_000, true}, {"BTC", day, 20_000, true}, {"ITL", 0, 5_000_000, true}, {"BTC", day - 1, 0, false}, {"XQX", day, 0, false},
	} {
		factor, ok := m.factor(row.c, row.on)
		if got := convert(100_000_000, factor); ok != row.ok || ok && got != row.want {
			t.Errorf("%s: %d cents, %t; want %d, %t", row.c, got, ok, row.want, row.ok)
		}
	}
	if got := m.Unrated("BTC") + ", " + m.Unrated("XQX"); got != "BTC before 2015-01-01, XQX" {
		t.Errorf("without a rate: %s", got)
	}
}
