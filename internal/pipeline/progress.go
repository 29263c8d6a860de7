package pipeline

import (
	"maps"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Progress says how far a lane has got.
type Progress struct {
	// Applied is, per partition, the end of the last fully committed and published batch.
	Applied map[shard.Partition]int64
	// Committed is what the group has been told: all below is projected too.
	Committed map[shard.Partition]int64
	// End is the end of the log as of the last fetch; a partition not yet read is absent.
	End map[shard.Partition]int64
	// ReadUntil is W, Reviewed the W up to which all due reviews have been run.
	ReadUntil, Reviewed event.Instant
	// CaughtUp says that the committed offsets equal the ends and, under the event clock, that everybody has been
	// evaluated at the as-of.
	CaughtUp bool
	// Paused says that too many records are bad: see Breaker.
	Paused bool
}

// Progress returns how far the lane has got. It is safe for concurrent use.
func (l *Lane) Progress() Progress { return *l.progress.Load() }

func (l *Lane) noteProgress() { l.publishProgress(false) }

func (l *Lane) publishProgress(paused bool) {
	p := Progress{
		Applied: maps.Clone(l.position), Committed: maps.Clone(l.told), End: map[shard.Partition]int64{},
		ReadUntil: l.until, Reviewed: l.reviewed, Paused: paused,
	}
	lags := false
	p.CaughtUp = l.cfg.Clock != EventClock || l.settled
	for _, in := range l.inputs {
		if !in.known {
			lags, p.CaughtUp = true, false
			continue
		}
		end := in.current.high
		p.End[in.partition] = end
		if told, ok := l.told[in.partition]; !ok || told < end {
			p.CaughtUp = false
		}
		lags = lags || l.position[in.partition] < end
		l.metrics.lag.WithLabelValues(string(in.partition.Topic), strconv.Itoa(in.partition.Index)).
			Set(float64(max(0, end-l.position[in.partition])))
	}
	l.pulse.content.Store(paused || !lags)
	l.metrics.paused.WithLabelValues(l.label()).Set(number(paused))
	l.metrics.held.WithLabelValues(l.label()).Set(float64(l.heldShards()))
	l.progress.Store(&p)
}

// heldShards counts the own shards with a review that is due by now but waits for the inputs.
func (l *Lane) heldShards() int {
	n := 0
	now := l.present()
	if now == unknown {
		return 0
	}
	for _, s := range l.states {
		if s.own && s.due != unknown && s.due > l.until && s.due < now.Add(-l.cfg.Grace) {
			n++
		}
	}
	return n
}

func (l *Lane) label() string { return strconv.Itoa(l.cfg.Index) }

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
