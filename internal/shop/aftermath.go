package shop

import (
	"time"

	"tidemark/internal/event"
)

// follow sends what comes of an order: a cancel, a refund, a chargeback, the payment of an invoice.
func (s *Shop) follow(c *customer, o *event.Purchase) {
	b := s.config.Behaviour
	at, whole := o.OccurredAt, o.Amount.Minor
	switch {
	case s.chance(b.Cancels):
		s.sendAbout(o, event.Cancel, at.Add(s.between(2*time.Minute, oneDay)), whole)
		return
	case s.chance(b.Refunds):
		s.refund(o)
	case s.chance(b.Chargebacks):
		s.sendAbout(o, event.Chargeback, s.after(at, 20*oneDay), whole)
	}
	if c.business {
		s.collect(o)
	}
}

// refund pays an order back: in part, in full, or without naming the order.
func (s *Shop) refund(o *event.Purchase) {
	at := s.after(o.OccurredAt.Add(oneDay), 6*oneDay)
	part := minor(float64(o.Amount.Minor) * (0.1 + 0.7*s.random.Float64()))
	switch place := s.random.Float64(); {
	case place < 0.35:
		s.sendAbout(o, event.Refund, at, o.Amount.Minor)
	case place < 0.85:
		s.sendAbout(o, event.Refund, at, part)
	default:
		unlinked := *o
		unlinked.OrderID = ""
		s.sendAbout(&unlinked, event.Refund, at, part)
	}
}

// collect sends the payment of an invoice: by the due day, or late and marked as late.
func (s *Shop) collect(o *event.Purchase) {
	whole := o.Amount.Minor
	if s.chance(0.85) {
		s.sendAbout(o, event.Paid, o.DueAt.Add(-s.between(time.Hour, 20*oneDay)), whole)
		return
	}
	s.sendAbout(o, event.PaymentOverdue, o.DueAt.Add(time.Minute), whole)
	s.sendAbout(o, event.Paid, s.after(o.DueAt.Add(oneDay), 10*oneDay), whole)
}

// sendAbout sends a later event about an order.
func (s *Shop) sendAbout(o *event.Purchase, kind event.PurchaseKind, at event.Instant, amount int64) {
	s.send(&event.Purchase{
		Head: event.Head{Customer: o.Customer, OccurredAt: at}, Kind: kind, OrderID: o.OrderID,
		Amount: event.Money{Minor: amount, Currency: o.Amount.Currency}, Channel: o.Channel, DueAt: o.DueAt,
	})
}
