//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"os"
	"strings"
	"testing"
)

// Without --regular a log decides on the mixture of regularities. A log that is not sixty days longer than the horizon says neither: a base with a mixture
// then gets one for its customers, and a base without one gets none. `backtest` decides at each cutoff.
func TestTheLogDecidesOnTheRegularities(t *testing.T) {
	t.Parallel()
	log, out := subscribersLog(t, true), t.TempDir()+"/model.yaml"
	tidemark(t, "fit", log, "--format", "jsonl", "--keep-alert-lines", "--out", out).says(t, 0, "% with k = 13: gain of log loss", "k: how even the gaps")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if m := parsed(t, string(raw)).Value.Regular; m == nil || m.Weights[5] < .3 {
		t.Fatalf("the mixture of a shop of subscribers: %+v, want much weight on k = 13", m)
	}
	young := []string{"fit", log, "--format", "jsonl", "--as-of", "2018-05-01", "--keep-alert-lines", "--accept-degenerate"}
	over := tidemark(t, append(young, "--model", out)...)
	if over.says(t, 0, "as in the base"); parsed(t, over.out).Value.Regular == nil {
		t.Error("of four months, over a base with a mixture: the model has none")
	}
	if short := tidemark(t, young...); parsed(t, short.out).Value.Regular != nil || strings.Contains(short.err, "regular  ") {
		t.Errorf("of four months, over a base without a mixture: the fit says %s, want nothing on regular customers", short.err)
	}
	tidemark(t, append(young, "--model", out, "--regular", "auto")...).says(t, 0, "regular    k = 1 alone")
	judged := []string{"backtest", log, "--format", "jsonl", "--cutoffs", "1"}
	if got := must(t, judged...); !strings.Contains(got, "% with k = 13: gain of log loss") {
		t.Errorf("backtest says\n%s\nwant the weights that it has found", got)
	}
	if got := must(t, append(judged, "--no-regular")...); strings.Contains(got, "regular customers:") {
		t.Errorf("backtest --no-regular says\n%s\nwant nothing on regular customers", got)
	}
}
