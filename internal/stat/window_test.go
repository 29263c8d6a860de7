package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// A window of phases, with ratios of weights alone, gives what all phases give, one after another.
func TestWindowOfPhases(t *testing.T) {
	windows := 0
	rapid.Check(t, func(t *rapid.T) {
		m := ofMBG(MBGNBD{R: logUniform(t, "r", .1, 10), Alpha: logUniform(t, "alpha", 1, 1000), A: logUniform(t, "a", .2, 3), B: logUniform(t, "b", .5, 10)},
			.3, .2, .1, .1, .1, .2)
		if rapid.Bool().Draw(t, "one rate") {
			m.Purchases.Rate, m.Purchases.R, m.Purchases.Alpha = m.Purchases.R/m.Purchases.Alpha, 0, 0
		}
		if rapid.Bool().Draw(t, "one leaving") {
			m.Purchases.Leaving, m.Purchases.A, m.Purchases.B = m.Purchases.A/(m.Purchases.A+m.Purchases.B), 0, 0
		}
		h := equal(rapid.IntRange(0, 60).Draw(t, "repeats"), logUniform(t, "gap", 1, 400), 0)
		h.T += rapid.SampledFrom([]float64{0, 1e-300, 1e-12, .01, 1, 30, 400, 4000}).Draw(t, "silence")
		span := logUniform(t, "span", .01, 2000)
		b := m.Believe(h)
		for place := 1; place < len(Regularities); place++ {
			p, quiet := b.phases(place, h.T, span), b.logQuiet(place, h.T-h.TX)
			from, until := p.window()
			if p.tooMany() || until-from >= windowed || quiet <= leastQuiet {
				continue
			}
			windows++
			to := stays{stay: b.Purchases.stay(h)}
			want := p.oneAfterAnother(quiet, &to)
			rounding := 1e-14 * float64(until) // of want: its scale is a logarithm of that size, added up in steps
			if got := p.within(from, until, &to); !(math.Abs(got/want-1) <= 2e-11+rounding) {
				t.Fatalf("k %d of %+v by %+v in %v: %v purchases in the window from %d to %d, want %v", p.k, h, m, span, got, from, until, want)
			}
		}
	})
	if windows < 100 {
		t.Errorf("%d windows: too few to prove anything", windows)
	}
}

func BenchmarkExpectedOfRegular(b *testing.B) {
	for name, h := range map[string]Paced{"weekly": equal(30, 7, 3), "monthly": equal(12, 30, 10), "yearly": equal(4, 365, 10), "once": {Rhythm: Rhythm{T: 20}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				mixed.Expected(h, 365)
			}
		})
	}
}
