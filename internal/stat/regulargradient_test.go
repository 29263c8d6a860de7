package stat

import (
	"fmt"
	"math"
	"testing"
)

// Every derivative is what small steps give.
func TestRegularGradient(t *testing.T) {
	for _, p := range []Limit{
		{R: .9, Alpha: 90, A: .6, B: 2.4}, {Rate: .02, A: .6, B: 2.4}, {R: .9, Alpha: 90, Leaving: .15}, {Rate: .02, Leaving: .15}, {R: 30, Alpha: 500, A: 2, B: .05},
	} {
		for _, h := range []Paced{{}, {Rhythm: Rhythm{T: 100}}, equal(1, 40, 10), equal(4, 365, 20), equal(200, 7, 90), {Rhythm{X: 3, TX: 90, T: 200}, math.Log(5 * 25 * 60)}} {
			for _, weights := range [][len(Regularities)]float64{mixed.Weights, {1}, {0, 0, 1}, {.5, 0, 0, 0, 0, .5}} {
				m := Regular{Purchases: p, Weights: weights}
				l, by, posterior := m.Gradient(h)
				of := fmt.Sprintf(" of %+v by %+v", h, m)
				near(t, "log-likelihood"+of, l, m.LogLikelihood(h), 1e-12*math.Abs(l)+1e-12)
				want := m.Posterior(h)
				for i := range posterior {
					near(t, "posterior"+of, posterior[i], want[i], 1e-9)
				}
				for i, at := range []*float64{&m.Purchases.R, &m.Purchases.Alpha, &m.Purchases.A, &m.Purchases.B} {
					switch {
					case i == 0 && p.Rate > 0:
						at = &m.Purchases.Rate
					case i == 2 && p.Leaving > 0:
						at = &m.Purchases.Leaving
					}
					value := *at
					if value == 0 {
						near(t, "derivative"+of, by[i], 0, 0)
						continue
					}
					step := func(d float64) float64 {
						*at = value * (1 + d)
						defer func() { *at = value }()
						return m.LogLikelihood(h)
					}
					const d = 1e-3
					want := (8*(step(d)-step(-d)) - (step(2*d) - step(-2*d))) / (12 * d)
					near(t, fmt.Sprintf("derivative by parameter %d%s", i, of), by[i]*value, want, 1e-7*math.Abs(want)+1e-10*math.Abs(l)+1e-8)
				}
			}
		}
	}
}
