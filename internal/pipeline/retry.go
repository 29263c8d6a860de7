package pipeline

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/shard"
)

const (
	firstDelay = 50 * time.Millisecond
	longest    = 5 * time.Second
)

// retry calls do until it succeeds, or until ctx ends: then it returns the cause. Nothing is skipped: while the store or the log is
// away, the lane waits. Two answers are not tried again. If a shard is damaged, retry returns errTakeOver, and the takeover rebuilds the
// shard. If a newer version of the program has written the shard, retry returns shard.ErrNewer, and the lane ends.
func (b *base) retry(ctx context.Context, operation string, do func() error) error {
	failing := 0
	defer func() {
		if failing != 0 {
			b.failures.end(failing)
		}
	}()
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
		if damaged := (*shard.DamagedError)(nil); errors.As(err, &damaged) {
			return b.condemn(damaged)
		}
		if errors.Is(err, shard.ErrNewer) {
			return err
		}
		if failing == 0 {
			failing = b.failures.begin(operation, err)
		}
		b.trouble(operation, err)
		// A call that fails and is reported is no stall.
		b.pulse.beat()
		if err := b.pauseBetweenTries(ctx, attempt); err != nil {
			return err
		}
	}
}

// pauseBetweenTries waits 50 ms before the first retry and twice as long before each further one, up to 5 s; it shortens each wait at
// random, by half at most.
func (b *base) pauseBetweenTries(ctx context.Context, attempt int) error {
	delay := longest
	if attempt < 7 {
		delay = firstDelay << attempt
	}
	delay -= time.Duration(b.cfg.Jitter() / 2 * float64(delay))
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// trouble counts and reports an error after which the lane tries again.
func (b *base) trouble(operation string, err error) {
	b.metrics.errors.WithLabelValues(operation, b.cfg.ErrorClass(err)).Inc()
	b.cfg.Report(Notice{Kind: Trouble, Operation: operation, Err: err})
}
