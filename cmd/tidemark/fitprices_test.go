//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tidemark/internal/stat"
)

// A flat fee and a log without amounts are sound data: the spend is constant, and nobody is told to wait for more.
func TestFitOfConstantPrices(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why  string
		of   func(r *rand.Rand) func() int
		says string
		mean float64
	}{
		{"a flat fee", func(*rand.Rand) func() int { return func() int { return 999 } }, "note       spend: constant: all purchases cost the same", 9.99},
		{"no amounts", func(*rand.Rand) func() int { return func() int { return 0 } }, "note       spend: constant: no purchase day is paid", 0},
	} {
		log := logOf(t, 300, func(_ int, r *rand.Rand) []bought {
			return renewals(r, 20+60*r.Float64(), 30, .85, 700, row.of(r))
		})
		got := tidemark(t, "fit", log, "--format", "jsonl", "--churn-stack")
		got.says(t, 0, row.says)
		got.says(t, 0, "USD a purchase day; orders of one day add up")
		if strings.Contains(got.err, "longer log") {
			t.Errorf("%s: it advises a longer log:\n%s", row.why, got.err)
		}
		m := parsed(t, got.out)
		if spend, constant := m.Value.Spend.(stat.FixedSpend); !constant || spend.Mean < .8*row.mean || spend.Mean > 1.2*row.mean {
			t.Errorf("%s: the spend is %+v, want a constant of about %v", row.why, m.Value.Spend, row.mean)
		}
		for _, line := range []string{"model: constant", "    - 'spend: constant: "} {
			if !strings.Contains(got.out, line) {
				t.Errorf("%s: the model does not say %q", row.why, line)
			}
		}
		must(t, "replay", log, "--format", "jsonl", "--model", file(t, got.out)) // it scores
	}
}

// With a third of the baskets free, the model says the share of the days that are paid.
func TestFitOfFreeBaskets(t *testing.T) {
	t.Parallel()
	log := logOf(t, 500, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20+60*r.Float64(), 30, .85, 700, func() int { return around(r, 3000) * min(1, r.IntN(3)) })
	})
	got := tidemark(t, "fit", log, "--format", "jsonl")
	got.says(t, 0, "paid       6")
	if share := parsed(t, got.out).Value.Paid.Of(stat.Baskets{}); share < .63 || share > .70 {
		t.Errorf("paid share %v, want about two thirds", share)
	}
	// Over a log in which all is paid, the share is the usual one again.
	paid := logOf(t, 500, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20+60*r.Float64(), 30, .85, 700, func() int { return around(r, 3000) })
	})
	if again := must(t, "fit", paid, "--format", "jsonl", "--model", file(t, got.out)); strings.Contains(again, "paid_days") {
		t.Error("the model of a log in which all is paid keeps the paid share of the base")
	}
}
