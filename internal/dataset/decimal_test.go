package dataset

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestDecimal(t *testing.T) {
	for _, row := range []struct {
		s    string
		want decimal
		ok   bool
	}{
		{"11.77", decimal{1177, 2}, true},
		{"-0.001", decimal{-1, 3}, true},
		{"12", decimal{12, 0}, true},
		{"12.", decimal{12, 0}, true},
		{".5", decimal{5, 1}, true},
		{"000000000000001", decimal{1, 0}, true},
		{"9999999999", decimal{9999999999, 0}, true},
		{"10000000000", decimal{}, false},
		{"0.00000000000", decimal{}, false},
		{"", decimal{}, false},
		{"-", decimal{}, false},
		{".", decimal{}, false},
		{"1.2.3", decimal{}, false},
		{"1e3", decimal{}, false},
		{"+1", decimal{}, false},
		{"1,5", decimal{}, false},
		{"٣", decimal{}, false},
	} {
		got, ok := parseDecimal(row.s)
		if ok != row.ok || ok && got != row.want {
			t.Errorf("parseDecimal(%q) = %v, %v, want %v, %v", row.s, got, ok, row.want, row.ok)
		}
	}
}

func TestMinorIsRoundedHalfToEven(t *testing.T) {
	for _, row := range []struct {
		s    string
		want int64
	}{
		{"0.004", 0},
		{"0.005", 0},
		{"0.006", 1},
		{"0.015", 2},
		{"0.0149999", 1},
		{"-0.015", -2},
		{"-0.025", -2},
		{"-0.026", -3},
		{"7", 700},
	} {
		d, _ := parseDecimal(row.s)
		if got, ok := d.minor(); got != row.want || !ok {
			t.Errorf("%s pounds = %d pence, %v, want %d", row.s, got, ok, row.want)
		}
	}
}

// Compared with exact fractions, for all that parseDecimal and parseQuantity accept.
func TestMinorIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimal{rapid.Int64Range(-maxDigits+1, maxDigits-1).Draw(t, "digits"), rapid.IntRange(0, maxScale).Draw(t, "scale")}
		n := decimal{rapid.Int64Range(-maxQuantity, maxQuantity).Draw(t, "pieces"), rapid.IntRange(0, maxScale).Draw(t, "scale of pieces")}
		got, fits := d.times(n).minor()
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(d.digits), big.NewInt(n.digits*100)), big.NewInt(power10[d.scale]))
		exact.Mul(exact, big.NewRat(1, power10[n.scale]))
		off := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(got))
		if half := off.Abs(off).Cmp(big.NewRat(1, 2)); half > 0 || half == 0 && got%2 != 0 {
			t.Fatalf("%v × %d = %d pence, want the integer nearest to %s, the even one of two", d, n, got, exact.FloatString(12))
		}
		if want := got <= 1_000_000_000_000 && got >= -1_000_000_000_000; fits != want {
			t.Fatalf("%d pence fit: %v, want %v", got, fits, want)
		}
	})
}
