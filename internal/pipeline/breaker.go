package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Breaker says when too many records are bad. Then the lane pauses instead of draining a topic into the dead letters: a schema has
// broken, and people must mend it.
type Breaker struct {
	// Share (0.05) is the greatest share of bad records without a pause; 1 or more never pauses.
	Share float64
	// AtLeast (100) is the least number of bad records within Window (1 min) that pauses.
	AtLeast int
	Window  time.Duration
	// Pause is how long the lane waits before it goes on; zero waits until the lane is restarted.
	Pause time.Duration
}

func (b Breaker) withDefaults() Breaker {
	if b.Share == 0 {
		b.Share = 0.05
	}
	if b.AtLeast == 0 {
		b.AtLeast = 100
	}
	if b.Window == 0 {
		b.Window = time.Minute
	}
	return b
}

// tally counts the records of the current half window and of the half window before it.
type tally struct {
	half        int64
	now, before counted
}

type counted struct{ all, bad int }

// add counts records at a time, and reports whether too many are bad.
func (t *tally) add(b Breaker, at time.Time, all, bad int) bool {
	half := at.UnixNano() / int64(max(b.Window/2, 1))
	switch half - t.half {
	case 0:
	case 1:
		t.before, t.now = t.now, counted{}
	default:
		t.before, t.now = counted{}, counted{}
	}
	t.half = half
	t.now.all += all
	t.now.bad += bad
	sum := counted{t.before.all + t.now.all, t.before.bad + t.now.bad}
	return sum.bad >= b.AtLeast && float64(sum.bad) > b.Share*float64(sum.all)
}

// errDraining is the error of a wait that was ended by Drain. The batch in hand is left to the successor.
var errDraining = errors.New("draining")

// pauseIfTooManyBad pauses the lane, batch in hand, when the share of bad records jumps.
func (s *session) pauseIfTooManyBad(ctx context.Context, all, bad int) error {
	if !s.lane.tally.add(s.cfg.Breaker, time.Now(), all, bad) {
		return nil
	}
	s.cfg.Report(Notice{Kind: Paused, Err: fmt.Errorf("more than %g of the records are bad", s.cfg.Breaker.Share)})
	var over <-chan time.Time
	if s.cfg.Breaker.Pause > 0 {
		timer := time.NewTimer(s.cfg.Breaker.Pause)
		defer timer.Stop()
		over = timer.C
	}
	s.publishProgress(true)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.lane.drain:
		return errDraining
	case <-over:
	}
	s.lane.tally = tally{}
	s.noteProgress()
	s.cfg.Report(Notice{Kind: Resumed})
	return nil
}
