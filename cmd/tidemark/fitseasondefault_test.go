//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Without --season a log of two years or more decides on the season. A shorter log says neither yes nor no, so the season of the base stays.
func TestTheLogDecidesOnTheSeason(t *testing.T) {
	t.Parallel()
	log, out := christmasLog(t, 300), t.TempDir()+"/model.yaml"
	tidemark(t, "fit", log, "--format", "jsonl", "--keep-alert-lines", "--out", out).says(t, 0, "the years before tell when customers bought in the last one")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	found := parsed(t, string(raw)).Season
	if found == nil {
		t.Fatal("a shop that sells most in December has no season")
	}
	young := tidemark(t, "fit", log, "--format", "jsonl", "--as-of", "2019-06-01", "--model", out, "--keep-alert-lines", "--accept-degenerate")
	if kept := parsed(t, young.out).Season; !slices.Equal(kept.Index(), found.Index()) {
		t.Errorf("of 17 months: got the season %v, want that of the base, %v", kept.Index(), found.Index())
	}
	short := tidemark(t, "fit", log, "--format", "jsonl", "--as-of", "2019-06-01", "--keep-alert-lines", "--accept-degenerate")
	if short.says(t, 0); strings.Contains(short.out, "\nseason:") {
		t.Error("of 17 months, over a base without a season: the model has one")
	}
}
