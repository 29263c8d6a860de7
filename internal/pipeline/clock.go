package pipeline

import (
	"math"
	"time"

	"tidemark/internal/event"
)

// Clock says how far reviews in silence may run: what the watermark is.
type Clock uint8

// The clocks.
const (
	// WallClock: the watermark is the instant up to which all inputs have been read, less the grace.
	WallClock Clock = iota
	// EventClock loads a history. Reviews run before the customer's next event and, at the log's end, up to the as-of.
	EventClock
	// SimulatedClock is the wall clock of a simulation. Its owner moves it on.
	SimulatedClock
)

// unknown is an instant earlier than every other.
const unknown event.Instant = math.MinInt64

// now is the local time, no later than the store's clock, or the simulated time.
func (b *base) now() event.Instant {
	if b.cfg.Clock == SimulatedClock {
		return b.cfg.Now()
	}
	return b.storeClock.bound(event.InstantOf(time.Now()))
}

// readUntil is the watermark of what has been processed: the session asks between batches. It is unknown until every input has been
// read; under the event clock, until everything has been read.
//
// Under the wall clock it is the least of three instants, less the grace:
//
//	the fetches    every input has been read to the end that a fetch found, which was sent then
//	the present    by the local clock and by the store's: a fetch of a time when the local clock ran ahead counts no further
//	the partitions  that is when the topics were last seen to have as many partitions as the lane knows of
func (s *session) readUntil() event.Instant {
	if s.cfg.Clock == EventClock {
		// Histories of merged ids that the lane has sent itself come back behind what the logs held: they are part of the history, too.
		if s.intake.caughtUp() && (s.linksSentAt == unknown || s.intake.linksUntil() > s.linksSentAt) {
			return s.cfg.AsOf
		}
		return unknown
	}
	w := s.intake.readUntil()
	if s.cfg.Clock != WallClock || w == unknown {
		return w
	}
	if w = min(w, s.now(), s.allPartitionsUntil()); w == unknown {
		return unknown
	}
	return w.Add(-s.cfg.Grace)
}

// allPartitionsUntil is the last instant at which the topics had the lane's number of partitions, as far as anybody has looked. Purchases
// that a new partition holds are read by nobody until the group has noticed it.
func (s *session) allPartitionsUntil() event.Instant {
	if n, at := s.source.Counted(); n == s.cfg.Partitions {
		s.counted = at
	}
	return s.counted
}

// present is the instant against which the age of a transition is measured: the as-of, the simulated clock, or the local time of the
// newest fetch. The watermark would not do: while the inputs lag, the watermark lies in the past with them, and no transition
// would seem old.
func (s *session) present() event.Instant {
	switch s.cfg.Clock {
	case EventClock:
		return s.cfg.AsOf
	case SimulatedClock:
		return s.cfg.Now()
	case WallClock:
	}
	return s.intake.newestFetch()
}
