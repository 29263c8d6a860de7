package learn

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

const quarter = 91 * 24 * time.Hour

// shopOf are the customers of a shop at a cut. They come back as the purchase model that is fitted to them says, and their mood and baskets
// add to the log-odds.
func shopOf(t *testing.T, n int, seed uint64, mood, baskets float64) []Case {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	list := make([]Case, n)
	for i := range list {
		repeats, age := int(r.ExpFloat64()*3), 100+300*r.Float64()
		c := Case{Customer: strconv.Itoa(i), Pattern: clv.Pattern{Repeats: repeats, Age: age}}
		if repeats > 0 {
			c.Pattern.Last = age * (.2 + .8*r.Float64())
		}
		items := 1 + r.IntN(12)
		c.Traits = churn.Traits{
			Silent: age - c.Pattern.Last, Tenure: c.Pattern.Last, Repeats: repeats, MedianGap: c.Pattern.Last / float64(max(1, repeats)),
			Spend: 20 * float64(1+repeats), LastOrder: 20, LastItems: items, Items: items * (1 + repeats),
		}
		c.Traits.NPS = float64(r.IntN(3) - 1)
		list[i] = c
	}
	bought, err := Purchases(t.Context(), list, 7)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		c := &list[i]
		odds := logOdds(NoPurchase(bought.Model, 7, c, quarter)) - mood*c.Traits.NPS - baskets*float64(c.Traits.LastItems-6)/4
		if r.Float64() > 1/(1+math.Exp(-odds)) {
			c.Later = history.Bought{Days: 1}
		}
	}
	return list
}

// The stack of a small shop to which nothing is to be added stays near the purchase model where it is drawn there, and not where all weights
// are drawn to 0.
func TestStackOfASmallShop(t *testing.T) {
	x, err := NewExamples(t.Context(), [][]Case{shopOf(t, 250, 1, 0, 0), shopOf(t, 250, 2, 0, 0)}, quarter, 7)
	if err != nil {
		t.Fatal(err)
	}
	over, _, err := x.Fit(t.Context(), Recipe{Over: true})
	if err != nil || over.Weights[churn.Base] < .75 {
		t.Errorf("got a base of weight %v, want nearly 1 (%v)", over.Weights[churn.Base], err)
	}
	if alike, _, err := x.Fit(t.Context(), Recipe{}); err != nil || alike.Weights[churn.Base] > .5 {
		t.Errorf("got a base of weight %v, want it shared with others (%v)", alike.Weights[churn.Base], err)
	}
}

func logOdds(p float64) float64 { return math.Log(p / (1 - p)) }
