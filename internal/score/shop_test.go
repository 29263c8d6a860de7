package score_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// placed are orders of one id, so many on each of consecutive days. suffix tells the ids of several calls apart.
func placed(suffix string, from event.Instant, perDay ...int) []event.Event {
	var all []event.Event
	for d, n := range perDay {
		for k := range n {
			at := from + event.Instant(d)*day + event.Instant(k)*day/event.Instant(n+1)
			all = append(all, order(fmt.Sprint(suffix, d, "-", k), at, 2500))
		}
	}
	return all
}

// days are n days of the same number of orders.
func days(n, orders int) []int { return slices.Repeat([]int{orders}, n) }

func TestWhatBehavesLikeAShop(t *testing.T) {
	e := shipped(t)
	const from = 18_300 * day
	cancelled := placed("a", from, days(3, 100)...)
	taken := cancelled[200].(*event.Purchase)
	cancel := order(taken.OrderID, taken.OccurredAt+1, 0)
	cancel.ID, cancel.Kind = "cancel", event.Cancel
	for _, row := range []struct {
		why  string
		life []event.Event
		want bool
	}{
		{"hundreds of orders a day", placed("a", from, days(10, 200)...), true},
		{"just as many as the model asks for", placed("a", from, days(3, 100)...), true},
		{"one order less", placed("a", from, 100, 100, 99), false},
		{"two days are no habit", placed("a", from, days(2, 150)...), false},
		{"an import of all orders of a customer on one day", placed("a", from, 600), false},
		{"a canteen that orders 40 times a day for a quarter", placed("a", from, days(90, 40)...), false},
		{"a customer who became the id of all guests", append(placed("a", from, days(12, 1)...), placed("b", from+20*day, days(7, 300)...)...), true},
		{"an order that was cancelled does not count", append(cancelled, cancel), false},
	} {
		p := fold(t, e, row.life)
		if s := e.Score(p, p.AsOf); s.Shop != row.want || p.Shop != row.want {
			t.Errorf("%s: %d orders on %d days: profile %v, score %v, want %v", row.why, s.Orders, s.PurchaseDays, p.Shop, s.Shop, row.want)
		}
	}
}

func TestShopCheck(t *testing.T) {
	for _, row := range []struct {
		why  string
		shop score.Shop
		ok   bool
	}{
		{"no rule", score.Shop{}, true},
		{"the usual", score.Shop{OrdersPerDay: 100, MinDays: 3}, true},
		{"anybody who buys", score.Shop{OrdersPerDay: 1, MinDays: 3}, false},
		{"less than nothing", score.Shop{OrdersPerDay: -1, MinDays: 3}, false},
		{"more than any shop", score.Shop{OrdersPerDay: 1_000_001, MinDays: 3}, false},
		{"on no day", score.Shop{OrdersPerDay: 100}, false},
	} {
		if err := row.shop.Check(); (err == nil) != row.ok {
			t.Errorf("%s: Check = %v, want it to be fine: %v", row.why, err, row.ok)
		}
	}
}

// alertsOf are the alerts of a life under an engine, and of the silence of two years after it.
func alertsOfLife(t *testing.T, e *score.Engine, life []event.Event) (alerts []*score.ChurnAlert, last score.Profile) {
	t.Helper()
	l := newLedger(t, e)
	for _, x := range life {
		l.apply(x)
	}
	l.advance(l.profile.AsOf + 730*day)
	return alertsOf(l.transitions), l.profile
}

