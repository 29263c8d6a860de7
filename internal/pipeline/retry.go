package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	firstDelay = 50 * time.Millisecond
	longest    = 5 * time.Second
	// slowAfter is the time without an answer after which a call is reported, although it has not failed. The clients of Redis and Kafka try
	// again by themselves: a stall of some seconds would end without a word.
	slowAfter = 5 * time.Second
)

// errSlow is the error of a call that has not been answered for slowAfter.
var errSlow = fmt.Errorf("no answer for %s", slowAfter)

// retry calls do until it succeeds, or until ctx ends: then it returns the cause. Nothing is skipped: while the store or the log is
// away, the lane waits. Only what no retry mends is not tried again: see hopeless.
func (b *base) retry(ctx context.Context, operation string, do func() error) (err error) {
	t := &trial{base: b, operation: operation}
	defer func() { t.end(err) }()
	var readOnly time.Time // since when there has been no other error
	for attempt := 0; ; attempt++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := t.call(do)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch {
		case b.cfg.ErrorClass(err) != classReadOnly:
			readOnly = time.Time{}
		case readOnly.IsZero():
			readOnly = time.Now()
		}
		if err := b.hopeless(operation, err, readOnly); err != nil {
			return err
		}
		b.metrics.errors.WithLabelValues(operation, b.cfg.ErrorClass(err)).Inc()
		t.fail(err)
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

// trial is one call that is tried until it succeeds. It reports each failure as Trouble, and its end as Recovered or GivenUp.
type trial struct {
	*base
	operation string

	// mu guards what follows: slow is called by a timer.
	mu     sync.Mutex
	over   bool
	began  time.Time // of the try that is under way
	since  time.Time // when the trouble began; zero for none
	tries  int       // those that failed, or that were slow
	number int       // of the call in base.failures
}

// call tries once.
func (t *trial) call(do func() error) error {
	t.mu.Lock()
	t.began = time.Now()
	t.mu.Unlock()
	timer := time.AfterFunc(slowAfter, func() { t.fail(errSlow) })
	defer timer.Stop()
	return do()
}

// fail reports that a try has failed, or that it is slow.
func (t *trial) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	if t.since.IsZero() {
		t.since = t.began
		t.number = t.failures.begin(t.operation, err)
		t.showFailing(t.operation)
	}
	t.tries++
	t.cfg.Report(Notice{Kind: Trouble, Operation: t.operation, Err: err, Tries: t.tries})
}

// end reports the end of a call that was in trouble.
func (t *trial) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if t.since.IsZero() {
		return
	}
	t.failures.end(t.number)
	t.showFailing(t.operation)
	n := Notice{Kind: Recovered, Operation: t.operation, Tries: t.tries, Took: time.Since(t.since)}
	if err != nil {
		n.Kind, n.Err = GivenUp, err
	}
	t.cfg.Report(n)
}

// trouble counts and reports an error that nothing is tried again after: the lane goes on without.
func (b *base) trouble(operation string, err error) {
	b.metrics.errors.WithLabelValues(operation, b.cfg.ErrorClass(err)).Inc()
	b.cfg.Report(Notice{Kind: Trouble, Operation: operation, Err: err})
}
