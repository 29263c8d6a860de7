package pipeline

import (
	"math"
	"time"

	"tidemark/internal/event"
)

// Clock says how far reviews in silence may run.
type Clock uint8

// The clocks.
const (
	// WallClock lets reviews fire as far as the inputs have been read.
	WallClock Clock = iota
	// EventClock loads a history: reviews run before the customer's next event and, at the log's end, up to the as-of.
	EventClock
	// SimulatedClock is the wall clock of a simulation, which its owner moves on.
	SimulatedClock
)

// unknown is earlier than everything.
const unknown event.Instant = math.MinInt64

// now is the local time, or the simulated one.
func (l *Lane) now() event.Instant {
	if l.cfg.Clock == SimulatedClock {
		return l.cfg.Now()
	}
	return event.InstantOf(time.Now())
}

// readUntil is W: the instant up to which all inputs have been read, less the grace. Reviews due by then may fire. It
// holds for what has been processed: the lane asks between batches.
func (l *Lane) readUntil() event.Instant {
	if l.cfg.Clock == EventClock {
		if l.caughtUp() {
			return l.cfg.AsOf
		}
		return unknown
	}
	w := event.Never
	for _, in := range l.inputs {
		w = min(w, in.readUntil())
	}
	if w == event.Never || w == unknown {
		return unknown
	}
	if l.cfg.Clock == WallClock {
		w = w.Add(-l.cfg.Grace)
	}
	return w
}

// present is the instant against which the age of a transition is measured: the as-of, the simulated clock, or the local
// time of the newest fetch. The last is W where the inputs are caught up; where they lag, W would lie in the past with
// them, and nothing would be old.
func (l *Lane) present() event.Instant {
	switch l.cfg.Clock {
	case EventClock:
		return l.cfg.AsOf
	case SimulatedClock:
		return l.cfg.Now()
	case WallClock:
	}
	newest := unknown
	for _, in := range l.inputs {
		if in.known {
			newest = max(newest, in.current.sentAt)
		}
	}
	return newest
}
