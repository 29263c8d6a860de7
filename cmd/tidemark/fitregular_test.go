//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// subscribersLog writes a log of a shop in which customers buy every thirty to ninety days: on the day, or at random.
func subscribersLog(t *testing.T, onTheDay bool) string {
	t.Helper()
	const until = 3 * 365
	return logOf(t, 400, func(_ int, r *rand.Rand) []bought {
		born, usual, price := r.IntN(until*3/4), 30+60*r.Float64(), 5000*r.ExpFloat64()+1000
		var all []bought
		for at := float64(born); int(at) < until; {
			all = append(all, bought{int(at), around(r, price)})
			if r.Float64() < .1 {
				return all
			}
			if at += max(1, usual*r.ExpFloat64()); onTheDay {
				at = float64(all[len(all)-1].day) + usual + 6*r.Float64() - 3
			}
		}
		return all
	})
}

// `fit --regular auto` finds regular customers, judges the mixture by the last horizon, and writes it with parameters of its own. Later fits keep the
// mixture, or take it away, and a shop of random buyers gets none.
func TestFitOfRegularCustomers(t *testing.T) {
	t.Parallel()
	log := subscribersLog(t, true)
	out := t.TempDir() + "/model.yaml"
	tidemark(t, "fit", log, "--format", "jsonl", "--regular", "auto", "--churn-stack", "--keep-alert-lines", "--out", out).says(t, 0, "% with k = 13: gain of log loss", "k: how even the gaps", "k=13")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m := parsed(t, string(raw))
	if m.Value.Regular == nil || m.Value.Regular.Weights[5] < .3 {
		t.Fatalf("the mixture of a shop of subscribers: %+v, want much weight on k = 13", m.Value.Regular)
	}
	tidemark(t, "model", "check", out).says(t, 0, "regular ", "% with k = 13")
	if kept := parsed(t, must(t, "fit", log, "--format", "jsonl", "--model", out, "--keep-alert-lines")); kept.Value.Regular == nil || kept.Value.Purchase != m.Value.Purchase {
		t.Errorf("a fit over a base with a mixture: %+v with %+v, want a mixture with %+v", kept.Value.Regular, kept.Value.Purchase, m.Value.Purchase)
	}
	without := tidemark(t, "fit", log, "--format", "jsonl", "--model", out, "--regular", "never", "--keep-alert-lines")
	without.says(t, 0, "taken away", "the stack of the base goes by another risk, and is left out")
	if m := parsed(t, without.out); m.Value.Regular != nil {
		t.Errorf("--regular never left %+v", m.Value.Regular)
	}
	random := tidemark(t, "fit", subscribersLog(t, false), "--format", "jsonl", "--regular", "auto", "--keep-alert-lines")
	random.says(t, 0, "regular    k = 1 alone")
	if strings.Contains(random.out, "\nregular:") {
		t.Error("a shop of random buyers got a mixture")
	}
	tidemark(t, "fit", "--from-redis", "--regular", "auto").says(t, 2, "--regular auto is judged on a log")
}
