//go:build !service && !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// monthly is a log of customers who buy about once a month.
func monthly(t *testing.T) string {
	t.Helper()
	return logOf(t, 200, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20+20*r.Float64(), 10, .9, 600, func() int { return around(r, 3000) })
	})
}

// An unknown currency is named by replay, fit and backtest alike, with the way on; also where no event is left.
func TestAnUnknownCurrencyIsNamedByAll(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(monthly(t))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(raw), "\n")
	for i := range lines[:len(lines)/4] {
		lines[i] = strings.Replace(lines[i], `"USD"`, `"QQQ"`, 1)
	}
	some, all := file(t, strings.Join(lines, "")), file(t, strings.ReplaceAll(string(raw), `"USD"`, `"QQQ"`))
	for _, command := range []string{"replay", "fit", "backtest"} {
		for log, code := range map[string]int{some: 0, all: 1} {
			if command == "replay" {
				code = 0 // an empty score is a score
			}
			got := tidemark(t, command, log, "--format", "jsonl")
			got.says(t, code)
			for _, said := range []string{"QQQ", "add the", "under rates in the model file, with a rate from a date on"} {
				if !strings.Contains(got.out+got.err, said) {
					t.Errorf("%s does not say %q:\n%s%s", command, said, got.out, got.err)
				}
			}
		}
	}
}

// A cutoff without a forecast is named, and the tables show the others. A warning of several cutoffs is printed once.
func TestBacktestNamesTheCutoffThatFails(t *testing.T) {
	t.Parallel()
	got := tidemark(t, "backtest", monthly(t), "--format", "jsonl", "--cutoff", "2018-05-01,2019-01-01,2019-02-01,2019-03-01")
	got.says(t, 0, "2018-05-01: left out, for no forecast could be made", "too short", "2019-03-01")
	seen := map[string]bool{}
	for line := range strings.Lines(got.out) {
		if _, text, found := strings.Cut(line, ": purchase: "); found {
			if kind := strings.Trim(text, "0123456789.e-+ \n"); seen[kind] {
				t.Errorf("%q is printed again", line)
			} else {
				seen[kind] = true
			}
		}
	}
}

// A log without amounts has a report: what is not determined is a dash.
func TestBacktestOfALogWithoutAmounts(t *testing.T) {
	t.Parallel()
	log := logOf(t, 200, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20+20*r.Float64(), 10, .9, 600, func() int { return 0 })
	})
	got := tidemark(t, "backtest", log, "--format", "jsonl")
	got.says(t, 0, "Spend to come", "–")
	if strings.Contains(got.out, "NaN") {
		t.Errorf("the tables show NaN:\n%s", got.out)
	}
}
