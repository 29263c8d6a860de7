package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Breaker says when so many records are bad that the lane pauses instead of draining a topic into the dead letters: a
// schema has broken, and that is for people to mend.
type Breaker struct {
	// Share (0.05) is the share of bad records that is still borne; 1 or more never pauses.
	Share float64
	// AtLeast (100) bad records must have come within Window (1 min).
	AtLeast int
	Window  time.Duration
	// Pause is how long the lane waits before it tries again; zero waits until it is restarted.
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

// tally counts records of the current half window and the one before it.
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

// errDraining ends a pause: the batch in hand is left to the successor.
var errDraining = errors.New("draining")

// guard pauses the lane, batch in hand, when the share of bad records jumps.
func (l *Lane) guard(ctx context.Context, all, bad int) error {
	if !l.bad.add(l.cfg.Breaker, time.Now(), all, bad) {
		return nil
	}
	l.cfg.Report(Notice{Kind: Paused, Err: fmt.Errorf("more than %g of the records are bad", l.cfg.Breaker.Share)})
	var over <-chan time.Time
	if l.cfg.Breaker.Pause > 0 {
		timer := time.NewTimer(l.cfg.Breaker.Pause)
		defer timer.Stop()
		over = timer.C
	}
	l.publishProgress(true)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.drain:
		return errDraining
	case <-over:
	}
	l.bad = tally{}
	l.noteProgress()
	l.cfg.Report(Notice{Kind: Resumed})
	return nil
}
