package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestBGBB(t *testing.T) {
	m := BGBB{1.204, .750, .657, 2.783}
	for _, c := range []struct {
		o    Occasions
		want float64
	}{{Occasions{0, 0, 6}, .1081}, {Occasions{2, 4, 6}, .5897}, {Occasions{6, 6, 6}, .9304}} {
		near(t, fmt.Sprintf("P(alive at 7) of %+v", c.o), m.AliveNext(c.o), c.want, 5e-4)
	}
	var sum float64
	for x := range 7 {
		sum += m.PMF(x, 6)
	}
	near(t, "sum of the PMF", sum, 1, 1e-14)
	near(t, "PMF beyond", m.PMF(7, 6), 0, 0)

	// Counted out: a new customer's purchases at six occasions, and their mean.
	var all, mean float64
	for bits := range 64 {
		o := Occasions{N: 6}
		for i := range 6 {
			if bits>>i&1 == 1 {
				o.X, o.TX = o.X+1, i+1
			}
		}
		all += math.Exp(m.LogLikelihood(o))
		mean += math.Exp(m.LogLikelihood(o)) * float64(o.X)
	}
	near(t, "sum of the likelihoods", all, 1, 1e-14)
	near(t, "mean of their purchases", m.Expected(Occasions{}, 6), mean, 1e-14)
}

func TestBGBBOfTheDonors(t *testing.T) {
	m := BGBB{1.204, .750, .657, 2.783}
	var donors, likelihood, expected float64
	for fields := range lines(t, "cdnow/donations.csv", ",", 1) {
		o := Occasions{X: int(number(t, fields[0])), TX: int(number(t, fields[1])), N: int(number(t, fields[2]))}
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		w := number(t, fields[3])
		donors += w
		likelihood += w * m.LogLikelihood(o)
		expected += w * m.Expected(o, 5)
	}
	near(t, "donors", donors, 11104, 0)
	near(t, "log-likelihood", likelihood, -33225.5813, 1e-2)
	near(t, "donations of the next five years", expected, 12884.16, 5)
	near(t, "donors of none in six", donors*m.PMF(0, 6), 3454.9, 1.5)
	near(t, "donors of six in six", donors*m.PMF(6, 6), 1253.1, 1.5)
}
