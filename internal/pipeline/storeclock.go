package pipeline

import (
	"sync"
	"time"

	"tidemark/internal/event"
)

// storeClock is the clock of the store, as far as it is known: the store tells the time at every checkpoint, and between two checkpoints
// the monotonic clock of this machine goes on from there. So it does not move when somebody sets the local time.
//
// It bounds the local clock. A local clock that is ahead, or that jumps, would raise alerts that are not due; with the bound, it only does
// so if the clock of the store is ahead as well. A clock that is behind makes alerts late: clock_ahead_seconds shows by how much they
// differ.
type storeClock struct {
	mu sync.Mutex
	// at is what the store told, answered the local time of its answer. Both are zero before the first answer.
	at       event.Instant
	answered time.Time
}

// set notes the store's time, as an answer that has just come told it.
func (c *storeClock) set(at event.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.answered = at, time.Now()
}

// ahead is how far the local clock is ahead of the store's; negative where it is behind.
func (c *storeClock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return event.InstantOf(time.Now()).Sub(c.at.Add(time.Since(c.answered)))
}

// bound returns the local time, or the store's time where that is earlier. Before the first answer it is the local time.
func (c *storeClock) bound(local event.Instant) event.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answered.IsZero() {
		return local
	}
	return min(local, c.at.Add(time.Since(c.answered)))
}
