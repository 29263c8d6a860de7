package pipeline

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ErrStalled is the error of a lane that lags and makes no progress. Its owner joins the group again.
var ErrStalled = errors.New("no progress although the inputs hold more")

// ErrDrainDeadline is the error of a lane that did not drain in time. Nothing is lost: the successor takes over.
var ErrDrainDeadline = errors.New("not drained within the deadline")

// pulse is the heartbeat of a lane, for the watchdog.
type pulse struct {
	beats atomic.Int64
	// content says that there is no lag, or that the lane pauses on purpose.
	content atomic.Bool
}

func (p *pulse) beat() { p.beats.Add(1) }

// watch ends the lane with ErrStalled when it has lagged for StallAfter without a beat. That finds a call that hangs, and a log that
// answers with nothing although it holds more.
func (l *Lane) watch(ctx context.Context, end context.CancelCauseFunc) {
	if l.cfg.StallAfter < 0 {
		return
	}
	tick := time.NewTicker(max(l.cfg.StallAfter/8, 1))
	defer tick.Stop()
	seen, since := l.pulse.beats.Load(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		beats := l.pulse.beats.Load()
		if beats != seen || l.pulse.content.Load() {
			seen, since = beats, time.Now()
			continue
		}
		if time.Since(since) >= l.cfg.StallAfter {
			end(ErrStalled)
			return
		}
	}
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
