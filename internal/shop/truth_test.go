package shop

import (
	"testing"
	"time"

	"tidemark/internal/event"
)

// year is the default shop with fewer customers.
func year(customers int) Config {
	c := Default(monday.Add(365*oneDay + 16*time.Hour))
	c.Customers = customers
	return c
}

// told is what the messages tell of a customer to an exact reader: each event counts once, and each order counts as it was
// stated last.
type told struct {
	days    map[event.Day]bool
	orders  map[string]*event.Purchase
	lastDay event.Day
}

func read(s *Shop) map[string]*told {
	customers := map[string]*told{}
	for m := range s.Messages() {
		p, ok := m.Event.(*event.Purchase)
		if !ok || p.Kind != event.Order || m.Broken != Intact || m.Repeated {
			continue
		}
		c := customers[p.Customer]
		if c == nil {
			c = &told{days: map[event.Day]bool{}, orders: map[string]*event.Purchase{}}
			customers[p.Customer] = c
		}
		day := event.Calendar{}.Day(p.OccurredAt)
		c.days[day], c.lastDay = true, max(c.lastDay, day)
		if before := c.orders[p.OrderID]; before == nil || event.Compare(before, p) < 0 {
			c.orders[p.OrderID] = p
		}
	}
	return customers
}

// TestTheTruthIsWhatIsSent compares Customers with the messages of a shop with all faults and all behaviour. The truth is
// stated in advance. So only messages that are under way at the end may be missing.
func TestTheTruthIsWhatIsSent(t *testing.T) {
	c := year(2000)
	s := open(t, c)
	truths := s.Customers()
	heard := read(s)
	compared, silent, left := 0, 0, 0
	for _, truth := range truths {
		if truth.LastAt > c.To.Add(-c.Faults.MaxLate) {
			continue // an order may still be under way
		}
		compared++
		got := heard[truth.ID]
		if truth.Purchases == 0 {
			silent++
			if got != nil {
				t.Errorf("%s: got %d orders, want none: the last was before the start", truth.ID, len(got.orders))
			}
			continue
		}
		if got == nil {
			t.Errorf("%s: got no orders, want %d purchase days", truth.ID, truth.Purchases)
			continue
		}
		if len(got.days) != truth.Purchases {
			t.Errorf("%s: got %d purchase days, want %d", truth.ID, len(got.days), truth.Purchases)
		}
		if want := (event.Calendar{}).Day(truth.LastAt); got.lastDay != want {
			t.Errorf("%s: last purchase day: got %v, want %v", truth.ID, got.lastDay, want)
		}
		if truth.LeftAt != event.Never {
			left++
			if truth.LeftAt != truth.LastAt {
				t.Errorf("%s: left at %v, want the last purchase, %v", truth.ID, truth.LeftAt, truth.LastAt)
			}
		}
		var spent int64
		for _, p := range got.orders {
			spent += p.Amount.Minor
		}
		if truth.Currency == c.Currency && spent != truth.Spent {
			t.Errorf("%s: got %d minor units spent, want %d", truth.ID, spent, truth.Spent)
		}
	}
	if compared < 1000 || silent < 50 || left < 500 {
		t.Errorf("compared %d customers, %d of them silent and %d gone: want at least 1000, 50, 500", compared, silent, left)
	}
}

// TestDecorationLeavesThePurchasesAlone: a test with faults and a test without can be compared customer by customer.
func TestDecorationLeavesThePurchasesAlone(t *testing.T) {
	full := year(500)
	bare := full
	bare.Behaviour, bare.Faults, bare.Foreign = Behaviour{}, Faults{}, nil
	with, without := open(t, full).Customers(), open(t, bare).Customers()
	for i, got := range with {
		want := without[i]
		got.Currency, got.Referrer, got.TestAccount = want.Currency, want.Referrer, want.TestAccount
		if got != want {
			t.Fatalf("customer %d: got %+v with decoration, want %+v", i, got, want)
		}
	}
}

func TestReferrersWereThere(t *testing.T) {
	s := open(t, year(1000))
	byID := map[string]Customer{}
	referred := 0
	for _, c := range s.Customers() {
		byID[c.ID] = c
		if c.Referrer == "" {
			continue
		}
		referred++
		if r := byID[c.Referrer]; r.ID == "" || r.JoinedAt >= c.JoinedAt || r.LeftAt <= c.JoinedAt {
			t.Errorf("%s joined at %v, brought by %s (%v to %v): want somebody who was there", c.ID, c.JoinedAt, r.ID, r.JoinedAt, r.LeftAt)
		}
	}
	made := 0
	for m := range s.Messages() {
		if i, ok := m.Event.(*event.Interaction); ok && i.Kind == event.ReferralMade && m.Broken == Intact && !m.Repeated {
			made++
			if got := byID[i.Name].Referrer; got != i.Customer {
				t.Errorf("%s is thanked for %s, who was brought by %q", i.Customer, i.Name, got)
			}
		}
	}
	if referred < 20 || made < referred*9/10 || made > referred {
		t.Errorf("referrals made: got %d, want about the %d referred customers, and at least 20 of them", made, referred)
	}
}

// TestEveryOrderIsKnown: an event that names an order names an order that was sent, of the same customer. The order may also be
// under way at the end.
func TestEveryOrderIsKnown(t *testing.T) {
	c := year(2000)
	orders, mentions := map[string]string{}, map[string]string{}
	for m := range open(t, c).Messages() {
		head := m.Event.Common()
		switch e := m.Event.(type) {
		case *event.Purchase:
			switch {
			case m.Broken != Intact || e.OrderID == "":
			case e.Kind == event.Order:
				orders[e.OrderID] = head.Customer
			case e.OccurredAt < c.To.Add(-c.Faults.MaxLate):
				mentions[e.OrderID] = head.Customer
			}
		case *event.Feedback:
			if m.Broken == Intact && e.OccurredAt < c.To.Add(-c.Faults.MaxLate) {
				mentions[e.OrderID] = head.Customer
			}
		case *event.Interaction, *event.Link:
		}
	}
	for id, customer := range mentions {
		if orders[id] != customer {
			t.Errorf("%s speaks of order %s: got the order of %q, want their own", customer, id, orders[id])
		}
	}
	if len(mentions) < 1000 {
		t.Errorf("orders spoken of: got %d, want at least 1000", len(mentions))
	}
}
