package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestParetoNBDOfThePublishedCustomer(t *testing.T) {
	for _, c := range []struct{ T, alive, expected float64 }{
		{30.43, 1, 1.96076362},
		{38.86, .86916756, 1.45512319},
		{52, .65630592, .89627607},
		{78, .33996392, .34096629},
		{104, .17831357, .14147336},
	} {
		h := Rhythm{X: 2, TX: 30.43, T: c.T}
		near(t, fmt.Sprintf("P(alive) at %v", c.T), pareto.Alive(h), c.alive, 1e-8)
		near(t, fmt.Sprintf("E[Y(39)] at %v", c.T), pareto.Expected(h, 39), c.expected, 1e-8)
	}
}

// Parameters and values as in the papers' implementations, and with 60 digits.
func TestParetoNBDAlive(t *testing.T) {
	digits := ParetoNBD{.5533, 10.5777, .6062, 11.6686}
	often := ParetoNBD{.5143, 2.8845, .2856, 14.1087}
	steep := ParetoNBD{10.465, .00798565181, 3.0516, 2.820}
	for _, c := range []struct {
		why  string
		m    ParetoNBD
		h    Rhythm
		want float64
		tol  float64
	}{
		{"the customer 1516", ParetoNBD{.5534, 10.5802, .6061, 11.6562}, Rhythm{26, 30.86, 31}, .997918, 5e-7},
		{"bought once", digits, Rhythm{0, 0, 39}, .294291104084, 1e-12},
		{"bought once, by the manual of BTYD", digits, Rhythm{0, 0, 39}, .2941633, 2e-4},
		{"two purchases", digits, customer, .869123006333, 1e-12},
		{"26 purchases", digits, Rhythm{26, 30.86, 31}, .997918023626, 1e-12},
		{"seven purchases, long ago", digits, Rhythm{7, 35, 77.86}, .0585227840703, 1e-13},
		{"221 purchases", often, Rhythm{221, 103.42857, 103.57143}, .99959605, 5e-9},
		{"254 purchases", often, Rhythm{254, 97.14286, 97.28571}, .99955823, 5e-9},
		{"161 purchases", often, Rhythm{161, 94.71429, 98}, .74948775, 5e-9},
		{"204 purchases", often, Rhythm{204, 98.57143, 99.42857}, .99425508, 5e-9},
		{"a tiny alpha", steep, Rhythm{40, 5, 6}, .0018851282, 5e-11},
		{"ten thousand purchases, then a year of nothing", pareto, Rhythm{10000, 1000, 1052}, 0, 1e-100},
	} {
		near(t, c.why, c.m.Alive(c.h), c.want, c.tol)
	}
	for _, c := range []struct {
		h    Rhythm
		want float64 // ln A0 of the literature
	}{
		{Rhythm{400, 5, 6}, -667.991281}, {Rhythm{500, 1, 37}, -9.476588}, {Rhythm{500, 4, 37}, -715.059793},
	} {
		d := steep.leaving(c.h)
		got := math.Log((steep.R+steep.S+float64(c.h.X))*d.integral(c.h.T-c.h.TX)) - d.k*math.Log(d.p) - d.l*math.Log(d.q)
		near(t, fmt.Sprintf("ln A0 of %+v", c.h), got, c.want, 5e-7)
	}
}

func TestParetoNBDExpected(t *testing.T) {
	published := ParetoNBD{.55, 10.58, .61, 11.67}
	for _, c := range []struct {
		why  string
		m    ParetoNBD
		h    Rhythm
		span float64
		want float64
		tol  float64
	}{
		{"the customer 1516", ParetoNBD{.5534, 10.5802, .6061, 11.6562}, Rhythm{26, 30.86, 31}, 52, 25.4549, 5e-5},
		{"the same, as published", pareto, Rhythm{26, 30.86, 31}, 52, 25.4585, 5e-5},
		{"132 purchases", published, Rhythm{132, 200, 200}, 10, 6.2060517889632418, 1e-11},
		{"133 purchases, where 2F1 underflows", published, Rhythm{133, 200, 200}, 10, 6.2528722475748113, 1e-11},
		{"10 purchases, then silence", paretoFit, Rhythm{10, 20, 39}, 52, .705905, 2e-5},
		{"15 purchases, then silence", paretoFit, Rhythm{15, 20, 39}, 52, .144154, 3e-6},
		{"20 purchases, then silence", paretoFit, Rhythm{20, 20, 39}, 52, .022490, 1e-6},
		{"25 purchases, then silence", paretoFit, Rhythm{25, 20, 39}, 52, .003090, 1e-6},
	} {
		near(t, c.why, c.m.Expected(c.h, c.span), c.want, c.tol)
	}
	for _, c := range []struct{ weeks, want, tol float64 }{
		{1, .05100658, 4e-7},
		{2, .09962659, 4e-7},
		{9, .39133765, 4e-7},
		{52, 1.47344, 5e-6},
		{1, .05077821, .01},
		{2, .09916088, .01},
		{9, .38909211, .01}, // lifetimes, whose tolerance it is
	} {
		near(t, fmt.Sprintf("E[X(%v)]", c.weeks), paretoFit.ExpectedNew(c.weeks), c.want, c.tol)
	}
	at := ParetoNBD{.5533, 10.5777, 1, 11.6686}
	beside := at
	beside.S += 1e-7
	closeTo(t, "the pole s = 1", at.Expected(customer, 39), beside.Expected(customer, 39), 1e-7)
	near(t, "no span", pareto.Expected(customer, 0), 0, 0)
}

