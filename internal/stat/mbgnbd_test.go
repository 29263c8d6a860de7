package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestMBGNBDOfThePublishedCustomer(t *testing.T) {
	near(t, "P(alive)", mbg.Alive(customer), .7062022651, 1e-10)
	near(t, "E[Y(39)]", mbg.Expected(customer, 39), 1.2629606233, 1e-10)
	near(t, "median gap", mbg.NextGapMedian(customer), 14.22866244, 1e-8)
	for _, c := range []struct{ weeks, want, once float64 }{
		{4, .86347785, .96697468},
		{13, .66607772, .91241080},
		{26, .51728192, .86051575},
		{39, .44000591, .82527766},
		{52, .39548192, .79937496},
	} {
		near(t, fmt.Sprintf("P(no purchase in %v weeks)", c.weeks), mbg.NoPurchase(customer, c.weeks), c.want, 1e-8)
		near(t, fmt.Sprintf("the same, of who bought once, 20 weeks ago, in %v", c.weeks),
			mbg.NoPurchase(Rhythm{T: 20}, c.weeks), c.once, 1e-8)
	}
}

func TestMBGNBDGivesUpWhoBoughtOnce(t *testing.T) {
	once := Rhythm{T: 39}
	near(t, "P(alive)", mbg.Alive(once), .3893476487, 1e-10)
	near(t, "E[Y(39)]", mbg.Expected(once, 39), .1534394484, 1e-10)
}

func TestMBGNBDFadesInSilence(t *testing.T) {
	for _, c := range []struct{ T, alive, expected float64 }{
		{30.43, .80221976, 1.70077926},
		{38.86, .70620227, 1.26296062},
		{52, .55741357, .80245149},
		{78, .33135504, .34477337},
		{104, .20074164, .16366879},
	} {
		h := Rhythm{X: 2, TX: 30.43, T: c.T}
		near(t, fmt.Sprintf("P(alive) at %v", c.T), mbg.Alive(h), c.alive, 1e-8)
		near(t, fmt.Sprintf("E[Y(39)] at %v", c.T), mbg.Expected(h, 39), c.expected, 1e-8)
	}
	near(t, "P(alive) right after a purchase is (b+x)/(a+b+x)",
		mbg.Alive(Rhythm{X: 2, TX: 30, T: 30}), 3.614/(.891+3.614), 1e-15)
}

func TestMBGNBDExpectedNew(t *testing.T) {
	for _, c := range []struct{ weeks, want float64 }{{1, .053085}, {3, .150863}, {52, 1.419724}, {78, 1.804758}} {
		near(t, fmt.Sprintf("E[X(%v)]", c.weeks), mbg.ExpectedNew(c.weeks), c.want, 5e-7)
	}
}

func TestMBGNBDAliveCrossing(t *testing.T) {
	for _, c := range []struct{ theta, customer, once float64 }{
		{.8, 30.63257048, -4.8156}, // who bought once is below .8 from birth
		{.5, 57.56567098, 12.98942339},
		{.2, 104.20217122, 262.63475316},
		{.1, 146.00799648, 1253.55952737},
		{0, math.Inf(1), math.Inf(1)},
		{1, math.Inf(-1), math.Inf(-1)},
	} {
		tol := 1e-8
		near(t, fmt.Sprintf("crossing of %v", c.theta), mbg.AliveCrossing(customer, c.theta), c.customer, tol)
		if c.once < 0 {
			tol = 5e-5
		}
		near(t, fmt.Sprintf("crossing of %v, bought once", c.theta), mbg.AliveCrossing(Rhythm{T: 39}, c.theta), c.once, tol)
	}
}

func TestMBGNBDLogLikelihood(t *testing.T) {
	m := MBGNBD{R: .25, Alpha: 4, A: .8, B: 2.5}
	near(t, "who bought once", m.LogLikelihood(Rhythm{0, 0, 40}), -.41792826, 5e-9)
	near(t, "200 purchases", m.LogLikelihood(Rhythm{200, 38, 40}), 100.786910, 5e-7)
}

// What the density of purchases adds up to: one, and the mean.
func TestPMFAddsUp(t *testing.T) {
	for _, c := range []struct {
		name string
		pmf  func(n int, span float64) float64
		mean func(span float64) float64
	}{
		{"BG/NBD", bg.PMF, bg.ExpectedNew},
		{"MBG/NBD", mbg.PMF, mbg.ExpectedNew},
	} {
		for _, weeks := range []float64{0, 1, 30, 200} {
			var sum, mean float64
			for n := range 5000 {
				p := c.pmf(n, weeks)
				sum += p
				mean += float64(n) * p
			}
			near(t, fmt.Sprintf("%s: sum of P(X(%v) = n)", c.name, weeks), sum, 1, 1e-11)
			near(t, fmt.Sprintf("%s: mean of X(%v)", c.name, weeks), mean, c.mean(weeks), 1e-9)
		}
	}
}
