//go:build !race

// The test here checks figures. The race detector sees the same code in endbands_test.go, and takes ten times as long.

package backtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
)

// baskets simulates customers over two years who stay for long where their baskets are large, and leave soon where these are small.
func baskets(customers int, telling bool) []event.Event {
	r := rand.New(rand.NewPCG(13, 6))
	start := event.InstantOf(time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC))
	var all []event.Event
	for i := range customers {
		born, items := r.IntN(500), 1+r.IntN(8)
		leaves := .3
		if telling {
			leaves = []float64{.75, .05}[(items-1)/4]
		}
		for day := float64(born); day < 730; day += 5 + 25*r.ExpFloat64() {
			id := fmt.Sprint("o", len(all))
			at := start.Add(time.Duration(day)*aDay + time.Hour)
			x := &event.Purchase{
				Head: event.Head{ID: id, Customer: fmt.Sprint("c", i), OccurredAt: at, RecordedAt: at},
				Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 1000 + r.Int64N(9000), Currency: "USD"},
			}
			x.Items = slices.Repeat([]event.Item{{SKU: "s", Quantity: 1}}, items)
			all = append(all, x)
			if r.Float64() < leaves {
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b event.Event) int { return int(a.StatedAt() - b.StatedAt()) })
	return all
}

// Baskets that tell who leaves pay, with an interval above 0; what the log does not know has no gain.
func TestIngredientsOfALogWithTellingBaskets(t *testing.T) {
	for _, telling := range []bool{true, false} {
		events := baskets(400, telling)
		_, last := event.Span(events)
		o := Options{Horizon: 91 * aDay, UnitDays: 7, Ingredients: true, Cutoffs: []event.Instant{last.Add(-147 * aDay), last.Add(-91 * aDay)}}
		r, err := Run(t.Context(), defaultEngine(t), events, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Ingredients) != len(ingredientNames()) {
			t.Fatalf("%d ingredients, want %d", len(r.Ingredients), len(ingredientNames()))
		}
		for _, g := range r.Ingredients {
			t.Logf("telling %v: %+v: %s", telling, g, g.Verdict())
			switch g.Name {
			case "baskets":
				if pays := g.Verdict() == "pays"; g.Cutoffs != 2 || pays != telling || telling && !(g.AUC.Value > 0) {
					t.Errorf("baskets that tell who leaves, %v: got %+v, %s", telling, g, g.Verdict())
				}
			case "engagement", knowsSeason:
				if g.Cutoffs != 0 || g.AUC.Value.finite() || g.Verdict() != "not in this log" {
					t.Errorf("%s: the log has none, got %+v", g.Name, g)
				}
			}
		}
		if r.Cutoffs[0].Known == nil || !slices.Contains(r.Cutoffs[0].Known, "baskets") {
			t.Errorf("the log knows baskets, got %v", r.Cutoffs[0].Known)
		}
	}
}
