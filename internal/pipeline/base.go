package pipeline

import (
	"strconv"
	"sync/atomic"

	"tidemark/internal/shard"
)

// base is what every part of a lane uses: the settings, the metrics, the heartbeat and the retries. It lives for the generation.
type base struct {
	cfg        Settings
	partitions []shard.Partition
	metrics    *Metrics
	progress   atomic.Pointer[Progress]
	pulse      pulse
	damage     damage
	failures   failures
	attempts   attempts
	storeClock storeClock
	// backlogs hold how far each partition lags.
	backlogs map[shard.Partition]*backlog
}

// label is the value of the metric label "partition".
func (b *base) label() string { return strconv.Itoa(b.cfg.Index) }

// takeOverAgain reports what the lane has found and returns errTakeOver, which ends the session. From now on the progress says
// "not caught up": whoever hears of the notice and then asks for the progress never reads what held before the notice.
func (b *base) takeOverAgain(n Notice) error {
	p := *b.progress.Load()
	p.CaughtUp = false
	b.progress.Store(&p)
	b.metrics.takeovers.WithLabelValues(n.Kind.String()).Inc()
	b.cfg.Report(n)
	return errTakeOver
}
