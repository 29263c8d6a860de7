package stat

import (
	"fmt"
	"math"
	"testing"
)

// Integrals computed with 60 digits.
func TestDecay(t *testing.T) {
	for _, c := range []struct {
		why  string
		d    decay
		w    float64
		want float64
	}{
		{"a CDNOW customer", decay{41.0077, 2.5533, 42.0986, 1.6062}, 8.43, 5.808591741476337},
		{"bought once", decay{10.5777, 0.5533, 11.6686, 1.6062}, 39, 8.062301714671153},
		{"ten thousand purchases", decay{100, 10000.0, 50, 1.5}, 100, 0.009998000699650226},
		{"ten thousand purchases, a tiny beta", decay{100, 10000.0, 0.001, 1.5}, 100, 0.001188881519462189},
		{"ten thousand purchases, a tiny alpha", decay{0.001, 10000.0, 100, 1.5}, 100, 1.00010000850055e-7},
		{"a century of silence after one purchase", decay{0.001, 0.01, 1e-06, 1.01}, 36525, 2.038252701439599e-5},
		{"nobody leaves", decay{10, 0.5, 1e9, 1 + 1e-9}, 36525, 1188.8690727572},
		{"rises in ln u", decay{1e-06, 0.01, 10, 1.01}, 36525, 64.53457020880835},
		{"both fall at once", decay{3, 10000.0, 3.5, 10000.0}, 1e9, 0.0001615465866578916},
		{"falls late", decay{1e-09, 1e-09, 1e9, 1e9}, 1e9, 0.99999998085395},
		{"falls late and hard", decay{0.001, 0.1, 1000.0, 10000.0}, 100000, 0.06699233763521325},
		{"few nodes, as long and steep as they take", decay{4, 1.2, 5, 7.2}, 13.9, 0.6528276223506863},
		{"few nodes, steep at once", decay{4, 300, 5, 3.3}, 0.134, 0.01326012448831024},
		{"few nodes, a rise before the fall", decay{4, 0.01, 60, 54}, 13.9, 1.12943525371656},
		{"many nodes, a rise before the fall", decay{4, 0.01, 60, 16}, 74, 3.975424637587212},
		{"hardly any silence", decay{10, 2, 10, 2}, 1e-09, 9.999999998000001e-10},
	} {
		closeTo(t, c.why, c.d.integral(c.w), c.want, 1e-12)
		swapped := decay{c.d.q, c.d.l, c.d.p, c.d.k}
		closeTo(t, c.why+", p and q exchanged", swapped.integral(c.w), c.want, 1e-12)

		e, s := c.d.moments(c.w), swapped.moments(c.w)
		closeTo(t, c.why+", with its means", e.integral, c.want, 1e-12)
		closeTo(t, c.why+", mean of ln((p+u)/p), p and q exchanged", s.lnQ, e.lnP, 1e-12)
		closeTo(t, c.why+", mean of 1/(q+u), p and q exchanged", s.perP, e.perQ, 1e-12)
		// Means of ratios are ratios of integrals.
		closeTo(t, c.why+", mean of 1/(p+u)", e.perP, decay{c.d.p, c.d.k + 1, c.d.q, c.d.l}.integral(c.w)/c.want/c.d.p, 1e-12)
		closeTo(t, c.why+", mean of 1/(q+u)", e.perQ, decay{c.d.p, c.d.k, c.d.q, c.d.l + 1}.integral(c.w)/c.want/c.d.q, 1e-12)
	}
	near(t, "no silence", decay{1, 2, 3, 4}.integral(0), 0, 0)
}

// Tricomi's U(1, 2-s, c), computed with 60 digits.
func TestDiscountedStay(t *testing.T) {
	for _, c := range []struct{ s, c, want float64 }{
		{.4, .02, 14.19848886342764},
		{.606, 1e-9, 7917.45013490169},
		{1, 1e-6, 13.238309131365},
		{1.001, 1e-12, 26.69032830233179},
		{3, .5, .3653638290604663},
		{1e-9, 1e3, .000999999999999001},
		{50, 1e-3, .02040773810428407},
		{1e-3, 1e-8, 98231559.50203957},
	} {
		closeTo(t, fmt.Sprintf("U(1, 2-%v, %v)", c.s, c.c), discountedStay(c.s, c.c), c.want, 1e-12)
	}
}

func TestSoonest(t *testing.T) {
	for _, at := range []float64{1e-12, .5, 3, 1e9} {
		closeTo(t, fmt.Sprintf("soonest %v", at), soonest(1e9, func(s float64) bool { return s >= at }), at, 1e-14)
	}
	near(t, "never", soonest(1e9, func(float64) bool { return false }), math.Inf(1), 0)
}
