package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestExpit(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, .5},
		{2, .8807970779778823},
		{-2, .11920292202211755},
		{-700, 9.859676543759770e-305},
		{-1e9, 0},
		{1e9, 1},
		{math.Inf(-1), 0},
		{math.Inf(1), 1},
	} {
		closeTo(t, fmt.Sprintf("expit(%v)", c.x), expit(c.x), c.want, 1e-14)
	}
	for _, p := range []float64{1e-300, 1e-9, .3, .5, .999} {
		closeTo(t, fmt.Sprintf("expit(logit(%v))", p), expit(logit(p)), p, 1e-13)
	}
	near(t, "logit(0)", logit(0), math.Inf(-1), 0)
	near(t, "logit(1)", logit(1), math.Inf(1), 0)
}

func TestSoftplus(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, math.Ln2}, {1e9, 1e9}, {-40, 4.248354255291589e-18}, {math.Inf(-1), 0}, {math.Inf(1), math.Inf(1)},
	} {
		closeTo(t, fmt.Sprintf("softplus(%v)", c.x), softplus(c.x), c.want, 1e-15)
	}
}

// Computed with 50 digits.
func TestLbeta(t *testing.T) {
	for _, c := range []struct{ a, b, want float64 }{
		{1, 1, 0},
		{.793, 2.426, -0.51156928859370321},
		{12, 9, -14.228705712134349},
		{12, 15, -18.568172732389435},
		{1e-8, 1e6, 18.420680600025108},
		{1e-9, 1e-9, 21.416413017506356},
		{1e9, 1e9, -1386294370.2160114},
		{.5, 1e9, -9.7892679754235055},
	} {
		closeTo(t, fmt.Sprintf("ln B(%v, %v)", c.a, c.b), lbeta(c.a, c.b), c.want, 1e-14)
		near(t, fmt.Sprintf("ln B(%v, %v) the other way round", c.b, c.a), lbeta(c.b, c.a), lbeta(c.a, c.b), 0)
	}
}

func TestLrising(t *testing.T) {
	near(t, "no factor", lrising(.3, 0), 0, 0)
	closeTo(t, "2.5 3.5 4.5", lrising(2.5, 3), math.Log(2.5*3.5*4.5), 1e-15)
	closeTo(t, "ten thousand factors from 1e-9 on", lrising(1e-9, 1e4), 82078.994230615218, 1e-14)
}

// Computed with 60 digits.
func TestDrising(t *testing.T) {
	for _, c := range []struct{ a, n, want float64 }{
		{.243, 3, 5.3655630424347347},
		{1e-9, 1, 999999999.99999994},
		{2.5, 1e4, 8.5073837117501059},
		{1e6, 2, 1.999999000001e-6},
		{1e9, 50, 4.999999877500004e-8},
		{12, .5, .042533971299100031},
		{1e-9, 1e9, 1000000021.3004814},
		{3, 0, 0},
	} {
		closeTo(t, fmt.Sprintf("psi(%v+%v) - psi(%v)", c.a, c.n, c.a), drising(c.a, c.n), c.want, 1e-14)
	}
}
