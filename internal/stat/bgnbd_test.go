package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestBGNBDOfThePublishedCustomer(t *testing.T) {
	near(t, "P(alive)", bg.Alive(customer), .7265785701, 1e-10)
	near(t, "E[Y(39)]", bg.Expected(customer, 39), 1.2260281748, 1e-10)
	near(t, "median gap", bg.NextGapMedian(customer), 15.66946848, 1e-8)
	near(t, "mean gap", bg.NextGapMean(customer), 34.81415929, 1e-8)
	for _, c := range []struct{ weeks, want float64 }{
		{4, .86930568}, {13, .67650906}, {26, .52631671}, {39, .44537286}, {52, .39715862},
	} {
		near(t, fmt.Sprintf("P(no purchase in %v weeks)", c.weeks), bg.NoPurchase(customer, c.weeks), c.want, 1e-8)
	}
}

func TestBGNBDFadesInSilence(t *testing.T) {
	for _, c := range []struct{ T, alive, expected float64 }{
		{30.43, .81204077, 1.64322040},
		{38.86, .72657857, 1.22602817},
		{52, .59449194, .79790325},
		{78, .38518072, .36863255},
		{104, .25300474, .18830283},
	} {
		h := Rhythm{X: 2, TX: 30.43, T: c.T}
		near(t, fmt.Sprintf("P(alive) at %v", c.T), bg.Alive(h), c.alive, 1e-8)
		near(t, fmt.Sprintf("E[Y(39)] at %v", c.T), bg.Expected(h, 39), c.expected, 1e-8)
	}
	near(t, "P(alive) right after a purchase is (b+x-1)/(a+b+x-1)",
		bg.Alive(Rhythm{X: 2, TX: 30, T: 30}), 3.426/(.793+3.426), 1e-15)
}

func TestBGNBDAlive(t *testing.T) {
	for _, c := range []struct {
		why  string
		h    Rhythm
		want float64
	}{
		{"who bought once never leaves", Rhythm{X: 0, TX: 0, T: 39}, 1},
		{"not even after a century", Rhythm{X: 0, TX: 0, T: 36525}, 1},
		{"daily, then ninety weeks of nothing", Rhythm{X: 1000, TX: 10, T: 100}, 0},
		{"the CDNOW customer 1516", Rhythm{X: 26, TX: 30.86, T: 31}, .968916},
	} {
		near(t, c.why, bg.Alive(c.h), c.want, 5e-7)
	}
}

// The more often somebody bought before falling silent, the surer it is that
// they left.
func TestIncreasingFrequencyParadox(t *testing.T) {
	for _, c := range []struct {
		purchases int
		bg, mbg   float64
	}{
		{10, .347494, .351690}, {15, .042838, .049728}, {20, .004159, .005572}, {25, .000358, .000555},
	} {
		h := Rhythm{X: c.purchases, TX: 20, T: 39}
		near(t, fmt.Sprintf("BG/NBD E[Y(52)] of %d purchases", c.purchases), bgFit.Expected(h, 52), c.bg, 1e-6)
		near(t, fmt.Sprintf("MBG/NBD E[Y(52)] of %d purchases", c.purchases), mbgFit.Expected(h, 52), c.mbg, 3e-6)
	}
}

