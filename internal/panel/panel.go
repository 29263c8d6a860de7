// Package panel looks at customers at chosen instants: at what was known of them at the instant, and at what they did
// afterwards. Models are fitted to the first and tested on the second.
package panel

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// Cut is an instant at which customers are looked at, and the time for which they are observed afterwards.
type Cut struct {
	At event.Instant
	// Window is the time after At in which purchases are observed, 0..MaxWindow. 0 observes nothing.
	Window time.Duration
}

// MaxWindow is the longest Window: 104 weeks. For so long every order is still told apart.
const MaxWindow = 728 * 24 * time.Hour

// Row is a customer at a cut.
type Row struct {
	Customer string
	Cut      Cut
	// History holds the events up to the instant of the cut, inclusive. Facts and Pattern follow from History at that
	// instant.
	History history.Summary
	Facts   history.Facts
	Pattern clv.Pattern
	// Later is what was bought in (At, At+Window], as known at the end: the orders are net of the cancellations, refunds and
	// chargebacks that had arrived by then.
	Later history.Bought
}

// Panel holds one value a customer and cut.
type Panel[T any] struct {
	// Rows has a list for every cut. The list holds the customers with a purchase that stood at the cut, sorted by id.
	Rows [][]T
	// TestAccounts counts the customers who are left out: test accounts at a cut, or at the end of the events. What somebody did who turns
	// out to be a test account says nothing of customers.
	TestAccounts int
	// Refused counts the events that no history takes: money in a currency without a rate, an event that is too late, or too old.
	Refused int
	// NoRate counts those of Refused whose currency has no rate on their date.
	NoRate map[event.Currency]int
}

// Look folds events, in any order and with any repetition, and calls a function with the row of every customer at every cut.
// The panel holds what the function returns. Look calls the function for several customers at once; the function may keep the
// row. Ids that are one customer at the end of the events have one row, under the id that survives, at every cut: whoever was merged later
// did not leave. One walk over a customer's events serves all cuts. The cuts may come in any order and may overlap. Errors: a Window out
// of range, and the error of ctx.
func Look[T any](ctx context.Context, e *score.Engine, events []event.Event, cuts []Cut, of func(*Row) T) (Panel[T], error) {
	var last event.Instant
	for _, c := range cuts {
		if c.Window < 0 || c.Window > MaxWindow {
			return Panel[T]{}, fmt.Errorf("customers cannot be observed for %v, only for 0 to %v", c.Window, MaxWindow)
		}
		last = max(last, c.At.Add(c.Window))
	}
	theirs, _ := event.Customers(events)
	lives := event.Lives(slices.DeleteFunc(slices.Clone(theirs), func(x event.Event) bool { return x.StatedAt() > last }))
	taken := make([][]*T, len(cuts))
	for i := range cuts {
		taken[i] = make([]*T, len(lives))
	}
	walkers := make([]walker, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for worker := range walkers {
		wait.Go(func() {
			w := walker{engine: e, stops: stops(cuts), noRate: map[event.Currency]int{}}
			for i := worker; i < len(lives) && ctx.Err() == nil; i += len(walkers) {
				w.walk(lives[i])
				if w.tested(cuts) {
					w.testAccounts++
				}
				for k, c := range cuts {
					if row, ok := w.row(lives[i][0].Common().Customer, c); ok {
						t := of(row)
						taken[k][i] = &t
					}
				}
			}
			walkers[worker] = w
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return Panel[T]{}, err
	}
	p := Panel[T]{Rows: make([][]T, len(cuts)), NoRate: map[event.Currency]int{}}
	for k := range cuts {
		for _, t := range taken[k] {
			if t != nil {
				p.Rows[k] = append(p.Rows[k], *t)
			}
		}
	}
	for i := range walkers {
		w := &walkers[i]
		p.Refused += w.refused
		p.TestAccounts += w.testAccounts
		for currency, n := range w.noRate {
			p.NoRate[currency] += n
		}
	}
	return p, nil
}

// Genuine returns events without those of customers who are test accounts at their end, and the number of these customers.
func Genuine(e *score.Engine, events []event.Event) (kept []event.Event, testAccounts int) {
	marked := map[string]bool{}
	for _, x := range events {
		if score.MarksTestAccount(x) {
			marked[x.Common().Customer] = true
		}
	}
	if len(marked) == 0 {
		return events, 0
	}
	var theirs []event.Event
	for _, x := range events {
		if marked[x.Common().Customer] {
			theirs = append(theirs, x)
		}
	}
	for _, life := range event.Lives(theirs) {
		var h history.Summary
		for _, x := range life {
			h, _ = e.Observe(h, x)
		}
		if h.TestAccount() {
			testAccounts++
		} else {
			delete(marked, life[0].Common().Customer)
		}
	}
	return slices.DeleteFunc(slices.Clone(events), func(x event.Event) bool { return marked[x.Common().Customer] }), testAccounts
}

// stops are the instants at which a walk over events must stop: the cuts, and the ends of their observation.
func stops(cuts []Cut) []event.Instant {
	var at []event.Instant
	for _, c := range cuts {
		at = append(at, c.At, c.At.Add(c.Window))
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// walker folds one customer after the other.
type walker struct {
	engine  *score.Engine
	stops   []event.Instant
	known   []history.Summary // at each stop
	refused int
	noRate  map[event.Currency]int
	// testAccounts counts the walked customers who are left out.
	testAccounts int
}

// walk folds a customer's events and keeps the history at each stop.
func (w *walker) walk(life []event.Event) {
	w.known = w.known[:0]
	var h history.Summary
	for _, stop := range w.stops {
		for len(life) > 0 && life[0].StatedAt() <= stop {
			var verdict score.Verdict
			h, verdict = w.engine.Observe(h, life[0])
			if verdict != score.Accepted && verdict != score.Repeated {
				w.refused++
			}
			if bought, ok := life[0].(*event.Purchase); ok && verdict == score.RefusedCurrency {
				w.noRate[bought.Amount.Currency]++
			}
			life = life[1:]
		}
		w.known = append(w.known, h)
	}
}

// atLast reports whether the walked customer is a test account when the walk ends.
func (w *walker) atLast() bool { return len(w.known) > 0 && w.known[len(w.known)-1].TestAccount() }

// tested reports whether the walked customer is left out of some cut as a test account.
func (w *walker) tested(cuts []Cut) bool {
	return w.atLast() || slices.ContainsFunc(cuts, func(c Cut) bool {
		h := w.at(c.At)
		return h.TestAccount()
	})
}

// row is the row of the walked customer at a cut. It is false where no purchase stood at the cut, and for a test account.
func (w *walker) row(customer string, c Cut) (*Row, bool) {
	r := &Row{Customer: customer, Cut: c, History: w.at(c.At)}
	r.Facts = w.engine.Facts(&r.History, c.At)
	if r.Facts.PurchaseDays == 0 || r.Facts.TestAccount || w.atLast() {
		return nil, false
	}
	r.Pattern = w.engine.Pattern(&r.Facts, c.At)
	if c.Window > 0 {
		end := c.At.Add(c.Window)
		then := w.at(end)
		r.Later = then.Between(c.At, end)
	}
	return r, true
}

// at is the history at a stop.
func (w *walker) at(stop event.Instant) history.Summary {
	i, _ := slices.BinarySearch(w.stops, stop)
	return w.known[i]
}
