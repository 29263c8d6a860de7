package backtest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// Everybody is the group of all customers. The other groups are the classes, by name.
const Everybody = "all"

// The sums with intervals.
const (
	PurchaseDays = "purchase days"
	SpendToCome  = "spend"
)

// measures are the sums, in the order in which they are shown.
var measures = []string{PurchaseDays, SpendToCome}

// origin is a cutoff that makes intervals: the sums that were forecast there, and what came. sums[0] is of all customers, sums[1+class] of
// the class.
type origin struct {
	at event.Instant
	// judged says that the report judges the cutoff, ahead that the horizon has not ended.
	judged, ahead bool
	sums          [LastClass + 2]map[string]*judge.Sum
}

func newOrigin(at event.Instant, span float64) *origin {
	o := &origin{at: at}
	for g := range o.sums {
		o.sums[g] = map[string]*judge.Sum{}
		for _, m := range measures {
			o.sums[g][m] = &judge.Sum{At: float64(at) / float64(24*time.Hour/time.Millisecond), Span: span}
		}
	}
	return o
}

// add counts in a customer of a class: the purchase days that were expected and came, and the spend.
func (o *origin) add(class int, expected, came, spend, spent float64) {
	for _, g := range []int{0, 1 + class} {
		for m, x := range map[string][2]float64{PurchaseDays: {expected, came}, SpendToCome: {spend, spent}} {
			s := o.sums[g][m]
			off := x[1] - x[0]
			s.Forecast, s.Came, s.Squares, s.Events = s.Forecast+x[0], s.Came+x[1], s.Squares+float64(off*off), s.Events+expected
		}
	}
}

// origin is a judged cutoff among those that make intervals.
func (f *forecasts) origin(horizon time.Duration) *origin {
	o := newOrigin(f.at, days(horizon))
	o.judged = true
	for i := range f.cases {
		o.add(classOf(f.cases[i].Pattern), f.expected[MBGNBD][i], f.came[i], f.spends[ExpectedSpend][i], f.spent[i])
	}
	return o
}

func classOf(p clv.Pattern) int { return min(p.Repeats, LastClass) }

const (
	// mostOrigins is the largest number of cutoffs that are looked back to.
	mostOrigins = 39
	// sampled is about the number of customers that an earlier cutoff is looked at with. A larger log is sampled: the interval counts the
	// sampling error apart from what hits all customers at once.
	sampled = 30_000
	// leastLog is the least length of the log before a cutoff, as for the cuts that a stack learns from.
	leastLog = 60 * 24 * time.Hour
)

// apart is the time between two of the cutoffs that make intervals: four weeks, or whole weeks of about a quarter of a longer horizon.
func apart(horizon time.Duration) time.Duration {
	weeks := max(4, int(days(horizon)/4/week))
	return time.Duration(weeks*week*24) * time.Hour
}

// origins are the instants at which sums are forecast beside those of the judged cutoffs: back from the newest judged one, and on until a
// horizon before the end of the log.
func (l *whole) origins(judged []event.Instant, horizon time.Duration) []event.Instant {
	newest, step := slices.Max(judged), apart(horizon)
	for newest.Add(step+horizon) <= l.last {
		newest = newest.Add(step)
	}
	var all []event.Instant
	for at := newest; at >= l.first.Add(leastLog) && len(all) < mostOrigins; at = at.Add(-step) {
		if !slices.Contains(judged, at) {
			all = append(all, at)
		}
	}
	return all
}

// bands makes the intervals: of the judged cutoffs, and of the horizon after the end of the log.
func bands(ctx context.Context, e *score.Engine, l *whole, known []*origin, o Options) (*Bands, error) {
	judged := make([]event.Instant, len(known))
	for i, x := range known {
		judged[i] = x.at
	}
	b := &Bands{Level: level}
	some := l.sample()
	back := l.origins(judged, o.Horizon)
	for n, at := range append(slices.Clone(back), l.last) {
		o.tell(fmt.Sprintf("intervals: the errors of earlier cutoffs, %d of %d", n+1, len(back)+1), 0)
		of := some
		if n == len(back) {
			of = l // the forecast of what is to come is of all customers
		}
		x, err := sumsAt(ctx, e, of, at, o)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			b.Skipped = append(b.Skipped, Failed{Date: o.Calendar.Day(at).String(), Why: err.Error()})
			continue
		}
		if x.ahead = n == len(back); x.ahead {
			for g := range x.sums {
				for _, s := range x.sums[g] {
					s.Came = math.NaN()
				}
			}
		}
		known = append(known, x)
	}
	slices.SortStableFunc(known, func(a, b *origin) int { return int(min(1, max(-1, a.at-b.at))) })
	b.make(known, o.Calendar)
	return b, nil
}

// sample is a log of some of the customers, the same ones each time; the log itself where there are few.
func (l *whole) sample() *whole {
	every := (len(l.lives) + sampled - 1) / sampled
	if every < 2 {
		return l
	}
	some := &whole{first: l.first, last: l.last}
	for _, x := range l.events {
		if event.Hash(x.Common().Customer)%uint64(every) == 0 {
			some.events = append(some.events, x)
		}
	}
	some.lives = event.Lives(slices.Clone(some.events))
	return some
}

// sumsAt forecasts the sums at an instant, as the forecasts of a judged cutoff do, and adds up what came.
func sumsAt(ctx context.Context, e *score.Engine, l *whole, at event.Instant, o Options) (*origin, error) {
	quiet := o
	quiet.tell = func(string, int) {}
	e, _, err := inSeason(ctx, e, l, at, quiet)
	if err != nil {
		return nil, fmt.Errorf("fit the season: %w", err)
	}
	cuts := []panel.Cut{{At: at, Window: o.Horizon}}
	if before, err := learn.Cuts(l.first, at, o.Horizon); o.Regular && err == nil { // what decides on the mixture
		cuts = append(before[:1:1], cuts...)
	}
	rows, err := learn.Look(ctx, e, l.events, cuts)
	if err != nil {
		return nil, err
	}
	quiet.Regular = len(cuts) > 1
	_, found, _, err := mixing(ctx, e, rows, quiet)
	if err != nil {
		return nil, err
	}
	cases := rows[len(rows)-1]
	bought, err := buy(ctx, found, cases, o.UnitDays)
	if err != nil {
		return nil, err
	}
	m := e.Model()
	spending, err := learn.Spend(ctx, learn.Patterns(cases), fit.Options{})
	if err != nil {
		return nil, fmt.Errorf("fit the spend: %w", err)
	}
	spending.Into(&m.Value)
	x := newOrigin(at, days(o.Horizon))
	for i := range cases {
		c := &cases[i]
		expected := bought.Of(c).Expected(c.Pattern.Rhythm(o.UnitDays), (days(o.Horizon)+c.WindowShift)/o.UnitDays)
		x.add(classOf(c.Pattern), expected, float64(c.Later.Days), expected*m.Value.SpendPerDay(c.Pattern), m.Base.Major(c.Later.Net))
	}
	return x, nil
}
