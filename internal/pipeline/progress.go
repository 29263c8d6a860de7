package pipeline

import (
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Progress says how far a lane has got.
type Progress struct {
	// Applied is, per partition, the end of the last fully committed and published batch.
	Applied map[shard.Partition]int64
	// Committed are the offsets that the group holds: everything below them is projected too.
	Committed map[shard.Partition]int64
	// End is the end of what could be read of the log as of the last fetch: the last stable offset. A partition that has not been read
	// yet is absent.
	End map[shard.Partition]int64
	// ReadUntil is the watermark W. Reviewed is the watermark up to which all due reviews have been run.
	ReadUntil, Reviewed event.Instant
	// CaughtUp says that the committed offsets equal the ends and, under the event clock, that every customer has been
	// evaluated at the as-of. It is false while the lane takes over.
	CaughtUp bool
	// Held says in words what reviews in silence wait for beside the lane's own inputs: other lanes, or a topic that is quiet.
	Held []string
	// Paused says that the lane pauses because too many records are bad: see Breaker.
	Paused bool
}

func (s *session) noteProgress() { s.publishProgress(false) }

func (s *session) publishProgress(paused bool) {
	group := s.lane.groupOffsets
	p := Progress{
		Applied: maps.Clone(s.applied), Committed: maps.Clone(group), End: s.intake.ends(),
		ReadUntil: s.watermark, Reviewed: s.reviewed, Paused: paused,
		Held: append(s.quietWords(), s.strangerWords()...),
	}
	lags := false
	p.CaughtUp = s.cfg.Clock != EventClock || s.evaluated
	for _, partition := range s.partitions {
		if offset, ok := s.applied[partition]; ok { // none during a takeover
			s.backlogs[partition].hasApplied(offset)
		}
		end, known := p.End[partition]
		if !known {
			lags, p.CaughtUp = true, false
			continue
		}
		if offset, ok := group[partition]; !ok || offset < end {
			p.CaughtUp = false
		}
		lags = lags || s.applied[partition] < end
	}
	s.pulse.content.Store(paused || !lags || s.noteOpen())
	s.pulse.paused.Store(paused)
	s.metrics.paused.WithLabelValues(s.label()).Set(number(paused))
	s.metrics.held.WithLabelValues(s.label()).Set(float64(s.heldShards()))
	s.progress.Store(&p)
}

// heldShards counts the own shards with a review that is due by now but waits for the inputs.
func (s *session) heldShards() int {
	n := 0
	now := s.present()
	if now == unknown {
		return 0
	}
	for _, st := range s.states.all {
		if st.own && st.due != unknown && st.due > min(s.watermark, st.confirmed) && st.due < now.Add(-s.cfg.Grace) {
			n++
		}
	}
	return n
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
