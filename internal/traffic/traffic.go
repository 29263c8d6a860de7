// Package traffic makes events of a chosen mix and number, for benchmarks. At every event each customer is equally likely:
// caches and coalescing writes then help least. Package shop simulates the lives of customers instead.
package traffic

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"tidemark/internal/event"
)

// Config determines a stream of events.
type Config struct {
	// Events is the number of events, Customers the number of customers. Both must be positive.
	Events, Customers int
	Mix               Mix
	// From and To bound the times of the events. The events are evenly spread and in order.
	From, To event.Instant
	Seed     uint64
}

// Mix is the proportion of the topics, in any unit.
type Mix struct{ Interactions, Purchases, Feedback float64 }

// Check returns all that is wrong with c, as one error.
func (c Config) Check() error {
	var wrong []error
	if c.Events < 1 || c.Customers < 1 {
		wrong = append(wrong, fmt.Errorf("%d events of %d customers: both must be positive", c.Events, c.Customers))
	}
	m := c.Mix
	if m.Interactions < 0 || m.Purchases < 0 || m.Feedback < 0 || !(m.total() > 0) || math.IsInf(m.total(), 0) {
		wrong = append(wrong, errors.New("the shares of the mix cannot be negative, and not all zero"))
	}
	if c.To < c.From {
		wrong = append(wrong, fmt.Errorf("from %s to %s is no time", c.From, c.To))
	}
	return errors.Join(wrong...)
}

func (m Mix) total() float64 { return m.Interactions + m.Purchases + m.Feedback }

// All yields the events in order of time. Equal Configs give equal events.
func (c Config) All() iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		s := c.Open()
		for i := range c.Events {
			at := c.From.Add(time.Duration(float64(c.To.Sub(c.From)) * float64(i) / float64(c.Events)))
			if !yield(s.Next(at)) {
				return
			}
		}
	}
}

// Stream gives events without end.
type Stream struct {
	config Config
	random *rand.Rand
}

// Open returns the stream of c. It gives the events of All, at the times that the caller chooses.
func (c Config) Open() *Stream { return &Stream{c, rand.New(rand.NewPCG(c.Seed, 0))} }

// Next returns the next event. The event is recorded when it occurs.
func (s *Stream) Next(at event.Instant) event.Event {
	r := s.random
	head := event.Head{
		ID:       fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()),
		Customer: Customer(r.IntN(s.config.Customers)), OccurredAt: at, RecordedAt: at,
	}
	m := s.config.Mix
	switch place := r.Float64() * m.total(); {
	case place < m.Interactions:
		return s.interaction(head)
	case place < m.Interactions+m.Purchases:
		return s.purchase(head)
	}
	return s.feedback(head)
}

// Customer is the id of the n-th customer.
func Customer(n int) string { return fmt.Sprintf("c%08d", n) }

var (
	touches  = [...]event.InteractionKind{event.PageView, event.PageView, event.PageView, event.ProductView, event.ProductView, event.CartAdd, event.EmailOpen, event.EmailClick, event.Login}
	answers  = [...]event.FeedbackKind{event.CSAT, event.CSAT, event.NPS, event.Review, event.Complaint}
	channels = [...]string{"web", "app", "store"}
	shelves  = [...]string{"books", "coffee", "garden", "home", "music"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func (s *Stream) interaction(head event.Head) event.Event {
	r := s.random
	return &event.Interaction{
		Head: head, Kind: pick(r, touches[:]), Name: "/p/" + pick(r, shelves[:]), Channel: pick(r, channels[:]),
		Session: fmt.Sprintf("s%012x", r.Uint64N(1<<48)),
	}
}

// purchase is an order of one to three lines. The amount is log-normal around 30 dollars; a third of it is margin.
func (s *Stream) purchase(head event.Head) event.Event {
	r := s.random
	p := &event.Purchase{
		Head: head, Kind: event.Order, OrderID: "o" + head.ID[:15], Channel: pick(r, channels[:]),
		Session: fmt.Sprintf("s%012x", r.Uint64N(1<<48)),
	}
	for range 1 + r.IntN(3) {
		line := event.Item{
			SKU: fmt.Sprintf("sku-%04d", r.IntN(5000)), Category: pick(r, shelves[:]), Quantity: 1 + r.Int64N(2),
			AmountMinor: 100 + int64(1500*math.Exp(0.8*r.NormFloat64())),
		}
		p.Items, p.Amount.Minor = append(p.Items, line), p.Amount.Minor+line.AmountMinor
	}
	p.Amount.Currency, p.Margin = "USD", event.Minor(p.Amount.Minor/3)
	return p
}

func (s *Stream) feedback(head event.Head) event.Event {
	r := s.random
	f := &event.Feedback{Head: head, Kind: pick(r, answers[:]), About: event.Subject(1 + r.IntN(event.Subjects-1))}
	switch f.Kind {
	case event.NPS:
		f.Scored, f.Max, f.Score = true, 10, float64(r.IntN(11))
	case event.CSAT, event.Review:
		f.Scored, f.Min, f.Max, f.Score = true, 1, 5, float64(1+r.IntN(5))
	case event.Complaint, event.ComplaintResolved, event.UnknownFeedback:
	}
	return f
}
