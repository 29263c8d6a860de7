// Package replay scores a whole log in one process. It is the reference that the live scorer must agree with.
package replay

import (
	"cmp"
	"context"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Customer is one customer at the end of a replay.
type Customer struct {
	Profile score.Profile
	// Transitions are the customer's transitions, in order.
	Transitions []score.Transition
	// Outcomes are the outcomes of the customer's churn forecasts, in order.
	Outcomes []score.Outcome
	// forgotten counts how often the customer was forgotten.
	forgotten int
	// known says that an event of the customer was accepted.
	known bool
	// followed is where a Follower stands.
	followed followed
}

// Totals are what a replay counts.
type Totals struct {
	// AsOf is the instant of evaluation.
	AsOf event.Instant
	// Verdicts counts the events by verdict. Late counts the events after AsOf, which are left out.
	Verdicts map[score.Verdict]int
	Late     int
	// NoRate are the events that were refused because the model has no rate for their currency at their date.
	NoRate map[event.Currency]Unrated
	// Forgotten counts how often prospects were forgotten. Those who did not come again are not among the customers.
	Forgotten int
	// BeyondCaps counts the facts beyond the caps of histories, and Capped the customers who have such facts. See package history.
	BeyondCaps int64
	Capped     int
}

// Result is the outcome of a replay.
type Result struct {
	Totals
	// Customers are sorted by id.
	Customers []Customer
	// Merged are the ids that are merged into another, sorted by id. They have no scores; of them stands only what was said.
	Merged []Customer
	// Erased are the customers who were erased and have not come back, sorted by id. Of them stands only what was said.
	Erased []Customer
}

// Erased reports whether the customer was erased and has not come back.
func (c *Customer) Erased() bool { return c.Profile.Erased != 0 && c.Profile.Unknown() }

// Scored reports whether the customer has a score: an id that is erased or merged into another has none.
func (c *Customer) Scored() bool { return !c.Erased() && !c.Profile.Away() }

// Unrated are events of one currency without a rate: their number, and when the first and the last of them occurred.
type Unrated struct {
	Events      int
	First, Last event.Instant
}

// and returns u with the events of v.
func (u Unrated) and(v Unrated) Unrated {
	if u.Events == 0 || v.Events == 0 {
		u.First, u.Last = u.First+v.First, u.Last+v.Last // of which one is 0
	} else {
		u.First, u.Last = min(u.First, v.First), max(u.Last, v.Last)
	}
	u.Events += v.Events
	return u
}

// counts are what became of events.
type counts struct {
	verdicts map[score.Verdict]int
	noRate   map[event.Currency]Unrated
}

func newCounts() counts { return counts{map[score.Verdict]int{}, map[event.Currency]Unrated{}} }

func (c counts) add(x event.Event, verdict score.Verdict) {
	c.verdicts[verdict]++
	if p, ok := x.(*event.Purchase); ok && verdict == score.RefusedCurrency {
		c.noRate[p.Amount.Currency] = c.noRate[p.Amount.Currency].and(Unrated{1, p.OccurredAt, p.OccurredAt})
	}
}

// Run applies events up to an instant. The events may come in any order and any number of times. Each customer's events are
// applied in canonical order, with all reviews in silence between the events and after the last. Customers whom MERGED_INTO joins
// go through the log together. An instant of zero stands for that of the last event. Run holds all customers in memory; Stream does not.
func Run(e *score.Engine, events []event.Event, asOf event.Instant) Result {
	var r Result
	r.Totals, _ = Stream(context.Background(), e, events, Options{AsOf: asOf}, func(c *Customer) Customer { return *c }, func(c Customer) error {
		switch {
		case c.Erased():
			r.Erased = append(r.Erased, c)
		case c.Profile.Away():
			r.Merged = append(r.Merged, c)
		default:
			r.Customers = append(r.Customers, c)
		}
		return nil
	}) // neither the context nor the function ends it
	return r
}

// live applies one customer's events.
func live(e *score.Engine, events []event.Event, asOf event.Instant, became counts, f *Follower) Customer {
	c := Customer{Profile: e.New(events[0].Common().Customer)}
	for _, x := range events {
		became.add(x, f.apply(e, &c, x))
	}
	return f.end(e, &c, asOf)
}

func (c *Customer) apply(e *score.Engine, x event.Event) score.Verdict {
	next, transitions, verdict := e.Apply(c.Profile, x)
	c.known = c.known || verdict == score.Accepted
	c.Profile, c.Transitions = next, append(c.Transitions, transitions...)
	return verdict
}

// end returns c at an instant. The profile is unknown if no event was accepted, or if the customer is forgotten by then.
func (c *Customer) end(e *score.Engine, asOf event.Instant) Customer {
	if !c.known {
		return Customer{}
	}
	next, transitions := c.Profile, []score.Transition(nil)
	if !next.Unknown() {
		next, transitions = e.Review(next, asOf)
	}
	c.forgotten, next.Forgotten = next.Forgotten, 0
	c.Outcomes, next.Outcomes = next.Outcomes, nil
	if !next.Unknown() {
		next, c.Transitions = e.Schedule(next), append(c.Transitions, transitions...)
	}
	c.Profile = next
	return *c
}

// Everybody returns those whom transitions were about: the customers at the end, then the ids that are merged into them, then those who were
// erased.
func (r *Result) Everybody() []Customer { return slices.Concat(r.Customers, r.Merged, r.Erased) }

// Survivors counts the customers whose scores are read from the histories of several ids.
func (r *Result) Survivors() int {
	n := 0
	for i := range r.Customers {
		if len(r.Customers[i].Profile.Origins()) > 0 {
			n++
		}
	}
	return n
}

// Transitions returns all transitions of r in order of time, customer and sequence.
func (r *Result) Transitions() []score.Transition {
	var all []score.Transition
	for _, c := range r.Everybody() {
		all = append(all, c.Transitions...)
	}
	slices.SortStableFunc(all, func(a, b score.Transition) int {
		x, y := a.Common(), b.Common()
		return cmp.Or(cmp.Compare(x.AsOf, y.AsOf), cmp.Compare(x.Customer, y.Customer), cmp.Compare(x.Sequence, y.Sequence))
	})
	return all
}
