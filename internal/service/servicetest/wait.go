package servicetest

import (
	"testing"
	"time"
)

// Longest bounds a wait for something that takes a moment on a quiet machine.
const Longest = time.Minute

// Within bounds the wait until a whole log is processed. On a quiet machine that takes a tenth of Within.
const Within = 8 * time.Minute

// Eventually calls so every 10 ms until it returns true. After within it fails the test and says what has not come about.
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
