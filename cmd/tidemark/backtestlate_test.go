package main

import (
	"math/rand/v2"
	"testing"
)

// A cutoff that leaves no horizon behind it is refused, with the latest one that does.
func TestBacktestNamesTheLatestCutoff(t *testing.T) {
	t.Parallel()
	log := logOf(t, 50, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20, 8, .85, 400, func() int { return around(r, 2000) })
	})
	tidemark(t, "backtest", log, "--format", "jsonl", "--cutoff", "2100-01-01").
		says(t, 1, "the log ends at", "are to be seen: the latest cutoff is", "fewer --horizon-days")
}
