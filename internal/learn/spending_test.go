package learn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// With 30 % of the baskets free, what purchase days to come are expected to bring is what these days bring.
func TestFreeBasketsDoNotBiasTheSpend(t *testing.T) {
	for _, free := range []float64{0, .02, .3, .8} {
		r := rand.New(rand.NewPCG(30, uint64(100*free)))
		var before []clv.Pattern
		var days, came []float64
		for range 4000 {
			own := 20 * math.Exp(.4*r.NormFloat64())
			bring := func() float64 {
				if r.Float64() < free {
					return 0
				}
				return own * math.Exp(.3*r.NormFloat64())
			}
			p := clv.Pattern{Repeats: r.IntN(8)}
			if bring() == 0 {
				p.FreeDays++
			}
			for range p.Repeats {
				if x := bring(); x > 0 {
					p.SpendDays++
					p.Spend += x
				} else {
					p.FreeDays++
				}
			}
			n, sum := r.IntN(4), 0.
			for range n {
				sum += bring()
			}
			before, days, came = append(before, p), append(days, float64(n)), append(came, sum)
		}
		got, err := learn.Spend(t.Context(), before, fit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := clv.Model{Spend: got.Fit.Model, Paid: got.Paid}
		var forecast, actual float64
		for i, p := range before {
			forecast += days[i] * m.SpendPerDay(p)
			actual += came[i]
		}
		t.Logf("%.0f %% free: off by %+.1f %%, paid share %+v", 100*free, 100*(forecast/actual-1), got.Paid)
		if off := forecast/actual - 1; math.Abs(off) > .05 {
			t.Errorf("%.0f %% free: forecast %.0f, came %.0f, off by %+.1f %%, want within 5 %%", 100*free, forecast, actual, 100*off)
		}
	}
}

// A few free days of a shop do not outweigh a customer's own: whose orders are all samples is not expected to pay.
func TestAFewFreeDaysOfAShop(t *testing.T) {
	shop := make([]clv.Pattern, 600)
	for i := range shop {
		shop[i] = clv.Pattern{Repeats: 4, SpendDays: 4, Spend: float64(100 + i%50)}
		if i < 4 {
			shop[i].SpendDays, shop[i].FreeDays = 3, 1
		}
	}
	got, err := learn.Spend(t.Context(), shop, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first := got.Paid.Of(stat.Baskets{}); first < .99 || first > 1-1e-4 {
		t.Errorf("of somebody new the paid share is %v, want nearly 1", first)
	}
	if share := got.Paid.Of(stat.Baskets{Free: 20}); share > .5 {
		t.Errorf("of a customer with twenty free days the paid share is %v, want at most a half: %+v", share, got.Paid)
	}
}

func TestSpendOfAlmostNothing(t *testing.T) {
	unpaid := []clv.Pattern{{FreeDays: 1}, {Repeats: 2, FreeDays: 3}}
	got, err := learn.Spend(t.Context(), unpaid, fit.Options{})
	if err != nil || got.Fit.Model != stat.SpendModel(stat.FixedSpend{}) {
		t.Errorf("a log without amounts: got %+v, %v, want a constant spend of 0", got, err)
	}
	if m := (clv.Model{Spend: got.Fit.Model, Paid: got.Paid}); m.SpendPerDay(clv.Pattern{}) != 0 {
		t.Errorf("a log without amounts: a day brings %v, want 0", m.SpendPerDay(clv.Pattern{}))
	}
	got, err = learn.Spend(t.Context(), []clv.Pattern{{}, {Repeats: 2, FreeDays: 2}}, fit.Options{})
	if err != nil || got.Fit.Model != nil || got.Paid == (stat.PaidShare{}) {
		t.Errorf("nobody pays again: got %+v, %v, want a paid share and no spend model", got, err)
	}
}
