package pipeline

import (
	"errors"
	"time"
)

// errLaneEnds is why an attempt is given up that a lane would have come back to.
var errLaneEnds = errors.New("the lane ends")

// attempts are the operations that are not tried again at once, because the lane comes back to them by itself. Only the goroutine of the
// lane uses them.
type attempts map[string]*failing

// failing is an operation whose last attempt has failed.
type failing struct {
	since time.Time
	tries int
}

// attempt notes how an operation went, and reports where its trouble begins, goes on or ends.
func (b *base) attempt(operation string, err error) {
	f := b.attempts[operation]
	if err == nil {
		if f != nil {
			delete(b.attempts, operation)
			b.cfg.Report(Notice{Kind: Recovered, Operation: operation, Tries: f.tries, Took: time.Since(f.since)})
		}
		return
	}
	if f == nil {
		f = &failing{since: time.Now()}
		b.attempts[operation] = f
	}
	f.tries++
	b.metrics.errors.WithLabelValues(operation, b.cfg.ErrorClass(err)).Inc()
	b.cfg.Report(Notice{Kind: Trouble, Operation: operation, Err: err, Tries: f.tries})
}

// giveUpAttempts reports, at the end of a lane, the operations that are still in trouble.
func (b *base) giveUpAttempts() {
	for operation, f := range b.attempts {
		b.cfg.Report(Notice{Kind: GivenUp, Operation: operation, Tries: f.tries, Took: time.Since(f.since), Err: errLaneEnds})
	}
	clear(b.attempts)
}
