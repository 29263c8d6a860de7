package learn_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/history"
	"tidemark/internal/learn"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

// cases are customers whose chance of having left rises with silence and falls with the number of items of the last order.
func cases(n int, items func(r *rand.Rand) int) []learn.Case {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]learn.Case, n)
	for i := range list {
		repeats, silent := r.IntN(6), float64(7*r.IntN(29))
		c := learn.Case{Pattern: clv.Pattern{Repeats: repeats, Age: 300}, Traits: churn.Traits{
			Silent: silent, Tenure: 300 - silent, Repeats: repeats, MedianGap: 30, Spend: 20 * float64(1+repeats), LastOrder: 20, LastItems: items(r),
		}}
		if repeats > 0 {
			c.Pattern.Last = 300 - silent
		}
		c.Traits.Items = (1 + repeats) * c.Traits.LastItems
		odds := -2 + silent/40 - .8*math.Log(float64(c.Traits.LastItems))
		if r.Float64() > 1/(1+math.Exp(-odds)) {
			c.Later = history.Bought{Days: 1}
		}
		list[i] = c
	}
	return list
}

// The stack learns from silence and from baskets. If all orders name the same number of items, items have no weight.
func TestStack(t *testing.T) {
	for _, row := range []struct {
		why     string
		items   func(r *rand.Rand) int
		baskets bool
	}{
		{"baskets differ", func(r *rand.Rand) int { return 1 + r.IntN(12) }, true},
		{"an item each", func(*rand.Rand) int { return 1 }, false},
	} {
		all := cases(2000, row.items)
		s, r, err := learn.Stack(t.Context(), [][]learn.Case{all}, 90*24*time.Hour, 7)
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		if err := s.Check(); err != nil || r.Customers != len(all) || s.MaxTenure < 290 {
			t.Errorf("%s: %v; of %d customers, tenure up to %v", row.why, err, r.Customers, s.MaxTenure)
		}
		items := s.Weights[churn.Items] != 0 || s.Weights[churn.LastItems] != 0
		if items != row.baskets || row.baskets && s.Weights[churn.LastItems] >= 0 {
			t.Errorf("%s: items weigh %v, those of the last order %v", row.why, s.Weights[churn.Items], s.Weights[churn.LastItems])
		}
		bought, err := learn.Purchases(t.Context(), all, 7)
		if err != nil {
			t.Fatal(err)
		}
		risk := func(silent float64) float64 {
			c := learn.Case{Pattern: clv.Pattern{Repeats: 2, Age: 300, Last: 300 - silent}, Traits: all[0].Traits}
			c.Traits.Silent, c.Traits.Tenure, c.Traits.Repeats, c.Traits.LastItems, c.Traits.Items = silent, 300-silent, 2, 1, 3
			return s.Risk(c.Traits, learn.NoPurchase(bought.Model, 7, &c, 90*24*time.Hour))
		}
		if low, high := risk(10), risk(180); !(low < .4 && high > .75) {
			t.Errorf("%s: the risk after 10 days of silence is %.2f, after 180 %.2f; want it below .4 and above .75", row.why, low, high)
		}
	}
}
