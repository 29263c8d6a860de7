package shop

import "tidemark/internal/event"

// Message is what the shop sends. The key of the message is the customer id, its record time is the event's RecordedAt.
type Message struct {
	// Event is what the message says. Repeated and broken messages share parts of their events with others: do not modify.
	Event event.Event
	// Broken says what the carrier must do to the message before it is sent; Intact is nothing.
	Broken Broken
	// Repeated is true where this event, by its id, has been written before.
	Repeated bool
}

// SentAt is the record time.
func (m Message) SentAt() event.Instant { return m.Event.Common().RecordedAt }

// Broken says why a message cannot be read. A broken message's event happened to nobody: its id is its own.
type Broken uint8

// The ways in which messages are broken. The shop itself breaks the events of the last two, which need no more than to be
// encoded; the first two are bytes that only a carrier can write.
const (
	Intact          Broken = iota
	Truncated              // cut off in the middle of its encoded event
	UnknownSchema          // framed with a schema id that nobody knows
	FutureDate             // occurred far beyond the tolerance after its record time
	UnknownCurrency        // a purchase in a currency that does not exist
)

var brokenNames = [...]string{"INTACT", "TRUNCATED", "UNKNOWN_SCHEMA", "FUTURE_DATE", "UNKNOWN_CURRENCY"}

func (b Broken) String() string { return brokenNames[b] }

// Reason is that of the dead letter which such a message becomes; empty for Intact.
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
