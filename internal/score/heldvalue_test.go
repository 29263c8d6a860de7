package score_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// TestHeldValue: whoever has more orders in a year than the value stack was fitted to is held at the edge of that term; a model without a
// value stack holds nobody.
func TestHeldValue(t *testing.T) {
	with := newEngine(t, event.Calendar{}, func(m *score.Model) { learnt(m, false) }) // up to 2 orders in a year
	without := newEngine(t, event.Calendar{}, func(*score.Model) {})
	p := fold(t, with, everyFortnight(func(int) int64 { return 5000 }))
	if got := with.HeldValue(&p, p.AsOf); !slices.Contains(got, clv.YearOrders) {
		t.Errorf("a purchase each fortnight: want %s held among the terms, got %v", clv.YearOrders, got)
	}
	if got := without.HeldValue(&p, p.AsOf); got != nil {
		t.Errorf("a model without a value stack: want no term, got %v", got)
	}
	nobody := with.New("nobody")
	if got := with.HeldValue(&nobody, p.AsOf); got != nil {
		t.Errorf("a customer without a purchase: want no term, got %v", got)
	}
}