// Whoever uses the id, nobody left: a shop that falls silent raises no alert, and is not won back. The same life raises alerts without the
// rule.
func TestAShopHasNoAlert(t *testing.T) {
	for _, row := range []struct {
		why  string
		shop score.Shop
		life []event.Event
	}{
		{"the id of all guests is no longer used", score.Shop{OrdersPerDay: 100, MinDays: 3}, placed("a", 18_300*day, days(5, 120)...)},
		{"a fair of one day", score.Shop{OrdersPerDay: 100, MinDays: 1}, placed("a", 18_300*day, 120)},
	} {
		with := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Shop, m.Tiers.MinStay = row.shop, 0 })
		without := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Shop, m.Tiers.MinStay = score.Shop{}, 0 })
		if alerts, _ := alertsOfLife(t, without, row.life); len(alerts) == 0 {
			t.Errorf("%s, without the rule: no alert; the test has lost its subject", row.why)
		}
		alerts, p := alertsOfLife(t, with, row.life)
		if len(alerts) > 0 {
			t.Errorf("%s: %d alerts, the first %s %s; want none", row.why, len(alerts), alerts[0].Kind, alerts[0].State)
		}
		if p.Standing.Tier == 0 {
			t.Errorf("%s: no tier; want the tier kept", row.why)
		}
		if moved := movesAfter(t, with, row.life); moved == 0 {
			t.Errorf("%s: silence moves no tier; want a shop to keep its tier changes", row.why)
		}
	}
}

// movesAfter counts the tier changes in the silence after a life.
func movesAfter(t *testing.T, e *score.Engine, life []event.Event) int {
	t.Helper()
	p := e.Schedule(fold(t, e, life))
	_, transitions := e.Review(p, p.AsOf+730*day)
	return len(transitions)
}

// An episode that is open when the id turns out to behave like a shop ends at the next look.
func TestAnOpenEpisodeOfAShopEnds(t *testing.T) {
	life := placed("a", 18_300*day, days(5, 120)...)
	without := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Shop = score.Shop{} })
	p := without.Schedule(fold(t, without, life))
	for p.Episode.Level == churn.None && p.Due != event.Never {
		p, _ = without.Review(p, p.Due)
		p = without.Schedule(p)
	}
	if p.Episode.Level == churn.None {
		t.Fatal("the silence raises no alert without the rule: the test has lost its subject")
	}
	changed := func(m *score.Model) { m.Hash = "00ff00ff00ff00ff" }
	bought := func(p score.Profile) event.Event { return order("late", p.AsOf+hour, 2500) }
	refunded := func(p score.Profile) event.Event {
		x := order("a4-3", p.AsOf+hour, 100)
		x.ID, x.Kind = "r", event.Refund
		return x
	}
	for _, row := range []struct {
		why    string
		change func(*score.Model)
		event  func(score.Profile) event.Event
		want   score.ResolveReason
	}{
		{"the next review", nil, nil, score.ByRelief},
		{"an order", nil, bought, score.ByPurchase},
		{"a refund of one order in part", nil, refunded, score.ByRelief},
		{"another model", changed, nil, score.ByNewModel},
	} {
		with := newEngine(t, event.Calendar{}, row.change)
		var said []score.Transition
		if row.event != nil {
			_, said, _ = with.Apply(p, row.event(p))
		} else {
			_, said = with.Review(p, p.AsOf+365*day)
		}
		said = slices.DeleteFunc(said, func(x score.Transition) bool { _, ok := x.(*score.ChurnAlert); return !ok })
		if len(said) != 1 {
			t.Errorf("%s: %d alerts, want one", row.why, len(said))
			continue
		}
		if a := said[0].(*score.ChurnAlert); a.State != score.Resolved || a.Resolve != row.want || a.EpisodeID != p.Episode.ID {
			t.Errorf("%s: %s %s of %s, want RESOLVED %s of %s", row.why, a.State, a.Resolve, a.EpisodeID, row.want, p.Episode.ID)
		}
	}
}

