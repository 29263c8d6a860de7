package stat

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Many spans in one walk are what they are one by one, whichever form the longest of them asks for.
func TestSpansInOneWalk(t *testing.T) {
	forms := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		p := posterior{
			r: logUniform(rt, "r", 1e-2, 2e3), alpha: logUniform(rt, "alpha", 1e-2, 1e4),
			a: logUniform(rt, "a", 1e-3, 50), b: logUniform(rt, "b", 1e-3, 2e3),
		}
		count := rapid.IntRange(1, 12).Draw(rt, "count")
		month := logUniform(rt, "month", 1e-2, 100)
		var s spans
		for k := range count {
			s[k].u = float64(k+1) * month / p.alpha
		}
		switch longest := s[count-1].u; {
		case p.eulerHolds(longest):
			forms["euler"]++
		case p.terms(longest) <= maxTerms:
			forms["series"]++
		default:
			forms["one by one"]++
		}
		s.fill(p, count)
		for k := range count {
			want := p.ifAlive(float64(k+1) * month)
			if got := s[k].sum; !(got >= want*(1-1e-10) && got <= want*(1+1e-10)) {
				rt.Errorf("%+v, span %d of %d months of %g: got %.17g, one by one %.17g", p, k+1, count, month, got, want)
			}
		}
	})
	for _, form := range []string{"euler", "series", "one by one"} {
		if forms[form] == 0 {
			t.Errorf("the form %q was never asked for: %v", form, forms)
		}
	}
}

// More months than one walk takes go on where it ended.
func TestDiscountedOverManyYears(t *testing.T) {
	for _, months := range []int{11, 12, 13, 24, 60} {
		var want, before float64
		discount := 1.
		for k := range months {
			discount /= 1.01
			by := mbg.Expected(customer, float64(k+1)*4.345)
			want += (by - before) * discount
			before = by
		}
		near(t, fmt.Sprint(months, " months"), mbg.Discounted(customer, months, 4.345, .01), want, 1e-12*want)
	}
	near(t, "no months", mbg.Discounted(customer, 0, 4.345, .01), 0, 0)
}
