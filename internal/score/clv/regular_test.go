package clv_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// regularShop is a shop with random and regular buyers, by days.
func regularShop() clv.Model {
	m := clv.Model{
		Regular:  &stat.Regular{Purchases: stat.Limit{R: .9, Alpha: 90, A: .6, B: 2.4}, Weights: [6]float64{.4, .1, .1, .1, .1, .2}},
		UnitDays: 1, Spend: stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}, HorizonDays: 365, Discount: .1, Margin: .3,
	}
	m.Purchase = m.Regular.Random()
	return m
}

// yearly is a customer with four gaps of a year, after days of silence.
func yearly(days float64) clv.Pattern {
	return clv.Pattern{Repeats: 4, Last: 4 * 365, Age: 4*365 + days, SpendDays: 4, Spend: 400, LogGaps: 4 * math.Log(365), GapsKnown: true}
}

func TestRegularCustomers(t *testing.T) {
	m := regularShop()
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if due, late := m.Risk(yearly(365), 90), m.Risk(yearly(2*365), 90); !(due < .25 && late > .6) {
		t.Errorf("risk %.3f on the day and %.3f a year later, want it below .25 and above .6", due, late)
	}
	forgotten := yearly(365)
	forgotten.GapsKnown = false
	if got, want := m.Risk(forgotten, 90), 1-m.Purchase.Alive(forgotten.Rhythm(1)); got != want {
		t.Errorf("risk without known gaps %v, want that of k = 1, %v", got, want)
	}
	// The published numbers are those of now: the purchase comes closer.
	if just, due := m.NoPurchase(yearly(0), 90), m.NoPurchase(yearly(330), 90); !(just > .95 && due < .7) {
		t.Errorf("P(no purchase within 90 days) %.3f after a purchase and %.3f on day 330, want above .95 and below .7", just, due)
	}
	if just, due := m.Expected(yearly(0)), m.Expected(yearly(330)); !(due > just) {
		t.Errorf("%.3f purchases expected after a purchase and %.3f on day 330, want more on day 330", just, due)
	}
	if just, due := m.NextPurchase(yearly(0), .5), m.NextPurchase(yearly(200), .5); !(just > 300 && due < just-150) {
		t.Errorf("next purchase in %.0f days after a purchase and in %.0f on day 200", just, due)
	}
	m.Purchase = stat.MBGNBD{R: 1, Alpha: 1, A: 1, B: 1}
	if err := m.Check(); err == nil || !strings.Contains(err.Error(), "model of random buyers") {
		t.Errorf("another purchase model beside the mixture: %v, want it refused", err)
	}
}

// In silence the risk only rises and the value only falls, as for random buyers.
func TestLabelsOfRegularCustomersAreMonotone(t *testing.T) {
	m := regularShop()
	m.HorizonDays = 60 // cut within a month
	rapid.Check(t, func(t *rapid.T) {
		p := clv.Pattern{Repeats: rapid.IntRange(0, 40).Draw(t, "repeats"), GapsKnown: rapid.Bool().Draw(t, "known")}
		if x := float64(p.Repeats); p.Repeats > 0 {
			p.Last = x * rapid.Float64Range(1, 400).Draw(t, "mean gap")
			p.LogGaps = x * (math.Log(p.Last/x) - rapid.Float64Range(0, 1).Draw(t, "irregular"))
		}
		p.Age = p.Last + rapid.Float64Range(0, 800).Draw(t, "silence")
		later := p
		later.Age += rapid.Float64Range(0, 800).Draw(t, "more silence")
		if a, b := m.Risk(p, 90), m.Risk(later, 90); !(a >= 0 && a <= b+1e-12 && b <= 1) {
			t.Errorf("risk %v, after more silence %v", a, b)
		}
		if a, b := m.Current(p), m.Current(later); !(b >= 0 && b <= a*(1+1e-12)) {
			t.Errorf("value %v, after more silence %v", a, b)
		}
	})
}