func TestBGNBDExpected(t *testing.T) {
	days := BGNBD{R: .163851, Alpha: 1.864284, A: 1.850345, B: 3.181061} // the published log of 5,000 customers, in days
	for _, c := range []struct {
		why  string
		m    BGNBD
		h    Rhythm
		span float64
		want float64
		tol  float64
	}{
		{"the CDNOW customer 1516", bg, Rhythm{26, 30.86, 31}, 52, 25.758196, 5e-7},
		{"a + b < 1: 2F1 is negative", BGNBD{.11, 2.24, .31, .50}, Rhythm{0, 0, 1}, 30, .5645886155, 1e-10},
		{"a near 0, b too", BGNBD{.54587412, 13.40931639, .00099949, .03899022}, Rhythm{0, 0, 10}, 30, .6909104835186, 1e-13},
		{"200 purchases", BGNBD{.25, 4, .8, 2.5}, Rhythm{200, 38, 40}, 39, 3.010321683, 1e-9},
		{"2000 purchases", BGNBD{.25, 4, .8, 2.5}, Rhythm{2000, 99, 100}, 39, .006653786571, 1e-12},
		{"the pole a = 1", BGNBD{.243, 4.414, 1, 2.426}, customer, 39, 1.102136786, 1e-9},
		{"a month of days, one purchase long ago", days, Rhythm{0, 0, 298}, 30, .016053, 5e-7},
		{"the same, less long ago", days, Rhythm{0, 0, 224}, 30, .021171, 5e-7},
		{"six purchases, then half a life of silence", days, Rhythm{6, 142, 292}, 30, .030461, 5e-7},
		{"one purchase", days, Rhythm{0, 0, 147}, 30, .031686, 5e-7},
		{"two quick ones, then silence", days, Rhythm{2, 9, 183}, 30, .001607, 5e-7},
	} {
		near(t, c.why, c.m.Expected(c.h, c.span), c.want, c.tol)
		if c.span == 30 && c.m == days {
			near(t, c.why+", as one undiscounted month", days.Discounted(c.h, 1, 30, 0), c.want, 5e-7)
			near(t, c.why+", at a rate of 1", days.Discounted(c.h, 1, 30, 1), c.want/2, 5e-7)
		}
	}
}

func TestBGNBDExpectedNew(t *testing.T) {
	for _, c := range []struct{ weeks, want float64 }{
		{.1429, .007816}, {1, .053185}, {3, .150632}, {31.8571, 1.040494}, {32, 1.043737}, {52, 1.444021}, {78, 1.857972},
	} {
		near(t, fmt.Sprintf("E[X(%v)]", c.weeks), bgFit.ExpectedNew(c.weeks), c.want, 3e-6)
	}
}

func TestBGNBDPMF(t *testing.T) {
	near(t, "P(X(39) = 0)", bg.PMF(0, 39), .5737864, 5e-8)
	near(t, "P(X(2) = 10)", bg.PMF(10, 2), 1.07869e-07, 5e-13)
	for i, want := range []float64{
		.0019995214, .0015170236, .0011633150, .0009003148, .0007023638,
		.0005517902, .0004361913, .0003467171, .0002769613, .0002222260,
	} {
		near(t, fmt.Sprintf("P(X(30) = %d)", 11+i), bg.PMF(11+i, 30), want, 5e-11)
	}
	near(t, "P(X(30) = -1)", bg.PMF(-1, 30), 0, 0)
	near(t, "P(X(0) = 0)", bg.PMF(0, 0), 1, 0)
	near(t, "P(X(0) = 1)", bg.PMF(1, 0), 0, 0)
}

func TestBGNBDAliveCrossing(t *testing.T) {
	for _, c := range []struct{ theta, want float64 }{
		{.8, 31.64742892},
		{.5, 62.49125432},
		{.2, 119.71621862},
		{.1, 173.77938262},
		{0, math.Inf(1)},
		{1, math.Inf(-1)},
	} {
		got := bg.AliveCrossing(customer, c.theta)
		near(t, fmt.Sprintf("crossing of %v", c.theta), got, c.want, 1e-8)
		if !math.IsInf(got, 0) {
			near(t, fmt.Sprintf("P(alive) at the crossing of %v", c.theta), bg.Alive(Rhythm{2, 30.43, got}), c.theta, 1e-14)
		}
	}
	never := math.Inf(1)
	near(t, "who bought once", bg.AliveCrossing(Rhythm{T: 39}, .5), never, 0)
	near(t, "beyond a float64", BGNBD{1e-9, 1, 1e-9, 1e9}.AliveCrossing(Rhythm{1, 1, 1}, 1e-300), never, 0)
	near(t, "beyond MaxSpan", BGNBD{.01, 1, 1e-9, 1e9}.AliveCrossing(Rhythm{1, 1, 1}, 1e-3), never, 0)
	if got := bg.AliveCrossing(customer, .9); !(got < customer.TX) {
		t.Errorf("crossing of .9, below which P(alive) was born: got %v, want it before the purchase at %v", got, customer.TX)
	}
}

func TestBGNBDLogLikelihood(t *testing.T) {
	m := BGNBD{R: .25, Alpha: 4, A: .8, B: 2.5}
	near(t, "who bought once", m.LogLikelihood(Rhythm{0, 0, 40}), -.59947382, 5e-9)
	near(t, "200 purchases", m.LogLikelihood(Rhythm{200, 38, 40}), 100.795693, 5e-7)
}
