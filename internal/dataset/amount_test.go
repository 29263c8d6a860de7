package dataset

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

func TestAmounts(t *testing.T) {
	for _, row := range []struct {
		written  string
		mark     marks
		currency event.Currency
		want     int64
		wrong    string // words of the error
	}{
		{"49.92", bothMarks, "EUR", 4992, ""},
		{"49,92", bothMarks, "EUR", 4992, ""},
		{"1200", bothMarks, "EUR", 120000, ""},
		{"1200", bothMarks, "JPY", 1200, ""},
		{"1200.00", bothMarks, "JPY", 1200, ""},
		{"1.5", bothMarks, "KWD", 1500, ""},
		{"1,234.50", bothMarks, "USD", 123450, ""},
		{"1.234,50", bothMarks, "EUR", 123450, ""},
		{"1'234.50", bothMarks, "CHF", 123450, ""},
		{"1’234’567.5", bothMarks, "CHF", 123456750, ""},
		{"1 234,50", bothMarks, "EUR", 123450, ""},
		{"1\u202f234,50", bothMarks, "EUR", 123450, ""},
		{"1,23,456.78", bothMarks, "INR", 12345678, ""},
		{"1.234.567", bothMarks, "EUR", 123456700, ""},
		{"0.125", bothMarks, "BHD", 125, ""},
		{".5", bothMarks, "EUR", 50, ""},
		{"12.", bothMarks, "EUR", 1200, ""},
		{"12.5000", bothMarks, "EUR", 1250, ""},
		{"-5.00", bothMarks, "EUR", -500, ""},
		{"€ 12,50", bothMarks, "EUR", 1250, ""},
		{"12,50 €", bothMarks, "EUR", 1250, ""},
		{"-$5.00", bothMarks, "USD", -500, ""},
		{"$-5.00", bothMarks, "CAD", -500, ""},
		{"12.50 usd", bothMarks, "USD", 1250, ""},
		{"1,234", pointMark, "USD", 123400, ""},
		{"1,234", commaMark, "BHD", 1234, ""},
		{"1.234", commaMark, "USD", 123400, ""},
		{"10000000000.00", bothMarks, "USD", 1_000_000_000_000, ""},

		{"1,234", bothMarks, "USD", 0, "two ways"},
		{"1.234", pointMark, "USD", 0, "finer than USD"},
		{"12.345", commaMark, "JPY", 12345, ""},
		{"0.5", bothMarks, "JPY", 0, "finer than JPY"},
		{"12,50", pointMark, "USD", 0, "decimal point"},
		{"$5.00", bothMarks, "EUR", 0, "EUR"},
		{"5 EUR", bothMarks, "USD", 0, "USD"},
		{"5.00", bothMarks, "XXX", 0, "ISO 4217"},
		{"10000000000.01", bothMarks, "USD", 0, "more than"},
		{"99999999999999999999999", bothMarks, "USD", 0, "more than"},
		{"1,2345.00", bothMarks, "USD", 0, "not an amount"},
		{"1,234,56.00", bothMarks, "USD", 0, "not an amount"},
		{"1.234'567,00", bothMarks, "USD", 0, "not an amount"},
		{"12.50.", bothMarks, "USD", 0, "not an amount"},
		{"1e3", bothMarks, "USD", 0, "not an amount"},
		{"(12.00)", bothMarks, "USD", 0, "not an amount"},
		{"--5", bothMarks, "USD", 0, "not an amount"},
		{"+5", bothMarks, "USD", 0, "not an amount"},
		{"$ 5 $", bothMarks, "USD", 0, "not an amount"},
		{"n/a", bothMarks, "USD", 0, "not an amount"},
		{".", bothMarks, "USD", 0, "not an amount"},
		{"-", bothMarks, "USD", 0, "not an amount"},
		{"", bothMarks, "USD", 0, "not an amount"},
	} {
		n, err := parseNumeral(row.written)
		var got int64
		if err == nil {
			got, err = n.minor(row.mark, row.currency, event.Currency.Digits)
		}
		if got != row.want || (err == nil) != (row.wrong == "") || err != nil && !strings.Contains(err.Error(), row.wrong) {
			t.Errorf("%q in %s with a decimal %s: got %d, %v, want %d, an error with %q", row.written, row.currency, row.mark, got, err, row.want, row.wrong)
		}
	}
}

// spelling writes an amount of minor units as people write it.
type spelling struct{ point, separator string }

func (s spelling) write(minor int64, digits int, grouped bool) string {
	text := strconv.FormatInt(minor, 10)
	for len(text) <= digits {
		text = "0" + text
	}
	whole, fraction := text[:len(text)-digits], text[len(text)-digits:]
	if grouped {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + s.separator + whole[i:]
		}
	}
	if digits == 0 {
		return whole
	}
	return whole + s.point + fraction
}

// TestAmountsAreReadAsWritten: whatever the spelling, the amount is what was written, or it is refused; it is never another amount.
func TestAmountsAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]spelling{{".", ","}, {",", "."}, {".", "'"}, {",", " "}, {",", "\u00a0"}}).Draw(t, "spelling")
		currency := rapid.SampledFrom([]event.Currency{"JPY", "EUR", "KWD"}).Draw(t, "currency")
		digits, _ := currency.Digits()
		want := rapid.Int64Range(0, event.MaxMinor).Draw(t, "minor")
		written := s.write(want, digits, rapid.Bool().Draw(t, "grouped"))
		n, err := parseNumeral(written)
		if err != nil {
			t.Fatalf("%q is refused: %v", written, err)
		}
		mark := pointMark
		if s.point == "," {
			mark = commaMark
		}
		if got, err := n.minor(mark, currency, event.Currency.Digits); got != want || err != nil {
			t.Fatalf("%q in %s: got %d, %v, want %d", written, currency, got, err, want)
		}
		if got, err := n.minor(bothMarks, currency, event.Currency.Digits); err == nil && got != want {
			t.Fatalf("%q in %s, without being told the decimal mark: got %d, want %d or an error", written, currency, got, want)
		}
	})
}

// FuzzAmount: reading never panics; what a decimal point makes of digits and a point is exactly their value.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"1,234.50", "1.234,50", "-€5", "1'000", "0.5", "12.", ".5", "1,23,456.78", "\u2212 5", "zł5", "\xff5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseNumeral(s)
		if err != nil {
			return
		}
		got, err := n.minor(pointMark, "EUR", event.Currency.Digits)
		if err != nil {
			return
		}
		plain := strings.NewReplacer(",", "", "'", "", "’", "", " ", "", "\u00a0", "", "\u202f", "", "\u2009", "").Replace(n.body)
		value, ok := new(big.Rat).SetString("0" + strings.TrimSuffix(plain, "."))
		if !ok {
			t.Fatalf("%q is accepted as %d, and is no number", s, got)
		}
		if n.negative {
			value.Neg(value)
		}
		if want := value.Mul(value, big.NewRat(100, 1)); want.Cmp(big.NewRat(got, 1)) != 0 {
			t.Fatalf("%q: got %d, want %s", s, got, want)
		}
		if both, err := n.minor(bothMarks, "EUR", event.Currency.Digits); err == nil && both != got {
			t.Fatalf("%q: got %d, and %d if it is told that the decimal mark is a point", s, both, got)
		}
	})
}
