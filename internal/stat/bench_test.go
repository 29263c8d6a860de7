package stat

import "testing"

// The customers that a stream is made of, in weeks.
var rhythms = []struct {
	name string
	h    Rhythm
}{
	{"new", Rhythm{}},
	{"once", Rhythm{T: 39}},
	{"customer", customer},
	{"weekly", Rhythm{X: 50, TX: 51, T: 52}},
	{"daily", Rhythm{X: 1000, TX: 156, T: 156.5}},
}

func bench(b *testing.B, f func(h Rhythm) float64) {
	for _, r := range rhythms {
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f(r.h)
			}
		})
	}
}

func BenchmarkAlive(b *testing.B) {
	bench(b, mbg.Alive)
}

func BenchmarkNoPurchase(b *testing.B) {
	bench(b, func(h Rhythm) float64 { return mbg.NoPurchase(h, 13) })
}

func BenchmarkExpected(b *testing.B) {
	bench(b, func(h Rhythm) float64 { return mbg.Expected(h, 52) })
}

func BenchmarkDiscounted12(b *testing.B) {
	bench(b, func(h Rhythm) float64 { return mbg.Discounted(h, 12, 365./12/7, .008) })
}

func BenchmarkAliveCrossing(b *testing.B) {
	bench(b, func(h Rhythm) float64 { return mbg.AliveCrossing(h, .5) })
}

func BenchmarkLogLikelihood(b *testing.B) {
	bench(b, mbg.LogLikelihood)
}

// The integral, which takes over from the series for very long spans.
func BenchmarkExpectedLongSpan(b *testing.B) {
	b.ReportAllocs()
	m := MBGNBD{R: .5, Alpha: .01, A: .9, B: 1.6}
	for b.Loop() {
		m.Expected(Rhythm{}, 52)
	}
}

func BenchmarkExpectedSpend(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		gg.ExpectedSpend(2, 44.7)
	}
}

func TestNothingAllocates(t *testing.T) {
	var model PurchaseModel = mbg
	for _, r := range rhythms {
		allocs := testing.AllocsPerRun(10, func() {
			model.Alive(r.h)
			model.NoPurchase(r.h, 13)
			model.Discounted(r.h, 12, 4.345, .008)
			model.AliveCrossing(r.h, .5)
			model.NextGapQuantile(r.h, .5)
		})
		if allocs != 0 {
			t.Errorf("%s: got %v allocations, want 0", r.name, allocs)
		}
	}
}

// What the mixture of regularities costs beside MBG/NBD: a weekly buyer, right after the last purchase and in silence.
func BenchmarkRegular(b *testing.B) {
	just, silent := equal(50, 7, 0), equal(50, 7, 20)
	for name, f := range map[string]func() float64{
		"alive":            func() float64 { return mixed.Alive(silent) },
		"alive, MBG":       func() float64 { return mixed.mbg().Alive(silent.Rhythm) },
		"crossing":         func() float64 { return mixed.AliveCrossing(silent, .5) },
		"year":             func() float64 { return mixed.Expected(just, 365) },
		"year, MBG":        func() float64 { return mixed.mbg().Expected(just.Rhythm, 365) },
		"year, once":       func() float64 { return mixed.Expected(Paced{}, 365) },
		"year, in silence": func() float64 { return mixed.Expected(silent, 365) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}
