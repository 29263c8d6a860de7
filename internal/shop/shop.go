package shop

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"tidemark/internal/event"
)

// Shop simulates a Config. It is not safe for concurrent use.
type Shop struct {
	config    Config
	season    *season
	customers []customer
	steps     queue[step]
	post      queue[Message]
	random    *rand.Rand // for everything but the purchases
	now       event.Instant

	events, orders, sessions uint64 // how many of each have an id
	trail                    []event.InteractionKind
}

// step is the next thing that a customer does.
type step struct {
	customer *customer
	do       func(*Shop, *customer)
}

// lead is the time from the start of a step to its purchase. It leaves room for the session that leads to the purchase.
const lead = 20 * time.Minute

// Open returns the shop of a Config. The error says all that is wrong with the Config.
func Open(c Config) (*Shop, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("open the shop: %w", err)
	}
	s := &Shop{config: c, season: newSeason(c.Steady), now: c.From, random: rand.New(rand.NewPCG(c.Seed, 1))}
	s.enrol()
	for i := range s.customers {
		c := &s.customers[i]
		s.planPurchase(c)
		if c.JoinedAt < s.config.From && c.LeftAt > s.config.From {
			s.planTouch(c, s.config.From)
		}
	}
	return s, nil
}

// Next returns the message that is sent next. It is false at the end. Record times never go back.
func (s *Shop) Next() (Message, bool) {
	for s.steps.next() < s.post.next() {
		var next step
		next, s.now = s.steps.pop()
		next.do(s, next.customer)
	}
	if s.post.next() == event.Never {
		return Message{}, false
	}
	var m Message
	m, s.now = s.post.pop()
	return m, true
}

// Messages returns the messages that are still to be sent, in the order of Next.
func (s *Shop) Messages() iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for m, ok := s.Next(); ok && yield(m); m, ok = s.Next() {
		}
	}
}

// Customers returns the truth about all customers, in the order in which they join. The truth is complete from the start.
func (s *Shop) Customers() []Customer {
	customers := make([]Customer, len(s.customers))
	for i := range s.customers {
		customers[i] = s.customers[i].Customer
	}
	return customers
}

// Pending is the number of entries that the shop holds: next steps of customers, and messages that are written but not sent.
func (s *Shop) Pending() int { return len(s.steps.entries) + len(s.post.entries) }

// planPurchase plans the next purchase of c, if there is one.
func (s *Shop) planPurchase(c *customer) {
	var ok bool
	if c.next, ok = c.life.next(s.season, s.config.To); ok {
		s.steps.push(max(s.now, c.next.at.Add(-lead)), step{c, (*Shop).purchase})
	}
}

// after draws the instant of an event that takes a mean time from an instant on, in time of trade.
func (s *Shop) after(at event.Instant, mean time.Duration) event.Instant {
	wait := min(s.random.ExpFloat64(), 5) * float64(mean.Milliseconds()) / weekMillis
	return s.season.instant(s.season.weeks(at) + weeks(wait))
}

// chance is true with a probability.
func (s *Shop) chance(share float64) bool { return share > 0 && s.random.Float64() < share }

// between draws a time.Duration in [low, high).
func (s *Shop) between(low, high time.Duration) time.Duration {
	return low + time.Duration(s.random.Int64N(int64(high-low)))
}
