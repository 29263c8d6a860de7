package clv_test

import (
	"testing"

	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// A memory changes no answer, whoever was asked for before.
func TestMemoryChangesNothing(t *testing.T) {
	mixture := &stat.Regular{Purchases: stat.Limit{R: .6, Alpha: 8, A: .8, B: 2.5}, Weights: [6]float64{.4, .1, .1, .1, .1, .2}}
	m := clv.Model{
		Purchase: mixture.Random(), Regular: mixture, UnitDays: 7, Spend: stat.GammaGamma{P: 6, Q: 4, V: 15}, HorizonDays: 365, Discount: .1, Margin: .3,
	}.Prepared()
	var memory clv.Memory
	for i := range 200 {
		p := clv.Pattern{Repeats: i * 7 % 4, GapsKnown: i%9 > 0, Age: float64(100 + i*31%300)}
		if p.Repeats > 0 {
			p.Last, p.LogGaps, p.LastShift = 80, float64(p.Repeats)*(2+float64(i%2)), float64(i%3)
			p.AgeShift = p.LastShift
		}
		known := p
		known.Memory = &memory
		risk, ahead := m.Judge(p, 90)
		if gotRisk, gotAhead := m.Judge(known, 90); gotRisk != risk || gotAhead != ahead {
			t.Fatalf("%+v: risk %v, ahead %v with a memory; want %v and %v", p, gotRisk, gotAhead, risk, ahead)
		}
		for what, x := range map[string][2]float64{
			"alive": {m.Alive(known), m.Alive(p)}, "no purchase": {m.NoPurchase(known, 90), m.NoPurchase(p, 90)},
			"expected": {m.Expected(known), m.Expected(p)}, "next purchase": {m.NextPurchase(known, .5), m.NextPurchase(p, .5)},
			"ahead": {m.Ahead(known), m.Ahead(p)},
		} {
			if x[0] != x[1] {
				t.Fatalf("%+v: %s %v with a memory, want %v", p, what, x[0], x[1])
			}
		}
	}
}
