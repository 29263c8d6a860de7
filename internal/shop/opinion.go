package shop

import (
	"math"

	"tidemark/internal/event"
)

// How a customer with a grievance behaves after the last purchase.
const (
	grudge     = 4   // how many times more likely the customer answers
	complaints = 25  // how many times more likely the customer complains
	remains    = 0.3 // the share of the usual contentment that is left
)

// opine sends what c says of an order, days later. The last order of a customer who leaves with a grievance is the order that
// went wrong.
func (s *Shop) opine(c *customer, o *event.Purchase, last bool) {
	b := s.config.Behaviour
	answers, complains, contentment, about := 1.0, b.Complaints, c.contentment, pick(s.random, subjects[:])
	if wrong := last && c.grieved; wrong {
		answers, complains, contentment, about = grudge, complains*complaints, contentment*remains, c.grievance
	}
	if s.chance(min(1, b.CSAT*answers)) {
		s.answer(c, o, event.CSAT, 1, 5, contentment, about)
	}
	if s.chance(min(1, b.Reviews*answers)) {
		s.answer(c, o, event.Review, 1, 5, contentment, about)
	}
	if s.chance(min(1, b.NPS*answers)) {
		s.answer(c, o, event.NPS, 0, 10, contentment, event.AboutBrand)
	}
	if s.chance(min(1, complains)) {
		s.complain(c, o, about, last && c.grieved)
	}
}

// answer is a mark on a scale of whole numbers.
func (s *Shop) answer(c *customer, o *event.Purchase, kind event.FeedbackKind, low, high, contentment float64, about event.Subject) {
	mark := low + (high-low)*(contentment+0.12*s.random.NormFloat64())
	s.send(&event.Feedback{
		Head: event.Head{Customer: c.ID, OccurredAt: s.after(o.OccurredAt, 2*oneDay)}, Kind: kind,
		Score: min(high, max(low, math.Round(mark))), Min: low, Max: high, Scored: true, About: about, OrderID: o.OrderID,
	})
}

// complain sends a complaint by phone. Most complaints are resolved, but fewer of customers who leave.
func (s *Shop) complain(c *customer, o *event.Purchase, about event.Subject, wrong bool) {
	at := s.after(o.OccurredAt, 3*oneDay)
	complaint := event.Feedback{
		Head: event.Head{Customer: c.ID, OccurredAt: at}, Kind: event.Complaint, About: about, OrderID: o.OrderID,
	}
	resolved := complaint
	s.interact(c, event.SupportContact, at, phone, "")
	s.send(&complaint)
	if wrong && s.chance(0.6) || s.chance(0.1) {
		return
	}
	resolved.Kind, resolved.OccurredAt = event.ComplaintResolved, s.after(at, 3*oneDay)
	s.send(&resolved)
}