// After a year something leaves a window every day, and each look at a shop costs as many steps as it has orders. So the search for its next
// review is short: its next order comes soon anyway. The search for a customer is longer.
func TestTheSearchOfAShopIsShort(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Shop = score.Shop{OrdersPerDay: 2, MinDays: 3} })
	longest := event.Instant(0)
	for _, row := range []struct {
		why    string
		perDay int
		shop   bool
		most   event.Instant
	}{{"a shop", 2, true, 4 * day}, {"a customer", 1, false, 64 * day}} {
		for k := range 20 { // the horizons of customers differ
			id := fmt.Sprint("c", k)
			p := e.New(id)
			for _, x := range placed("a", 18_300*day, days(400, row.perDay)...) {
				x.(*event.Purchase).Customer = id
				p, _, _ = e.Apply(p, x)
			}
			p = e.Schedule(p)
			if wait := p.Due - p.AsOf; p.Shop != row.shop || wait > row.most {
				t.Errorf("%s: shop %v, looked at again after %d ms, want %v and at most %d ms", row.why, p.Shop, wait, row.shop, row.most)
			} else if !row.shop {
				longest = max(longest, wait)
			}
		}
	}
	if longest <= 4*day {
		t.Errorf("the longest search of a customer takes %d days: the test has lost its subject", longest/day)
	}
}

// An order that is stamped ahead makes the id a shop when the order's time comes, with no event then. The flag is the same whether the id was
// scheduled and reviewed, or only looked at later.
func TestAShopIsFoundWhenItsOrderComesIntoForce(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Shop = score.Shop{OrdersPerDay: 10, MinDays: 3} })
	life := placed("a", 18_300*day, 10, 10, 9)
	last := life[len(life)-1].Common().OccurredAt
	ahead := order("ahead", last+4*60*1000, 2500)
	ahead.RecordedAt = last + 1
	p := fold(t, e, append(life, ahead))
	if p.Shop {
		t.Fatal("a shop before the last order's time: the test has lost its subject")
	}
	scheduled := e.Schedule(p)
	if want := ahead.OccurredAt; scheduled.Due != want {
		t.Errorf("due at %s, want %s: when the order comes into force", scheduled.Due, want)
	}
	reviewed, _ := e.Review(scheduled, scheduled.Due)
	later, _ := e.Review(p, last+hour)
	if !reviewed.Shop || !later.Shop {
		t.Errorf("reviewed when due: %v; looked at later: %v; want a shop both times", reviewed.Shop, later.Shop)
	}
}

// The view of a shop says so, and by which number. The views of others say nothing of it.
func TestTheViewNamesAShop(t *testing.T) {
	e := shipped(t)
	for _, row := range []struct {
		why        string
		life       []event.Event
		like, code any
		rate       any
	}{
		{"a shop", placed("a", 18_300*day, 150, 150, 150, 151), "SHOP", "BEHAVES_LIKE_SHOP", 150.25},
		{"a customer", placed("a", 18_300*day, 2, 1, 1), nil, "BOUGHT_RECENTLY", nil},
	} {
		p := fold(t, e, row.life)
		s := e.Score(p, p.AsOf)
		var detail map[string]any
		if err := json.Unmarshal(s.Detail(), &detail); err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		if detail["behaves_like"] != row.like || detail["churn_level_reason"] != row.code || detail["orders_per_purchase_day"] != row.rate {
			t.Errorf("%s: behaves like %v by %v, no level for %v; want %v by %v, %v", row.why, detail["behaves_like"],
				detail["orders_per_purchase_day"], detail["churn_level_reason"], row.like, row.rate, row.code)
		}
	}
}

// The flag is part of what is stored, so that a census counts the shops without a look at their histories.
func TestTheFlagIsStored(t *testing.T) {
	e := shipped(t)
	for _, shop := range []bool{true, false} {
		p := e.New("c")
		p.AsOf, p.Shop = 9, shop
		if got, err := score.Decode(encode(p)); err != nil || got.Shop != shop || score.IsShop(encode(p)) != shop {
			t.Errorf("a shop %v: got %v, %v, and IsShop %v", shop, got.Shop, err, score.IsShop(encode(p)))
		}
		for cut := range encode(p) {
			score.IsShop(encode(p)[:cut]) // of no profile it says something, and does not panic
		}
	}
}
