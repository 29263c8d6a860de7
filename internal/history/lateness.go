package history

import "tidemark/internal/event"

// Lateness is the number of days before the newest day of a customer from which on an event of a topic is too late: an event on day d is
// too late where d <= Newest - Lateness.
func Lateness(topic event.Topic) event.Day {
	if topic == event.Interactions {
		return touchWindow
	}
	return window
}
