package pipeline

import (
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// handOver makes an input take up a run without items: it was sent at an instant, read up to next, and open of the offsets before high
// were held back.
func handOver(t *testing.T, in *input, at event.Instant, next, high, open int64) {
	t.Helper()
	in.runs <- run{next: next, high: high, open: open, sentAt: at}
	if err := in.fill(); err != nil {
		t.Fatal(err)
	}
}

// An open transaction holds the watermark where it was, however long it takes, and other inputs for a minute. When it moves or ends, the
// wait begins anew, and the watermark goes on to the newest fetch that found the log to end where the transaction has ended.
func TestOpenTransactionHoldsSilence(t *testing.T) {
	const minute = event.Instant(60_000)
	p := shard.Partition{Topic: event.Purchases}
	i := newInput(p, 0)
	in := &intake{base: &base{}, inputs: []*input{i}}
	for _, row := range []struct {
		name             string
		at               event.Instant
		next, high, open int64
		reached          event.Instant
		held             time.Duration
		awaited, drained bool
	}{
		{"all is read", 1 * minute, 10, 10, 0, minute, 0, false, true},
		{"a transaction begins", 2 * minute, 10, 15, 5, minute, 0, true, true},
		{"and goes on", 2*minute + 59_000, 10, 15, 5, minute, 59 * time.Second, true, true},
		{"the others wait no longer", 3 * minute, 10, 18, 8, minute, time.Minute, false, true},
		{"it is aborted, and the next is open", 4 * minute, 15, 18, 3, 2*minute + 59_000, 0, true, true},
		{"there is something to read", 5 * minute, 15, 20, 0, 2*minute + 59_000, 0, true, false},
		{"all is read again", 6 * minute, 20, 20, 0, 6 * minute, 0, false, true},
	} {
		handOver(t, i, row.at, row.next, row.high, row.open)
		if got := i.reach.until; got != row.reached || i.heldFor() != row.held {
			t.Errorf("%s: read until %s, held for %s; want %s and %s", row.name, got, i.heldFor(), row.reached, row.held)
		}
		if in.awaits(i) != row.awaited || in.drained() != row.drained {
			t.Errorf("%s: the merge waits %t, all is drained %t; want %t and %t", row.name, in.awaits(i), in.drained(), row.awaited, row.drained)
		}
	}
}

// A load in event time waits for every transaction: the reviews at the end of the log would come too early.
func TestEventClockWaitsForOpenTransactions(t *testing.T) {
	i := newInput(shard.Partition{Topic: event.Purchases}, 0)
	b := &base{}
	b.cfg.Clock = EventClock
	in := &intake{base: b, inputs: []*input{i}}
	handOver(t, i, 0, 10, 15, 5)
	handOver(t, i, 3_600_000, 10, 15, 5)
	if !in.awaits(i) || in.caughtUp() {
		t.Errorf("after an hour: waits %t, caught up %t; want true and false", in.awaits(i), in.caughtUp())
	}
}
