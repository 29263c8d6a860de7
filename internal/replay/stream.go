package replay

import (
	"context"

	"tidemark/internal/chunk"
	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Options say how Stream goes through a log.
type Options struct {
	// AsOf is the instant of evaluation. Zero stands for the last event; see Until.
	AsOf event.Instant
	// Progress, if set, is told how many of all customers are done.
	Progress func(done, all int)
}

// Until returns the instant of evaluation: asOf, or of zero the instant of the last event.
func Until(events []event.Event, asOf event.Instant) event.Instant {
	if asOf == 0 {
		for _, x := range events {
			asOf = max(asOf, x.StatedAt())
		}
	}
	return asOf
}

// atOnce is how many customers a processor takes at a time: a few hundredths of a second.
const atOnce = 64

// batch is what became of the customers of a chunk.
type batch[T any] struct {
	values  []T
	became  counts
	totals  Totals // Verdicts and NoRate lie in became
	applied int    // customers
}

// Stream is Run for a log of any number of customers: it holds a few hundred of them at a time. It calls of for each customer at the end of
// the customer's events, several at once, and take for each result, one after the other in order of the customers' ids. Customers who were
// erased and have not come back are among them, in their place. Errors: the first of take, and that of ctx.
//
//	events ──> one life a customer ──live, on all processors──> Customer ──of──> T ──take, in order of ids──> files, sums
func Stream[T any](ctx context.Context, e *score.Engine, events []event.Event, o Options, of func(*Customer) T, take func(T) error) (Totals, error) {
	sum := newCounts()
	all := Totals{AsOf: Until(events, o.AsOf), Verdicts: sum.verdicts, NoRate: sum.noRate}
	kept := make([]event.Event, 0, len(events))
	for _, x := range events {
		if x.StatedAt() > all.AsOf {
			all.Late++
			continue
		}
		kept = append(kept, x)
	}
	lives := event.Lives(kept)
	done := 0
	err := chunk.Ordered(ctx, len(lives), atOnce, func(first, end int) *batch[T] {
		b := &batch[T]{became: newCounts(), applied: end - first}
		for _, life := range lives[first:end] {
			c := live(e, life, all.AsOf, b.became)
			if b.totals.add(&c) {
				b.values = append(b.values, of(&c))
			}
		}
		return b
	}, func(b *batch[T]) error {
		all.and(&b.totals)
		sum.and(b.became)
		for _, value := range b.values {
			if err := take(value); err != nil {
				return err
			}
		}
		if done += b.applied; o.Progress != nil {
			o.Progress(done, len(lives))
		}
		return nil
	})
	return all, err
}

// add counts a customer, and reports whether somebody is to hear of the customer.
func (t *Totals) add(c *Customer) bool {
	t.Forgotten += c.forgotten
	if n := c.Profile.History.Spilled(); n > 0 {
		t.BeyondCaps, t.Capped = t.BeyondCaps+n, t.Capped+1
	}
	return !c.Profile.Unknown() || c.Erased()
}

// and adds the counts of other customers.
func (t *Totals) and(more *Totals) {
	t.Forgotten += more.Forgotten
	t.BeyondCaps, t.Capped = t.BeyondCaps+more.BeyondCaps, t.Capped+more.Capped
}

// and adds the counts of other events.
func (c counts) and(more counts) {
	for verdict, n := range more.verdicts {
		c.verdicts[verdict] += n
	}
	for currency, u := range more.noRate {
		c.noRate[currency] = c.noRate[currency].and(u)
	}
}
