package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"tidemark/internal/shard"
)

// ErrStalled is the error of a lane that hangs, or that lags and makes no progress. Its owner joins the group again.
var ErrStalled = errors.New("no progress although the inputs hold more, or a call that hangs")

// ErrDrainDeadline is the error of a lane that did not drain in time. Nothing is lost: the successor takes over.
var ErrDrainDeadline = errors.New("not drained within the deadline")

// pulse is the heartbeat of a lane, for the watchdog and for health.
type pulse struct {
	// beats counts what the lane has got done. It stands still in a lane that has nothing to do.
	beats atomic.Int64
	// turns counts the turns of the loop, and the steps of whatever takes long. It stands still only where a call hangs.
	turns atomic.Int64
	// content says that there is no lag, or that the lane pauses on purpose; paused only the latter.
	content, paused atomic.Bool
	// checkpoint is when the last checkpoint ended, or the lane began, in nanoseconds since 1970.
	checkpoint atomic.Int64
	// asked is when the fetch of a partition that has not been answered was sent, in nanoseconds since 1970; 0 where none is out.
	asked map[shard.Partition]*atomic.Int64
}

func (p *pulse) beat() { p.beats.Add(1); p.turn() }

func (p *pulse) turn() { p.turns.Add(1) }

// still is a counter that the watchdog looks at, and since when the counter has stood still.
type still struct {
	counter *atomic.Int64
	seen    int64
	since   time.Time
}

// look returns for how long the counter has stood still; excused starts anew.
func (s *still) look(now time.Time, excused bool) time.Duration {
	if n := s.counter.Load(); n != s.seen || excused {
		s.seen, s.since = n, now
	}
	return now.Sub(s.since)
}

// watch ends the lane with ErrStalled when for StallAfter it has lagged without progress, its loop has not turned, or a fetch has not
// been answered. The first finds a log that answers with nothing although it holds more, the others find calls that hang.
func (l *Lane) watch(ctx context.Context, end context.CancelCauseFunc) {
	if l.cfg.StallAfter < 0 {
		return
	}
	tick := time.NewTicker(max(l.cfg.StallAfter/8, 1))
	defer tick.Stop()
	p := &l.pulse
	stalled := func(format string, args ...any) {
		l.metrics.stalls.Inc()
		end(fmt.Errorf("%w: "+format, append([]any{ErrStalled}, args...)...))
	}
	progress, loop := still{counter: &p.beats, since: time.Now()}, still{counter: &p.turns, since: time.Now()}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		switch hangs := l.hangingFetch(now); {
		case progress.look(now, p.content.Load()) >= l.cfg.StallAfter:
			stalled("nothing applied for %s", l.cfg.StallAfter)
			return
		case loop.look(now, p.paused.Load()) >= l.cfg.StallAfter:
			stalled("the loop has not turned for %s", l.cfg.StallAfter)
			return
		case hangs != "":
			stalled("a fetch of %s is not answered for %s", hangs, l.cfg.StallAfter)
			return
		}
	}
}

// hangingFetch names a partition whose fetch has been out for StallAfter; none is empty.
func (l *Lane) hangingFetch(now time.Time) string {
	for partition, asked := range l.pulse.asked {
		if at := asked.Load(); at != 0 && now.Sub(time.Unix(0, at)) >= l.cfg.StallAfter {
			return partition.String()
		}
	}
	return ""
}

// limitDrain ends the lane once draining has taken too long.
func (l *Lane) limitDrain(ctx context.Context, end context.CancelCauseFunc) {
	select {
	case <-ctx.Done():
		return
	case <-l.drain:
	}
	timer := time.NewTimer(l.cfg.DrainWithin)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		end(ErrDrainDeadline)
	}
}
