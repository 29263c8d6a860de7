package shop

import "tidemark/internal/event"

// Message is a message of the shop. The key is the customer id, the record time is the event's RecordedAt.
type Message struct {
	// Event is the content of the message. Repeated and broken messages share parts of their events with others: do not modify
	// these.
	Event event.Event
	// Broken says how the sender must break the message. With Intact the sender leaves the message as it is.
	Broken Broken
	// Repeated is true if an earlier message had the same event id.
	Repeated bool
}

// SentAt is the record time.
func (m Message) SentAt() event.Instant { return m.Event.Common().RecordedAt }

// Broken says why a message cannot be read. The event of a broken message has an id of its own and is part of no customer's
// history.
type Broken uint8

// The ways in which a message is broken. The shop itself breaks the events of the last two ways; such an event only needs to be
// encoded. For the first two ways the sender must break the bytes.
const (
	Intact          Broken = iota
	Truncated              // cut off in the middle of its encoded event
	UnknownSchema          // framed with a schema id that nobody knows
	FutureDate             // occurred far beyond the tolerance after its record time
	UnknownCurrency        // a purchase in a currency that does not exist
)

var brokenNames = [...]string{"INTACT", "TRUNCATED", "UNKNOWN_SCHEMA", "FUTURE_DATE", "UNKNOWN_CURRENCY"}

func (b Broken) String() string { return brokenNames[b] }

// Reason is the reason of the dead letter that such a message becomes. It is empty for Intact.
func (b Broken) Reason() event.Reason {
	switch b {
	case Intact:
		return ""
	case Truncated:
		return event.Malformed
	case UnknownSchema:
		return event.UnknownSchema
	case FutureDate:
		return event.FromTheFuture
	case UnknownCurrency:
		return event.UnknownCurrency
	}
	panic("shop: no reason for broken message")
}
