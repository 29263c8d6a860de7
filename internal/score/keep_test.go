package score_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// A purchase of the amount that a transition names keeps the tier beyond the instant at which silence alone lowers it; a unit
// less does not.
func TestKeepByKeepsTheTier(t *testing.T) {
	e := newEngine(t, inZone(t, "Europe/Berlin"), nil)
	calendar := inZone(t, "Europe/Berlin")
	named, unnamed, dear, lifted := 0, 0, 0, 0
	for seed := range uint64(scaled(300)) {
		p := e.New("c")
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 4))) {
			p, _ = e.Review(p, x.At()) // so that the transitions below are from p
			next, transitions, _ := e.Apply(p, x)
			p = next
			if len(transitions) == 0 {
				continue
			}
			change, ok := transitions[len(transitions)-1].(*score.TierChanged)
			if !ok || change.Tier == tier.None {
				continue
			}
			if change.Direction == score.Entry {
				if change.KeepBy != (score.KeepBy{}) {
					t.Errorf("seed %d, ENTRY of %s: keep by %+v, want none", seed, change.AsOf, change.KeepBy)
				}
				continue
			}
			fall, ok := falls(e, p, change.Tier, event.Never)
			if ok != (change.KeepBy != score.KeepBy{}) {
				t.Errorf("seed %d, %s of %s: keep by %+v, but silence lowers the tier: %t", seed, change.Tier, change.AsOf, change.KeepBy, ok)
			}
			if !ok {
				unnamed++
				continue
			}
			named++
			if day := max(calendar.Day(fall)-1, calendar.Day(p.AsOf)); change.KeepBy.Day != day {
				t.Errorf("seed %d, %s of %s: keep by %s, want %s, before %s", seed, change.Tier, change.AsOf, change.KeepBy.Day, day, fall)
			}
			with := func(minor int64) bool {
				h, _ := e.Observe(p.History, order("one more", max(calendar.Start(change.KeepBy.Day), p.AsOf), minor))
				q := p
				q.History, q.Due = h, fall // reviewed then, without a search
				_, transitions := e.Review(q, fall)
				for _, x := range transitions {
					if c, ok := x.(*score.TierChanged); ok && c.Tier < change.Tier {
						return false
					}
				}
				return true
			}
			if !with(change.KeepBy.Amount) || change.KeepBy.Amount > 100 && with(change.KeepBy.Amount-100) || change.KeepBy.Amount%100 != 0 {
				t.Errorf("seed %d, %s of %s: keep by buying for %d: a purchase of that keeps it %t, of a unit less %t", seed, change.Tier, change.AsOf,
					change.KeepBy.Amount, with(change.KeepBy.Amount), with(change.KeepBy.Amount-100))
			}
			if !with(change.KeepBy.Advised()) || change.KeepBy.Advised() < change.KeepBy.Amount || change.KeepBy.Any != (change.KeepBy.Amount == 100) {
				t.Errorf("seed %d, %s of %s: keep by %+v: a purchase of what is advised keeps it %t", seed, change.Tier, change.AsOf, change.KeepBy, with(change.KeepBy.Advised()))
			}
			if change.KeepBy.Amount > 100 {
				dear++
			}
			if change.KeepBy.Usual > change.KeepBy.Amount {
				lifted++
			}
		}
	}
	t.Logf("%d changes with a way to keep the tier (%d of more than a unit), %d without", named, dear, unnamed)
	if named < scaled(100) || unnamed < scaled(10) || dear < scaled(50) || lifted < scaled(50) {
		t.Errorf("%d changes with a way to keep the tier (%d of more than a unit), %d without: the test has lost its subject", named, dear, unnamed)
	}
}

// Nobody is asked for less than a usual order, and the usual order is that of the last year.
func TestKeepByAdvisesAUsualOrder(t *testing.T) {
	for _, row := range []struct {
		why           string
		amounts       []int64
		refund        int64
		usual, advice int64
	}{
		{"orders of 40 dollars", []int64{4000, 4000, 4000, 4000}, 0, 4000, 4000},
		{"rounded to whole dollars", []int64{3999, 4010, 4005, 4000}, 0, 4000, 4000},
		{"net of a refund", []int64{4000, 4000, 4000, 4000}, 8000, 2000, 2000},
		{"the last order where refunds leave nothing", []int64{4000, 4000, 4000, 5000}, 17000, 5000, 5000},
	} {
		e := newEngine(t, event.Calendar{}, nil)
		p := e.New("c")
		var last *score.TierChanged
		for i, amount := range row.amounts {
			var transitions []score.Transition
			p, transitions, _ = e.Apply(p, order(fmt.Sprint("o", i), 20_000*day+event.Instant(i)*7*day, amount))
			for _, x := range transitions {
				if c, ok := x.(*score.TierChanged); ok {
					last = c
				}
			}
		}
		if row.refund > 0 {
			refund := &event.Purchase{Head: event.Head{ID: "r", Customer: "c", OccurredAt: 20_030 * day, RecordedAt: 20_030 * day}, Kind: event.Refund, Amount: event.Money{Minor: row.refund, Currency: "USD"}}
			p = apply(t, e, p, refund)
			last = nil
		}
		for p = e.Schedule(p); last == nil && p.Due != event.Never; p = e.Schedule(p) {
			var transitions []score.Transition
			p, transitions = e.Review(p, p.Due)
			for _, x := range transitions {
				if c, ok := x.(*score.TierChanged); ok {
					last = c
				}
			}
		}
		k := last.KeepBy
		if k.Usual != row.usual || k.Advised() != max(row.advice, k.Amount) || k.Amount >= k.Usual {
			t.Errorf("%s: %s, keep by %+v (advised %d), want a usual order of %d, above the least", row.why, last.Tier, k, k.Advised(), row.usual)
		}
	}
}

func TestTierChangedNamesTheTopCategory(t *testing.T) {
	first := order("a", 20_000*day, 5000)
	first.Items = []event.Item{{Category: "cups", AmountMinor: 1000}, {Category: "tea", AmountMinor: 4000}}
	e := newEngine(t, event.Calendar{}, nil)
	_, transitions, _ := e.Apply(e.New("c"), first)
	if got := transitions[0].(*score.TierChanged).TopCategory; got != "tea" {
		t.Errorf("top category %q, want tea", got)
	}
}

// falls returns the first instant at which silence brings p below a tier.
func falls(e *score.Engine, p score.Profile, below score.Tier, until event.Instant) (event.Instant, bool) {
	for p = e.Schedule(p); p.Due < until; p = e.Schedule(p) {
		var transitions []score.Transition
		p, transitions = e.Review(p, p.Due)
		for _, x := range transitions {
			if c, ok := x.(*score.TierChanged); ok && c.Tier < below {
				return c.AsOf, true
			}
		}
	}
	return 0, false
}
