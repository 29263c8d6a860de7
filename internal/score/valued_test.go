package score_test

import (
	"math"
	"testing"
	"time"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/standing"
)

// banded is a number a band, for as many bands as there are numbers.
func banded(xs ...float64) clv.Banded {
	var b clv.Banded
	for band, x := range xs {
		b.Set(band, x)
	}
	return b
}

// valuing is an engine whose model has the parameters of all methods of lifetime value.
func valuing(t testing.TB) *score.Engine {
	t.Helper()
	return newEngine(t, event.Calendar{}, valued)
}

// valued gives a model the parameters of all methods of lifetime value.
func valued(m *score.Model) {
	m.Methods = clv.Methods{LifetimeYears: 3, Uptake: .1, RetentionYears: 10, RetentionCost: 2}
	m.Repurchase = clv.Repurchase{Retention: banded(.25, .5, .7, .9), Migration: []float64{.3, .2, .15, .05}}
	m.Peers = &clv.Peers{
		All:        banded(90, 80, 70, 60),
		ByYear:     map[int]clv.Banded{2024: banded(200)},
		Categories: map[string]clv.PeerCategory{"a": {Rate: banded(.5, .5, .5, .5), Spend: banded(20, 20, 20, 20)}, "c": {Rate: banded(.1), Spend: banded(100)}},
	}
	m.Population = &clv.Population{Customers: 100, NewCustomer: 40, PositiveContribution: 4000}
	m.Standing.DiscountShare = standing.Of(.1)
	m.Switching = &clv.Switching{Brands: []string{"ours", "theirs"}, Matrix: [][]float64{{.7, .3}, {.2, .8}}, Volume: 20, Margin: .5, Frequency: 2, Years: 1}
}

// numbers are the known numbers of a customer by name.
func numbers(s *score.Score) map[string]float64 {
	all := map[string]float64{}
	v := s.View()
	for _, e := range catalogue.All() {
		if e.Kind == catalogue.Word {
			continue
		}
		if x, known := e.Number(v); known {
			all[e.Name] = x
		}
	}
	return all
}

// A customer whose numbers by the methods are worked out here: 4 orders of 100 in 2025, a referral, and nothing but a.
func TestMethodsByHand(t *testing.T) {
	e := valuing(t)
	start := event.InstantOf(time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC))
	var life []event.Event
	for i, d := range []int64{0, 50, 100, 150} {
		at := start + event.Instant(d*int64(day))
		id := string(rune('a' + i))
		life = append(life, &event.Purchase{
			Head: event.Head{ID: id, Customer: "ann", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: id,
			Amount: event.Money{Minor: 10000, Currency: "USD"}, Items: []event.Item{{Category: "a", Quantity: 1}},
		})
	}
	life = append(life, &event.Interaction{Head: event.Head{ID: "r", Customer: "ann", OccurredAt: start + event.Instant(151*int64(day)), RecordedAt: start + event.Instant(151*int64(day))}, Kind: event.ReferralMade})
	p := fold(t, e, life)
	at := start + event.Instant(200*int64(day))
	s := e.Score(p, at)
	got := numbers(&s)
	m := e.Model()
	margin := m.Value.Margin
	check := func(name string, want float64) {
		t.Helper()
		if x, known := got[name]; !known || !(math.Abs(x-want) <= 1e-6*max(1, math.Abs(want))) {
			t.Errorf("%s: got %v, %t, want %v", name, x, known, want)
		}
	}
	check("clv_simple", 1200)
	check("clv_retention", clv.Retention{Years: 10, Discount: m.Value.Discount, Cost: 2}.Value(400*margin, .7))
	chain := clv.Migration{Rates: []float64{.3, .2, .15, .05}, Discount: m.Value.Discount}
	want, _ := chain.Value(400*margin, 0)
	check("clv_migration", want)
	check("clv_switching", 20*.5*(1+.7/math.Sqrt(1+m.Value.Discount)+.55/(1+m.Value.Discount)))
	check("clv_potential_referral", 40)
	check("clv_potential_spend", 0)      // an order of 100 is more than the peers' 70
	check("clv_potential_categories", 0) // of the peers of 3 or 4 days nothing is known of c, and a is bought
	check("clv_potential", 40)
	check("clv_total", got["clv"]+40)

	// A year later the customer is in the second cell, and the year is empty.
	s = e.Score(p, start+event.Instant(600*int64(day)))
	got = numbers(&s)
	want, _ = chain.Value(400*margin, 1)
	check("clv_migration", want)
	for _, name := range []string{"clv_simple", "clv_retention"} {
		if x, known := got[name]; known {
			t.Errorf("%s after a year of silence: %v, want nothing", name, x)
		}
	}
	s = e.Score(p, start+event.Instant((150+4*365)*int64(day)))
	if x, known := numbers(&s)["clv_migration"]; known {
		t.Errorf("clv_migration beyond the last cell: %v, want nothing", x)
	}
	// Without the sections nothing is said.
	plain := newEngine(t, event.Calendar{}, nil)
	s = plain.Score(fold(t, plain, life), at)
	for name := range numbers(&s) {
		switch name {
		case "clv_simple", "clv_retention", "clv_migration", "clv_switching", "clv_potential", "clv_potential_spend", "clv_potential_categories", "clv_potential_referral", "clv_total":
			t.Errorf("%s is known without parameters", name)
		}
	}
}

