package pipeline

import (
	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// A log that is read for the first time may hold links of long ago. Whoever survives is judged from histories that the other lanes are still to
// send, and no shard knows yet from which (see homes). So once any lane has sent such a history, no review runs before all lanes have read their
// partitions to the end once, and what they have sent has been read, too:
//
//	all lanes have read to the end: heard at t0 ── all lanes tell that they have read beyond t0: heard at t1 ── … ── this lane has read beyond tn
//	     histories of the ids themselves                 histories that were sent on once
//
// A lane that begins later, when all others have read to the end, waits for none of this. Nobody waits for a lane that has never told
// anything: its partitions are read by nobody yet. What a lane has sent it tells at its next checkpoint. A review that runs before, in the first
// second, does not wait.

// loadingSteps is how often a history may be sent on while a log is read for the first time and no review runs. A step takes a checkpoint or two.
const loadingSteps = 4

// loading is how far the lanes are with a log that is read for the first time.
type loading struct {
	// steps is how many steps are left, since when the one in hand is waited for; event.Never before it begins.
	steps int
	since event.Instant
}

// noteLinks notes that messages of links were sent, if any are among outputs. Own customers may be read from them.
func (s *session) noteLinks(outputs []shard.Output) {
	if !linksAmong(outputs) {
		return
	}
	s.linksSentAt = s.now()
	if index := s.firstReader(); index >= 0 {
		s.lane.loading = loading{steps: loadingSteps, since: event.Never}
		for _, st := range s.states.own {
			st.confirmed, st.stranger = unknown, index
		}
	}
}

// firstReader returns the partition index of a lane that still reads its log for the first time; -1 for none.
func (s *session) firstReader() int {
	if s.cfg.Clock != WallClock {
		return -1
	}
	for index := range s.cfg.Partitions {
		if r := s.others[index]; r.At != 0 && !r.Whole {
			return index
		}
	}
	return -1
}

// judgeLoading takes a step if all lanes have done the one in hand. It returns the partition index of a lane that has not; -1 for none.
func (s *session) judgeLoading() int {
	l := &s.lane.loading
	if index := s.firstReader(); index >= 0 && s.linksKnown() {
		*l = loading{steps: loadingSteps, since: event.Never}
		return index
	}
	for l.steps > 0 {
		if l.since == event.Never {
			l.since = s.now()
		}
		read := s.intake.linksUntil()
		for index := range s.cfg.Partitions {
			if l.steps < loadingSteps && s.others[index].At != 0 && s.toldBefore(index, read) < l.since {
				return index
			}
		}
		if read < l.since {
			return s.cfg.Index
		}
		l.steps, l.since = l.steps-1, s.now()
	}
	return -1
}

// linksKnown reports whether any lane has sent a message of links, or has found one in its log: this lane by what its fetcher has found.
func (s *session) linksKnown() bool {
	known := s.linksSentAt != unknown
	for _, i := range s.intake.inputs {
		known = known || i.partition.Topic == event.Links && i.ear.heard().End > 0
	}
	for _, r := range s.others {
		known = known || r.Links || r.Heard[event.Links].End > 0
	}
	return known
}
