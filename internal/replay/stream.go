package replay

import (
	"context"
	"errors"
	"slices"
	"strings"

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
	// Follow, if set, is told what becomes of customers on the way.
	Follow *Follower
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
	ended  []ended[T]
	became counts
	totals Totals // Verdicts and NoRate lie in became
	lives  int
}

// ended is a customer at the end.
type ended[T any] struct {
	customer string
	value    T
}

// add takes a customer at the end.
func (b *batch[T]) add(c *Customer, of func(*Customer) T) {
	if b.totals.add(c) {
		b.ended = append(b.ended, ended[T]{c.Profile.Customer, of(c)})
	}
}

// Stream is Run for a log of any number of customers: it holds a few hundred of them at a time. It calls of for each customer at the end of
// the customer's events, several at once, and take for each result, one after the other in order of the customers' ids. Customers who were
// erased and have not come back, and ids that are merged into another, are among them, in their places. Of customers whom MERGED_INTO or a
// referral joins it holds all results from the start on: their ids may lie anywhere. Errors: the first of take, and that of ctx.
//
//	events ─┬─> one life a customer ──live, on all processors──> Customer ──of──> T ──┬─take, in order of ids──> files, sums
//	        └─> joined customers ──together──> Customers ──of──> T, held and sorted ──┘
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
	single, joint := groups(event.Lives(kept), e.PairsReferrals())
	count := func(b *batch[T]) {
		all.and(&b.totals)
		sum.and(b.became)
	}
	var held []ended[T]
	err := chunk.Ordered(ctx, len(joint), 1, func(first, _ int) *batch[T] {
		b := &batch[T]{became: newCounts()}
		for _, c := range together(e, joint[first], all.AsOf, b.became, o.Follow) {
			b.add(&c, of)
		}
		return b
	}, func(b *batch[T]) error {
		count(b)
		held = append(held, b.ended...)
		return nil
	})
	if err != nil {
		return all, err
	}
	slices.SortFunc(held, func(a, b ended[T]) int { return strings.Compare(a.customer, b.customer) })
	release := func(before func(customer string) bool) error {
		for len(held) > 0 && before(held[0].customer) {
			if err := take(held[0].value); err != nil {
				return err
			}
			held = held[1:]
		}
		return nil
	}
	done := 0
	err = chunk.Ordered(ctx, len(single), atOnce, func(first, end int) *batch[T] {
		b := &batch[T]{became: newCounts(), lives: end - first}
		for _, life := range single[first:end] {
			c := live(e, life, all.AsOf, b.became, o.Follow)
			b.add(&c, of)
		}
		return b
	}, func(b *batch[T]) error {
		count(b)
		for _, x := range b.ended {
			if err := errors.Join(release(func(customer string) bool { return customer < x.customer }), take(x.value)); err != nil {
				return err
			}
		}
		if done += b.lives; o.Progress != nil {
			o.Progress(done, len(single))
		}
		return nil
	})
	if err != nil {
		return all, err
	}
	return all, release(func(string) bool { return true })
}

// add counts a customer, and reports whether somebody is to hear of the customer.
func (t *Totals) add(c *Customer) bool {
	t.Forgotten += c.forgotten
	if n := c.Profile.History.Spilled(); n > 0 {
		t.BeyondCaps, t.Capped = t.BeyondCaps+n, t.Capped+1
	}
	return !c.Profile.Unknown() || c.Erased() || c.Profile.Away()
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
