package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The number that was to come is that of Discounted right after the last purchase, and does not change in silence.
func TestComing(t *testing.T) {
	worst := 0.
	rapid.Check(t, func(t *rapid.T) {
		m := ofMBG(MBGNBD{R: logUniform(t, "r", .3, 3), Alpha: logUniform(t, "alpha", 20, 300), A: logUniform(t, "a", .2, 3), B: logUniform(t, "b", .5, 10)},
			.3, .2, .1, .1, .1, .2)
		if rapid.Bool().Draw(t, "one rate") {
			m.Purchases.Rate, m.Purchases.R, m.Purchases.Alpha = m.Purchases.R/m.Purchases.Alpha, 0, 0
		}
		if rapid.Bool().Draw(t, "one leaving") {
			m.Purchases.Leaving, m.Purchases.A, m.Purchases.B = m.Purchases.A/(m.Purchases.A+m.Purchases.B), 0, 0
		}
		h := equal(rapid.IntRange(0, 40).Draw(t, "repeats"), logUniform(t, "gap", 1, 400), 0)
		h.LogGaps -= float64(h.X) * rapid.Float64Range(0, 1).Draw(t, "irregular")
		const month = 365. / 12
		monthly := rapid.Float64Range(0, .0125).Draw(t, "rate")
		want := m.Discounted(h, 12, month, monthly) / m.Alive(h)
		h.T += rapid.Float64Range(0, 1000).Draw(t, "silence")
		of := Outlook{Span: 365, Decay: math.Log1p(monthly) / month, Late: month / 2}
		alive, got := m.Coming(h, of)
		if alive != m.Alive(h) {
			t.Errorf("P(alive) %v, want %v", alive, m.Alive(h))
		}
		if off := math.Abs(got/want - 1); off > .015 {
			t.Errorf("%+v by %+v: %v purchases to come, want %v within 1.5 %%", h, m, got, want)
		} else {
			worst = max(worst, off)
		}
		h.T += 100
		if _, later := m.Coming(h, of); later != got {
			t.Errorf("%v purchases were to come, and %v after more silence", got, later)
		}
	})
	t.Logf("off by %.4f at most", worst)
}

func BenchmarkComing(b *testing.B) {
	of := Outlook{Span: 365, Decay: .1 / 365, Late: 15}
	for name, h := range map[string]Paced{"weekly": equal(30, 7, 3), "monthly": equal(12, 30, 10), "yearly": equal(4, 365, 10), "once": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				mixed.Coming(h, of)
			}
		})
	}
}
