package shop

import (
	"time"

	"tidemark/internal/event"
)

// purchase plays a purchase day: the session that leads to it, the orders, and what comes of these. Then the life of c goes on.
func (s *Shop) purchase(c *customer) {
	day := c.next
	first := day.at == c.JoinedAt
	total := minor(day.spend * c.minor)
	s.introduce(c, day.at)

	channel, session := s.till(c), ""
	if channel != store && s.chance(s.config.Behaviour.Tracked) {
		session = s.number('s', &s.sessions)
		s.lookFor(c, day.at, channel, session)
	}
	later := int64(0)
	if total > 1 && s.chance(s.config.Behaviour.SecondOrders) {
		later = 1 + s.random.Int64N(total-1)
	}
	o := s.order(c, day.at, total-later, channel)
	o.Session = session
	if first {
		o.AcquisitionCost = event.Minor(minor((4 + 14*s.random.Float64()) * c.minor))
		o.Referrer = c.Referrer
		s.credit(c, day.at)
	}
	s.place(c, o)
	if later > 0 {
		s.place(c, s.order(c, s.laterThatDay(day.at), later, channel))
	}
	s.opine(c, o, day.last)

	s.planPurchase(c)
	if first {
		s.planTouch(c, day.at)
	}
}

// order makes an order of an amount. It does not send it.
func (s *Shop) order(c *customer, at event.Instant, amount int64, channel string) *event.Purchase {
	kind := s.shelf(c)
	list := float64(amount)
	if share := pick(s.random, discounts[:]); share > 0 {
		list = float64(amount) / (1 - share)
	}
	discount := int64(list) - amount
	o := &event.Purchase{
		Head: event.Head{Customer: c.ID, OccurredAt: at}, Kind: event.Order, OrderID: s.number('o', &s.orders),
		Amount:      event.Money{Minor: amount, Currency: c.Currency},
		Margin:      event.Minor(int64(list*categories[kind].margin) - discount),
		ServiceCost: event.Minor(int64(list * 0.02)),
		Items:       s.items(kind, amount),
		Channel:     channel,
	}
	if discount > 0 {
		o.Discount = event.Minor(discount)
	}
	if c.business {
		o.DueAt = at.Add(30 * oneDay)
	}
	return o
}

// items splits an amount into one to three lines, mostly of one category.
func (s *Shop) items(kind int, amount int64) []event.Item {
	lines := make([]event.Item, 1+s.random.IntN(3))
	for i := range lines {
		part := amount
		if i < len(lines)-1 {
			part = int64(float64(amount) * (0.2 + 0.6*s.random.Float64()))
		}
		amount -= part
		lines[i] = event.Item{
			SKU: products[kind][s.random.IntN(shelf)], Category: categories[kind].name,
			Quantity: 1 + int64(s.random.IntN(3)), AmountMinor: part,
		}
		if s.chance(0.25) {
			kind = s.random.IntN(len(categories))
		}
	}
	return lines
}

// place sends an order and what comes of it. If the order is restated, place first sends the order with the wrong amount.
func (s *Shop) place(c *customer, o *event.Purchase) {
	b := s.config.Behaviour
	if s.chance(b.FailedPayments) {
		s.sendAbout(o, event.PaymentFailed, o.OccurredAt.Add(-s.between(time.Second, 50*time.Second)), o.Amount.Minor)
	}
	if s.chance(b.Restatements) {
		mistaken := *o
		mistaken.Amount.Minor = minor(float64(o.Amount.Minor) * (1.05 + 0.45*s.random.Float64()))
		mistaken.Items = s.items(c.favourite, mistaken.Amount.Minor)
		s.send(&mistaken)
		o.OccurredAt = s.laterThatDay(o.OccurredAt)
	}
	s.send(o)
	s.follow(c, o)
}

// till is the channel of a purchase, mostly the usual one.
func (s *Shop) till(c *customer) string {
	if s.chance(0.85) {
		return c.channel
	}
	return pick(s.random, channels[:])
}

// laterThatDay is minutes to hours after an instant, on the same day.
func (s *Shop) laterThatDay(at event.Instant) event.Instant {
	var calendar event.Calendar
	end := calendar.Start(calendar.Day(at)+1) - 1
	return min(end, at.Add(s.between(2*time.Minute, 3*time.Hour)))
}

// credit sends that another customer referred c.
func (s *Shop) credit(c *customer, at event.Instant) {
	if c.Referrer == "" {
		return
	}
	s.send(&event.Interaction{
		Head: event.Head{Customer: c.Referrer, OccurredAt: at}, Kind: event.ReferralMade, Channel: web, Name: c.ID,
	})
}
