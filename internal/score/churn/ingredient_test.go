package churn_test

import (
	"testing"

	"tidemark/internal/score/churn"
)

// A term that is appended without an ingredient would count as part of the purchase model, which no fit leaves out.
func TestEveryTermHasAnIngredient(t *testing.T) {
	seen := 0
	for _, i := range churn.Ingredients() {
		if len(i.Terms()) == 0 || i.String() == "" {
			t.Errorf("ingredient %d (%q): want a name and terms, got %v", i, i, i.Terms())
		}
		seen += len(i.Terms())
	}
	if seen != len(churn.Terms()) {
		t.Errorf("want each of %d terms once, got %d", len(churn.Terms()), seen)
	}
	if own := churn.PurchaseModel.Terms(); len(own) != 1 || own[0] != churn.Base {
		t.Errorf("want the base alone from the purchase model, got %v", own)
	}
}
