package stat

import (
	"fmt"
	"math"
	"testing"
)

// Every derivative is what small steps give.
func TestGradients(t *testing.T) {
	rhythms := []Rhythm{{}, {T: 39}, customer, {1, 0, 0}, {1, 1, 300}, {26, 30.86, 31}, {300, 50, 200}, {10000, 36000, 36525}}
	for _, p := range [][4]float64{
		{.243, 4.414, .793, 2.426},
		{.525, 6.183, .891, 1},
		{3, 100, 20, 40},
		{1, 50, 60, .05},
		{.7, 9.4, 1e-4, 1e4},
	} {
		for _, h := range rhythms {
			holds := func(name string, f func(p []float64) (float64, []float64), at []float64) {
				_, by := f(at)
				value, _ := f(at)
				for i := range at {
					step := func(by float64) float64 {
						q := append([]float64(nil), at...)
						q[i] *= 1 + by
						v, _ := f(q)
						return v
					}
					const d = 1e-3
					want := (8*(step(d)-step(-d)) - (step(2*d) - step(-2*d))) / (12 * d)
					near(t, fmt.Sprintf("%s%v of %+v by parameter %d", name, at, h, i), by[i]*at[i], want,
						1e-8*math.Abs(want)+1e-11*math.Abs(value)+1e-9)
				}
			}
			holds("BG/NBD", func(p []float64) (float64, []float64) {
				l, by := BGNBD{p[0], p[1], p[2], p[3]}.Gradient(h)
				return l, by[:]
			}, p[:])
			holds("MBG/NBD", func(p []float64) (float64, []float64) {
				l, by := MBGNBD{p[0], p[1], p[2], p[3]}.Gradient(h)
				return l, by[:]
			}, p[:])
			holds("Pareto/NBD", func(p []float64) (float64, []float64) {
				l, by := ParetoNBD{p[0], p[1], p[2], p[3]}.Gradient(h)
				return l, by[:]
			}, p[:])
			holds("NBD", func(p []float64) (float64, []float64) {
				l, by := NBD{p[0], p[1]}.Gradient(h)
				return l, by[:]
			}, p[:2])
			holds("sBG", func(p []float64) (float64, []float64) {
				l, by := SBG{p[2], p[3]}.Gradient(Subscription{h.X + 1, h.X%2 == 0})
				return l, []float64{0, 0, by[0], by[1]}
			}, p[:])
			holds("BG/BB", func(p []float64) (float64, []float64) {
				l, by := BGBB{p[0], p[1], p[2], p[3]}.Gradient(Occasions{h.X, 2 * h.X, 2*h.X + 5})
				return l, by[:]
			}, p[:])
			if h.X > 0 {
				holds("Gamma-Gamma", func(p []float64) (float64, []float64) {
					l, by := GammaGamma{p[0], p[1], p[2]}.Gradient(Spend{h.X, 22.35})
					return l, by[:]
				}, p[:3])
			}
		}
	}
}
