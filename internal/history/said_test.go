package history_test

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// TestRefundsAcrossRates: an order, and what is given back for it at other rates and in other currencies. Money is in cents.
func TestRefundsAcrossRates(t *testing.T) {
	in := func(currency event.Currency) func(int64, float64) history.Amounts {
		return func(minor int64, rate float64) history.Amounts {
			return history.Amounts{Amount: int64(float64(minor)*rate + .5), Said: event.Money{Minor: minor, Currency: currency}}
		}
	}
	usd := func(minor int64) history.Amounts { return history.Amounts{Amount: minor} }
	eur, jpy := in("EUR"), in("JPY")
	for _, row := range []struct {
		name    string
		order   history.Amounts
		refunds []history.Amounts
		orders  int
		spend   int64
	}{
		{"the whole amount, and the rate has fallen", eur(10_000, 1.3), []history.Amounts{eur(10_000, 1.11)}, 0, 0},
		{"a part, and the rate has risen", eur(10_000, 1), []history.Amounts{eur(8_000, 1.3)}, 1, 2_000},
		{"a part takes its share at the order's rate", eur(10_000, 1.3), []history.Amounts{eur(3_000, 1.11)}, 1, 9_100},
		{"parts that make the whole", eur(10_000, 1.3), []history.Amounts{eur(3_333, 1.11), eur(3_333, 1.2), eur(3_334, 1)}, 0, 0},
		{"parts that lack a cent of the whole", eur(10_000, 1.3), []history.Amounts{eur(3_333, 1.11), eur(3_333, 1.2), eur(3_333, 1)}, 1, 1},
		{"the whole amount in the base currency", eur(10_000, 1.3), []history.Amounts{usd(13_000)}, 0, 0},
		{"a part in the base currency", eur(10_000, 1.3), []history.Amounts{usd(6_500)}, 1, 6_500},
		{"half in each currency", eur(10_000, 1.3), []history.Amounts{usd(6_500), eur(5_000, 1.11)}, 0, 0},
		{"a third currency, by its worth of the day", eur(10_000, 1.3), []history.Amounts{jpy(9_000, .65)}, 1, 7_150},
		{"an order in the base currency, by the refund's worth of the day", usd(13_000), []history.Amounts{eur(10_000, 1.11)}, 1, 1_900},
		{"too little to be worth a cent: the whole of it", jpy(1, .004), []history.Amounts{jpy(1, .004)}, 0, 0},
		{"too little to be worth a cent: half of it", jpy(2, .004), []history.Amounts{jpy(1, .004)}, 1, 0},
		{"the greatest amounts there are", eur(event.MaxMinor, 1000), []history.Amounts{eur(event.MaxMinor-1, 1)}, 1, 1000},
	} {
		var s history.Summary
		at := event.Calendar{}.Start(base)
		observe := func(id string, kind event.PurchaseKind, a history.Amounts) {
			x := &event.Purchase{Head: event.Head{ID: id, OccurredAt: at, RecordedAt: at}, Kind: kind, OrderID: "o"}
			s, _ = s.Observe(x, a, event.Calendar{})
			at += 24 * hour
		}
		observe("order", event.Order, row.order)
		for i, a := range row.refunds {
			observe(string(rune('a'+i)), event.Refund, a)
		}
		decoded, err := history.Decode(s.Append(nil))
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		for which, s := range map[string]history.Summary{"observed": s, "stored": decoded} {
			if f := s.Facts(at, event.Calendar{}); f.Orders != row.orders || f.Spend != row.spend {
				t.Errorf("%s, %s: %d orders for %d, want %d for %d", row.name, which, f.Orders, f.Spend, row.orders, row.spend)
			}
		}
	}
}
