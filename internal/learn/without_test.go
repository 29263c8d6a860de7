package learn_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/learn"
	"tidemark/internal/score/churn"
)

// A stack without an ingredient is the stack of customers of whom nothing of the kind is known.
func TestStackWithoutAnIngredient(t *testing.T) {
	const horizon = 90 * 24 * time.Hour
	all := cases(2000, func(r *rand.Rand) int { return 1 + r.IntN(12) })
	x, err := learn.NewExamples(t.Context(), [][]learn.Case{all}, horizon, 7)
	if err != nil {
		t.Fatal(err)
	}
	got, r, err := x.Stack(t.Context(), churn.Baskets)
	if err != nil {
		t.Fatal(err)
	}
	unknown := cases(2000, func(r *rand.Rand) int { return 1 + r.IntN(12) })
	for i := range unknown {
		unknown[i].Traits.Items, unknown[i].Traits.LastItems = 1, 1
	}
	want, _, err := learn.Stack(t.Context(), [][]learn.Case{unknown}, horizon, 7)
	if err != nil || got != want {
		t.Errorf("got %+v, want %+v (%v)", got, want, err)
	}
	for _, e := range r.Estimates {
		if e.Name == churn.Items.String() || e.Name == churn.LastItems.String() {
			t.Errorf("got an estimate of %s, which was left out", e.Name)
		}
	}
	whole, _, err := x.Stack(t.Context())
	if err != nil || !whole.Weighs(churn.Baskets.Terms()...) {
		t.Errorf("the whole stack weighs items %v and %v, want one of the two to count (%v)", whole.Weights[churn.Items], whole.Weights[churn.LastItems], err)
	}
	least, _, err := x.Stack(t.Context(), churn.Ingredients()...)
	if err != nil || least.Weights[churn.Base] == 0 {
		t.Errorf("without all: got %+v, want the purchase model to stay (%v)", least, err)
	}
	for _, term := range churn.Terms() {
		if term != churn.Base && (least.Weights[term] != 0 || least.Ranges[term] != churn.Range{}) {
			t.Errorf("without all: %s weighs %v in %v, want nothing", term, least.Weights[term], least.Ranges[term])
		}
	}
}
