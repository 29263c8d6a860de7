package pipeline

import (
	"context"
	"time"
)

const (
	firstDelay = 50 * time.Millisecond
	longest    = 5 * time.Second
)

// retry does it until it succeeds or ctx ends, whose cause it then returns. Nothing is skipped: while the store or the
// log is away, the lane waits.
func (l *Lane) retry(ctx context.Context, operation string, do func() error) error {
	for attempt := 0; ; attempt++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := do()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.trouble(operation, err)
		// An error that is known and reported is no stall.
		l.pulse.beat()
		if err := l.pauseBetweenTries(ctx, attempt); err != nil {
			return err
		}
	}
}

// pauseBetweenTries waits 50 ms, twice that after every attempt, at most 5 s, less up to half of it at random.
func (l *Lane) pauseBetweenTries(ctx context.Context, attempt int) error {
	delay := longest
	if attempt < 7 {
		delay = firstDelay << attempt
	}
	delay -= time.Duration(l.cfg.Jitter() / 2 * float64(delay))
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func (l *Lane) trouble(operation string, err error) {
	l.metrics.errors.WithLabelValues(operation).Inc()
	l.cfg.Report(Notice{Kind: Trouble, Operation: operation, Err: err})
}
