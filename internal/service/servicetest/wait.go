package servicetest

import (
	"testing"
	"time"
)

// Longest bounds the wait for what takes a moment on a quiet machine.
const Longest = time.Minute

// Within bounds the wait for the work on a whole log. The machine may be busy; on a quiet one it takes a tenth of it.
const Within = 8 * time.Minute

// Eventually asks until what is so, at most for a time. It does not wait longer than needed.
func Eventually(t testing.TB, within time.Duration, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(within); !so(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("after %v still not so: %s", within, what)
		}
	}
}