func TestParetoNBDLogLikelihood(t *testing.T) {
	digits := ParetoNBD{.5533, 10.5777, .6062, 11.6686}
	for _, c := range []struct {
		h    Rhythm
		want float64
	}{
		{customer, -9.55426836523538},
		{Rhythm{0, 0, 39}, -0.52169524419596},
		{Rhythm{26, 30.86, 31}, -39.1306850777138},
		{Rhythm{300, 50, 200}, 172.5043888000165},
		{Rhythm{10000, 36000, 36525}, -22830.42230680629},
		{Rhythm{7, 35, 77.86}, -23.7839336911949},
	} {
		closeTo(t, fmt.Sprintf("%+v", c.h), digits.LogLikelihood(c.h), c.want, 1e-13)
	}
}

// What can be seen, and when: the parts add up, and crossings are where they say.
func TestParetoNBDNextPurchase(t *testing.T) {
	for _, h := range []Rhythm{{}, {T: 39}, customer, {50, 51, 52}, {10000, 36000, 36525}} {
		for _, span := range []float64{.001, 13, 52, 1e5} {
			within := pareto.NextWithin(h, span)
			near(t, fmt.Sprintf("%+v: P(quiet) + P(purchase) within %v", h, span), pareto.quiet(h, span)+within, 1, 1e-12)
			near(t, fmt.Sprintf("%+v: P(no purchase) within %v", h, span),
				pareto.NoPurchase(h, span), 1-pareto.Alive(h)*within, 1e-12)
		}
		median := pareto.NextGapQuantile(h, .5)
		if !math.IsInf(median, 0) {
			near(t, fmt.Sprintf("%+v: P(purchase) within the median gap", h), pareto.NextWithin(h, median), .5, 1e-12)
		}
		crossing := pareto.AliveCrossing(h, .5)
		near(t, fmt.Sprintf("%+v: P(alive) at its crossing", h), pareto.Alive(Rhythm{h.X, h.TX, crossing}), .5, 1e-9)
	}
	near(t, "who may leave first buys never", pareto.NextGapQuantile(Rhythm{}, .99), math.Inf(1), 0)
	near(t, "crossing of 0", pareto.AliveCrossing(customer, 0), math.Inf(1), 0)
	near(t, "crossing of 1", pareto.AliveCrossing(customer, 1), math.Inf(-1), 0)
	near(t, "months add up", pareto.Discounted(customer, 12, 4.345, 0), pareto.Expected(customer, 12*4.345), 1e-13)
}

func TestParetoNBDDERT(t *testing.T) {
	m := ParetoNBD{.5629966, 12.5590370, .4081095, 10.5148048}
	near(t, "x 7, t_x 35", m.DERT(Rhythm{7, 35, 77.86}, .0027), 1.86418333, 5e-9)
	for i, want := range []float64{2.19916, 2.84353, 2.86713, 2.44541, 1.84050, 1.26242, .80962, .49480, .29202, .16793} {
		near(t, fmt.Sprintf("x %d, t_x 30", i+1), m.DERT(Rhythm{i + 1, 30, 77.86}, .0027), want, 5.1e-6)
	}
}

// Months shrunk to a little, and counted in the middle, are the integral.
func TestDERTIsDiscountedInSmallSteps(t *testing.T) {
	const rate, step, months = .05, .1, 8000
	for _, m := range []interface {
		PurchaseModel
		DERT(h Rhythm, rate float64) float64
	}{bg, mbg, pareto, MBGNBD{.7, 9.4, 1e-6, 1e6}, BGNBD{5, 9.4, 3, .1}} {
		for _, h := range []Rhythm{{}, {T: 39}, customer, {50, 51, 52}} {
			want := m.Discounted(h, months, step, math.Expm1(rate*step)) * math.Exp(rate*step/2)
			closeTo(t, fmt.Sprintf("%#v of %+v", m, h), m.DERT(h, rate), want, 5e-5)
		}
	}
}
