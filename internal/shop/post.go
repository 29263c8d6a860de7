package shop

import (
	"math"
	"time"

	"tidemark/internal/event"
)

// minLate is the least delay of a late message.
const minLate = time.Minute

// noCurrency looks like a currency: it is the code of ISO 4217 for none.
const noCurrency event.Currency = "XXX"

// send puts an event into the post under a new id, with the faults of the way. An event is dropped if it does not happen
// between From and To, or would be sent later.
func (s *Shop) send(e event.Event) {
	head, faults := e.Common(), s.config.Faults
	if head.OccurredAt < s.config.From || head.OccurredAt >= s.config.To {
		return
	}
	head.ID = s.number('e', &s.events)
	head.RecordedAt = max(s.now, head.OccurredAt.Add(s.delay(e.Topic())))
	_, interaction := e.(*event.Interaction)
	switch {
	case s.chance(faults.Late):
		head.RecordedAt = max(s.now, head.OccurredAt.Add(s.logUniform(minLate, faults.MaxLate)))
	case interaction && s.chance(faults.Ahead):
		head.OccurredAt = head.RecordedAt.Add(s.between(time.Second, event.Tolerance))
	}
	s.put(Message{Event: e})
	if s.chance(faults.Repeated) {
		again := clone(e)
		again.Common().RecordedAt = head.RecordedAt.Add(s.logUniform(10*time.Second, 6*time.Hour))
		s.put(Message{Event: again, Repeated: true})
	}
	if s.chance(faults.Broken) {
		s.sendBroken(clone(e))
	}
}

// sendBroken breaks an event that no other message holds, and puts it into the post.
func (s *Shop) sendBroken(e event.Event) {
	head := e.Common()
	head.ID = s.number('e', &s.events)
	how := Truncated + Broken(s.random.IntN(3))
	if how == FutureDate {
		head.OccurredAt = head.RecordedAt.Add(s.logUniform(2*event.Tolerance, 365*oneDay))
	}
	if p, ok := e.(*event.Purchase); ok && how != FutureDate && s.chance(0.5) {
		how, p.Amount.Currency = UnknownCurrency, noCurrency
	}
	s.put(Message{Event: e, Broken: how})
}

func (s *Shop) put(m Message) {
	if at := m.SentAt(); at < s.config.To {
		s.post.push(at, m)
	}
}

// delay is the normal time from an event to its message. Browsers collect interactions for some seconds, so an order may be
// sent before the clicks that led to it.
func (s *Shop) delay(t event.Topic) time.Duration {
	switch t {
	case event.Purchases:
		return s.between(50*time.Millisecond, 800*time.Millisecond)
	case event.Interactions:
		return s.between(200*time.Millisecond, 15*time.Second)
	case event.Feedbacks, event.Links:
	}
	return s.between(100*time.Millisecond, 2*time.Second)
}

// logUniform draws a time.Duration in [low, high) with a uniform logarithm: most are short, a few very long.
func (s *Shop) logUniform(low, high time.Duration) time.Duration {
	return time.Duration(float64(low) * math.Pow(float64(high)/float64(low), s.random.Float64()))
}

// clone copies an event. The copy shares items and attributes with the original.
func clone(e event.Event) event.Event {
	switch e := e.(type) {
	case *event.Purchase:
		p := *e
		return &p
	case *event.Interaction:
		i := *e
		return &i
	case *event.Feedback:
		f := *e
		return &f
	case *event.Link: // no shop writes one
	}
	panic("shop: an event of no known type")
}

// number returns the next id of a kind: a letter and at least nine digits.
func (s *Shop) number(letter byte, count *uint64) string {
	*count++
	id := [21]byte{}
	i, n := len(id), *count
	for ; n > 0 || i > len(id)-9; n /= 10 {
		i--
		id[i] = '0' + byte(n%10)
	}
	i--
	id[i] = letter
	return string(id[i:])
}
