package score_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/value"
)

// TestEntriesKeepTheirWord holds each entry of the catalogue to its range, and to what it says of silence, over drawn lives.
func TestEntriesKeepTheirWord(t *testing.T) {
	plain, whole, worth := newEngine(t, event.Calendar{}, nil), shipped(t), valuing(t)
	asked := newEngine(t, event.Calendar{}, func(m *score.Model) { m.WhatIf, m.ByConsent = true, true }) // which is dear
	known := map[string]int{}
	for seed := range uint64(scaled(10_000)) {
		e := []*score.Engine{plain, whole, worth}[seed%3]
		if seed%15 == 0 {
			e = asked
		}
		r := rand.New(rand.NewPCG(seed, 31))
		life := richer(r, newLife(r))
		p := fold(t, e, life[:1+r.IntN(len(life))])
		at := p.AsOf + event.Instant(event.Tolerance.Milliseconds()) + event.Instant(r.Int64N(int64(200*day)))
		facts := e.Facts(p.Whole(), at)
		end := min(facts.Until, facts.UntilTouches, at+400*day)
		later := at + event.Instant(r.Int64N(max(1, int64(end-at))))
		first, second, last := e.Score(p, at), e.Score(p, later), e.Score(p, at+800*day)
		soon, then, far := first.View(), second.View(), last.View()
		for _, entry := range catalogue.All() {
			if entry.Kind == catalogue.Word {
				a, aKnown := entry.Word(soon)
				b, bKnown := entry.Word(then)
				c, cKnown := entry.Word(far)
				if aKnown {
					known[entry.Name]++
				}
				if entry.Silence <= catalogue.Steps && (a != b || aKnown != bKnown) || entry.Silence == catalogue.Still && (a != c || aKnown != cKnown) {
					t.Errorf("life %d: %s, which %s in silence: %q at %s, %q at %s, %q in the end", seed, entry.Name, entry.Silence, a, at, b, later, c)
				}
				continue
			}
			a, aKnown := entry.Number(soon)
			b, bKnown := entry.Number(then)
			c, cKnown := entry.Number(far)
			if aKnown {
				known[entry.Name]++
			}
			for _, x := range []struct {
				value float64
				known bool
			}{{a, aKnown}, {b, bKnown}, {c, cKnown}} {
				if x.known && !(x.value >= entry.Low && x.value <= entry.High || entry.Kind == catalogue.Instant) || math.IsNaN(x.value) {
					t.Errorf("life %d: %s is %v, want a number in [%v, %v]", seed, entry.Name, x.value, entry.Low, entry.High)
				}
			}
			wrong := false
			switch entry.Silence {
			case catalogue.Still:
				wrong = a != b || aKnown != bKnown || a != c || aKnown != cKnown
			case catalogue.Steps:
				wrong = a != b || aKnown != bKnown
			case catalogue.Falls:
				wrong = aKnown != bKnown || b > a
			case catalogue.Rises:
				wrong = aKnown != bKnown || b < a
			case catalogue.Moves:
			}
			if wrong {
				t.Errorf("life %d: %s, which %s in silence: %v %v at %s, %v %v at %s, %v in the end", seed, entry.Name, entry.Silence, a, aKnown, at, b, bKnown, later, c)
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, entry := range catalogue.All() {
		if known[entry.Name] == 0 && !undrawn[entry.Name] && entry.Reads&catalogue.ReadsMore == 0 { // those that read More have a test of their own
			t.Errorf("%s is known of nobody: the lives have lost a subject", entry.Name)
		}
	}
}

// undrawn are the entries that the drawn lives and the models of the test cannot have.
var undrawn = map[string]bool{
	"clv_learnt": true, "clv_learnt_model": true, "bought_last_year": true, // by another model
	"behaves_like": true, "orders_per_purchase_day": true, "merged_into": true, "merged_ids": true, // of other ids
}

// TestAddingANumber follows the recipe of the README: one entry, and every reader shows it.
func TestAddingANumber(t *testing.T) {
	table := append(slices.Clone(catalogue.All()), catalogue.Entry{
		Name: "orders_a_year", Title: catalogue.Text{En: "Orders a year", Zh: "年订单数"}, Formula: catalogue.Text{En: "orders / tenure × 365.", Zh: "订单数 / 天数 × 365。"},
		Unit: "orders a year", High: math.Inf(1), Group: catalogue.Purchases, Better: catalogue.More, Silence: catalogue.Falls, Seen: catalogue.Wanted,
		Number: func(v *catalogue.View) (float64, bool) {
			return 365 * float64(v.Facts.Orders) / max(1, v.Pattern.Age), v.Bought
		},
	})
	added := &table[len(table)-1]
	e := newEngine(t, event.Calendar{}, nil)
	p, _ := weekly(t, e)
	s := e.Score(p, p.AsOf)
	const want = "53.8304" // 30 orders in 203 days and 10 hours
	row, brief, whole, numbers, _ := s.Readers(table)
	if got := row[len(row)-1]; got != want {
		t.Errorf("the last column of the file is %q, want %q", got, want)
	}
	for name, detail := range map[string][]byte{"brief": brief, "whole": whole} {
		if !strings.Contains(string(detail), `"orders_a_year":`+want) {
			t.Errorf("the %s detail has no orders_a_year of %s: %s", name, want, detail)
		}
	}
	if !slices.Contains(numbers, score.NamedNumber{Name: "orders_a_year", Value: 53.8304}) {
		t.Errorf("the numbers of the topic lack it: %v", numbers)
	}
	if err := added.Weighable(value.Scale{Method: value.MinMax, High: 100}); err != nil {
		t.Errorf("a scorecard may not weigh it: %v", err)
	}
	// Who has not bought has no such number, not a zero.
	nobody := e.Score(e.New("c"), p.AsOf)
	row, brief, _, numbers, _ = nobody.Readers(table)
	if row[len(row)-1] != "" || strings.Contains(string(brief), "orders_a_year") || slices.ContainsFunc(numbers, func(n score.NamedNumber) bool { return n.Name == "orders_a_year" }) {
		t.Errorf("of nobody: %q, %s, %v", row[len(row)-1], brief, numbers)
	}
}
