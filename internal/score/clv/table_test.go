package clv_test

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// What is remembered of customers who are still there changes no answer: whoever was asked for before, and whatever was changed of the model since it
// was prepared.
func TestTableChangesNothing(t *testing.T) {
	bare := clv.Model{
		Purchase: stat.MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614}, UnitDays: 7, Spend: stat.GammaGamma{P: 6, Q: 4, V: 15},
		HorizonDays: 365, Discount: .1, Margin: .3,
	}
	prepared := bare.Prepared()
	customer := rapid.Custom(func(t *rapid.T) clv.Pattern {
		p := clv.Pattern{Repeats: rapid.IntRange(0, 3).Draw(t, "repeats"), Age: float64(rapid.IntRange(0, 40).Draw(t, "age")) + rapid.SampledFrom([]float64{0, .25}).Draw(t, "of a day")}
		if p.Repeats > 0 {
			p.Last = min(p.Age, float64(rapid.IntRange(1, 40).Draw(t, "last")))
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		without, with := bare, prepared
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 1:
			without.Purchase, with.Purchase = stat.BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426}, stat.BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426}
			if rapid.Bool().Draw(t, "prepared again") {
				with = with.Prepared()
			}
		case 2:
			without.HorizonDays, with.HorizonDays = 180, 180
			if rapid.Bool().Draw(t, "prepared again") {
				with = with.Prepared()
			}
		case 3:
			without.Discount, with.Discount = .2, .2
		case 4:
			without.UnitDays, with.UnitDays = 1, 1
		}
		for _, p := range rapid.SliceOfN(customer, 1, 20).Draw(t, "customers") {
			if got, want := with.Ahead(p), without.Ahead(p); got != want {
				t.Fatalf("%+v: ahead %v, want %v", p, got, want)
			}
		}
	})
}

// Goroutines may share a model, and more customers than there are places.
func TestTableIsShared(t *testing.T) {
	m := clv.Model{
		Purchase: stat.MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614}, UnitDays: 7, Spend: stat.GammaGamma{P: 6, Q: 4, V: 15},
		HorizonDays: 365, Discount: .1, Margin: .3,
	}
	shared := m.Prepared()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 40_000 {
				p := clv.Pattern{Repeats: i % 13, Last: float64(10 * (i % 13)), Age: float64(130 + i%1501)}
				if i%2 == 0 {
					p.Repeats, p.Age = i, 150
				}
				if got, want := shared.Ahead(p), m.Ahead(p); got != want {
					t.Errorf("%+v: ahead %v, want %v", p, got, want)
				}
			}
		})
	}
	all.Wait()
}
