package score_test

import (
	"testing"

	"tidemark/internal/event"
)

// Orders worth nothing are forecast as purchases, but they bring no money: what is expected of a customer falls with the share of
// free orders. Nothing else of the score looks at it.
func TestOrdersWorthNothing(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	at := (19_000 + event.Instant(14*11+11)) * day
	worth := func(amount func(i int) int64) (current, atRisk float64) {
		s := e.Score(fold(t, e, everyFortnight(amount)), at)
		return float64(s.Current) / 100, s.Risk
	}
	paid, risk := worth(func(int) int64 { return 5000 })
	quarter, _ := worth(func(i int) int64 {
		if i%4 == 0 {
			return 5000
		}
		return 0
	})
	sampled, _ := worth(func(i int) int64 { return int64(min(i, 1)) * 5000 })
	free, _ := worth(func(int) int64 { return 0 })
	if !(paid > 450 && paid < 600 && risk < .5) {
		t.Fatalf("twelve paid orders: worth %.2f at a risk of %.2f, the test has lost its subject", paid, risk)
	}
	if !(free < paid/25) {
		t.Errorf("twelve free orders: worth %.2f, want next to nothing of %.2f", free, paid)
	}
	if want := paid / 4; !(quarter > .8*want && quarter < 1.25*want) {
		t.Errorf("three paid orders of twelve: worth %.2f, want about a quarter of %.2f", quarter, paid)
	}
	if !(sampled > .9*paid && sampled < paid) {
		t.Errorf("a free sample before eleven paid orders: worth %.2f, want a little less than %.2f", sampled, paid)
	}
}

// What makes a day free is its net: a free order on the day of a paid one changes nothing.
func TestAFreeOrderBesideAPaidOne(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	buy := func(id string, on, minor int64) event.Event {
		at := event.Instant(on) * day
		return &event.Purchase{
			Head: event.Head{ID: id, Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: id,
			Amount: event.Money{Minor: minor, Currency: "USD"},
		}
	}
	for _, row := range []struct {
		why                string
		first, gift, third int64 // the days of the gift and of the orders before and after
		free               int
	}{
		{"a gift with the first order", 19_000, 19_000, 19_030, 0},
		{"a gift with the last order", 19_000, 19_030, 19_030, 0},
		{"a gift on a day of its own", 19_000, 19_015, 19_030, 1},
		{"a sample before the first order", 19_000, 18_990, 19_030, 1},
	} {
		p := fold(t, e, []event.Event{buy("a", row.first, 4000), buy("b", row.third, 4000), buy("gift", row.gift, 0)})
		f := e.Facts(&p.History, 19_050*day)
		if got := e.Pattern(&f, 19_050*day).FreeDays; got != row.free {
			t.Errorf("%s: %d free days, want %d", row.why, got, row.free)
		}
	}
}
