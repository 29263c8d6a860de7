package pipeline

import (
	"fmt"
	"strconv"
	"time"
)

// A log is read up to its last stable offset: the first record of the earliest transaction that is neither committed nor aborted.
//
//	read ───────────┤ open transaction, and whatever was written after its first record ├─── end
//	        last stable offset                                                   high watermark
//
// What lies between the two has been recorded and cannot be read. So the instant up to which the input has been read does not move, and no
// review in silence runs. Events of other inputs wait too, but no longer than patience: a review that a later event brings is then
// corrected if the transaction commits a purchase.

// patience is how long other inputs wait for an open transaction. Producers that set nothing end theirs within it: transaction.timeout.ms is
// 60 s.
const patience = time.Minute

// atStable reports whether everything has been taken that could be read when the log was last asked. It is false while the log does not
// answer.
func (in *input) atStable() bool {
	return in.known && len(in.items) == 0 && in.current.next >= in.current.high-in.current.open && !in.current.away
}

// noteHeld notes since when an open transaction has held the input at the same offset.
func (in *input) noteHeld() {
	switch {
	case !in.atStable() || in.atEnd():
		in.held = unknown
	case in.held == unknown || in.heldAt != in.current.next:
		in.held, in.heldAt = in.current.sentAt, in.current.next
	}
}

// heldFor is how long an open transaction has held the input at the same offset; 0 for not held.
func (in *input) heldFor() time.Duration {
	if in.held == unknown {
		return 0
	}
	return max(0, in.current.sentAt.Sub(in.held))
}

// awaits reports whether the merge waits for an input that has nothing at hand. The event clock, under which reviews run only at the end of
// the log, waits for every transaction.
func (in *intake) awaits(i *input) bool {
	return !i.atEnd() && (in.cfg.Clock == EventClock || i.heldFor() < patience)
}

// drained reports whether everything has been taken that could be read when the logs were last asked.
func (in *intake) drained() bool {
	for _, i := range in.inputs {
		if !i.atStable() || len(i.runs) > 0 {
			return false
		}
	}
	return true
}

// noteOpen shows which inputs open transactions hold, reports each that has been held for as long as patience, and returns whether there
// are any.
func (s *session) noteOpen() (held bool) {
	for _, i := range s.intake.inputs {
		topic, index := string(i.partition.Topic), strconv.Itoa(i.partition.Index)
		if i.held == unknown {
			s.metrics.open.DeleteLabelValues(topic, index)
			continue
		}
		held = true
		s.metrics.open.WithLabelValues(topic, index).Set(float64(i.held) / 1000)
		if d := i.heldFor(); d >= patience && i.toldAt != i.held {
			i.toldAt = i.held
			s.cfg.Report(Notice{
				Kind: OpenTransaction, Partition: i.partition, Offset: i.heldAt, Took: d,
				Err: fmt.Errorf("for %s, %d offsets from %d on cannot be read", d.Round(time.Second), i.current.high-i.heldAt, i.heldAt),
			})
		}
	}
	return held
}