// One who bought once in 2024 is a peer of that year, and has not bought a or c.
func TestPotentialOfOneOrder(t *testing.T) {
	e := valuing(t)
	at := event.InstantOf(time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC))
	p := fold(t, e, []event.Event{
		&event.Purchase{Head: event.Head{ID: "1", Customer: "bob", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: "1", Amount: event.Money{Minor: 1000, Currency: "USD"}},
		&event.Interaction{Head: event.Head{ID: "2", Customer: "bob", OccurredAt: at, RecordedAt: at}, Kind: event.Attributes, Attributes: map[string]string{"brand_state": "theirs"}},
	})
	s := e.Score(p, at+event.Instant(30*int64(day)))
	got, m := numbers(&s), e.Model()
	v := s.View()
	wider := .1 * m.Value.Margin * (.5*20 + .1*100)
	dearer := .1 * m.Value.Margin * v.Outlook.Orders * (200 - m.Value.SpendPerDay(v.Pattern))
	for name, want := range map[string]float64{
		"clv_potential_categories": wider, "clv_potential_spend": dearer, "clv_potential_referral": 0,
		"clv_switching": 20 * .5 * (0 + .2/math.Sqrt(1+m.Value.Discount) + .3/(1+m.Value.Discount)),
	} {
		if x, known := got[name]; !known || !(math.Abs(x-want) <= 1e-9*max(1, want)) {
			t.Errorf("%s: got %v, %t, want %v", name, x, known, want)
		}
	}
	if x := got["clv_potential"]; !(math.Abs(x-dearer-wider) <= .005) || x <= 0 {
		t.Errorf("clv_potential: got %v, want %v to the cent", x, dearer+wider)
	}
}

// The historic value is on the base that the model names.
func TestHistoricBases(t *testing.T) {
	at := event.InstantOf(time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC))
	life := []event.Event{
		&event.Purchase{
			Head: event.Head{ID: "1", Customer: "eve", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: "1", Amount: event.Money{Minor: 10000, Currency: "USD"},
			Margin: event.Minor(4000), ServiceCost: event.Minor(500), AcquisitionCost: event.Minor(3000),
		},
		&event.Interaction{Head: event.Head{ID: "2", Customer: "eve", OccurredAt: at + 1, RecordedAt: at + 1}, Kind: event.OutreachSent, Cost: event.Minor(700)},
	}
	for base, want := range map[clv.Base]int64{clv.Profit: 4000, clv.Revenue: 10000, clv.Contribution: -200} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Methods.Base = base })
		p := fold(t, e, life)
		if s := e.Score(p, p.AsOf); s.Historic != want || s.Total != s.Historic+s.Current {
			t.Errorf("%s: got %d, want %d", base, s.Historic, want)
		}
	}
}
