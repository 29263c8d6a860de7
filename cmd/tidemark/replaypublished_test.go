package main

import (
	"math/rand/v2"
	"testing"
)

// A replay of a long log publishes little of it, and says why.
func TestReplaySaysWhatIsPublished(t *testing.T) {
	t.Parallel()
	log := logOf(t, 50, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20, 8, .85, 400, func() int { return around(r, 2000) })
	})
	tidemark(t, "replay", log, "--format", "jsonl").says(t, 0, ": what is older than 168h0m0s at the end of the log is not published; see --alert-max-age")
}
