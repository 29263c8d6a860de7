package learn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// yearly are the orders of customers over some days. Of a share of the customers each buys on a date of its own, give or take two weeks, until it
// leaves; the others buy at random, about twice a year.
func yearly(customers, days int, share float64) []event.Event {
	r := rand.New(rand.NewPCG(7, 7))
	start := event.InstantOf(time.Date(2018, 1, 1, 12, 0, 0, 0, time.UTC))
	var all []event.Event
	for c := range customers {
		next := func() float64 { return 1 + 180*r.ExpFloat64() }
		if r.Float64() < share {
			next = func() float64 { return 365 + 14*r.NormFloat64() }
		}
		for at := 500 * r.Float64(); at < float64(days); at += next() {
			when := start.Add(time.Duration(at) * 24 * time.Hour)
			id := fmt.Sprintf("c%03d-%03d", c, len(all))
			all = append(all, &event.Purchase{
				Head: event.Head{ID: id, Customer: fmt.Sprintf("c%03d", c), OccurredAt: when, RecordedAt: when}, Kind: event.Order, OrderID: id,
				Amount: event.Money{Minor: 1000, Currency: "USD"},
			})
			if r.Float64() < .12 {
				break
			}
		}
	}
	slices.SortFunc(all, event.Compare)
	return all
}

// The term stays where customers buy on the same date each year, and is left out where nobody does. A log with no year before the cuts that judge
// cannot tell: then the term is left out too, even where it varies at the cuts that the stack is fitted to.
func TestDecideOnLastYear(t *testing.T) {
	e := panelEngine(t)
	for _, row := range []struct {
		why             string
		days            int
		share           float64
		stays, unjudged bool
	}{
		{"two of five buy once a year", 1460, .4, true, false},
		{"all buy at random", 1460, 0, false, false},
		{"the log has a last year at the newest cuts alone", 440, .4, false, true},
		{"the log is shorter than a year", 330, .4, false, false},
	} {
		events := yearly(700, row.days, row.share)
		first := events[0].At()
		until := first.Add(time.Duration(row.days) * 24 * time.Hour)
		cuts, err := Cuts(first, until, quarter)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := Look(t.Context(), e, events, cuts)
		if err != nil {
			t.Fatal(err)
		}
		earlier, err := LookEarlier(t.Context(), e, events, first, until, quarter)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Decide(t.Context(), blocks, earlier, quarter, 7)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Stack.Weights[churn.LastYear]; (got < 0) != row.stays || !row.stays && got != 0 {
			t.Errorf("%s: last year weighs %v, want it to stay: %t; %+v", row.why, got, row.stays, d.Trial)
		}
		if got := slices.Contains(d.Trial.Unjudged, churn.Anniversary); got != row.unjudged {
			t.Errorf("%s: unjudged %t, want %t; %+v", row.why, got, row.unjudged, d.Trial)
		}
	}
}
