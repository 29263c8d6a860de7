//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A fit writes the learnt value with the verdict of its hold-out, replay shows it, a fit without the flag keeps it.
func TestFitOfAValueStack(t *testing.T) {
	t.Parallel()
	log := logOf(t, 300, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20+60*r.Float64(), 30, .9, 700, func() int { return around(r, 3000) })
	})
	got := tidemark(t, "fit", log, "--format", "jsonl", "--value-stack", "--value-days", "91", "--keep-alert-lines")
	got.says(t, 0, "value      clv_learnt within 91 days", "against MBG × Gamma-Gamma: log loss", "set them anew")
	m := parsed(t, got.out)
	if m.Learnt == nil || m.Learnt.HorizonDays != 91 || m.Value.HorizonDays != 91 || m.Learnt.Version != m.Version {
		t.Fatalf("got the learnt value %+v of a value of %d days, want 91 days and the version %s", m.Learnt, m.Value.HorizonDays, m.Version)
	}
	if leads := strings.Contains(got.err, "becomes the predicted value"); m.Learnt.Leads != leads {
		t.Errorf("the file says predicts: %v, the report %v", m.Learnt.Leads, leads)
	}
	base := file(t, got.out)
	if again := tidemark(t, "fit", log, "--format", "jsonl", "--model", base, "--keep-alert-lines", "--version", "later"); parsed(t, again.out).Learnt.Version != m.Version {
		t.Error("a fit without --value-stack does not keep the learnt value of the base")
	} else {
		again.says(t, 0, "clv_learnt stays that of the base")
	}
	// Under another purchase model the weights mean something else.
	other := tidemark(t, "fit", log, "--format", "jsonl", "--model", base, "--keep-alert-lines", "--model-kind", "bg-nbd", "--accept-degenerate")
	other.says(t, 0, "clv_learnt is left out: that of the base goes by another purchase model")
	if learnt := parsed(t, other.out).Learnt; learnt != nil {
		t.Errorf("a fit of bg-nbd keeps the learnt value over mbg-nbd: %+v", learnt)
	}
}

// A log without amounts is fitted all the same: there is no value to be learnt, and the report says so. One price for all is a value.
func TestFitOfAValueStackWithConstantPrices(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why, says string
		price     int
		learnt    bool
	}{
		{"no amounts", "warning    value: nothing is to be learnt about value", 0, false},
		{"a flat fee", "value      clv_learnt within 91 days", 999, true},
	} {
		log := logOf(t, 300, func(_ int, r *rand.Rand) []bought {
			return renewals(r, 20+60*r.Float64(), 30, .85, 700, func() int { return row.price })
		})
		got := tidemark(t, "fit", log, "--format", "jsonl", "--value-stack", "--value-days", "91", "--keep-alert-lines")
		got.says(t, 0, row.says)
		if m := parsed(t, got.out); (m.Learnt != nil) != row.learnt {
			t.Errorf("%s: got the learnt value %+v", row.why, m.Learnt)
		}
	}
}

func TestFitRefusesValueFlagsThatDoNotGoTogether(t *testing.T) {
	for _, row := range []struct {
		why  string
		args []string
		says string
	}{
		{"days without the stack", []string{"--value-days", "91"}, "--value-days needs --value-stack"},
		{"nobody can be watched for so long", []string{"--value-stack", "--value-days", "729"}, "--value-days 729 is not in 1..728"},
		{"another purchase model", []string{"--value-stack", "--model-kind", "bg-nbd"}, "--value-stack is fitted over mbg-nbd"},
	} {
		tidemark(t, append([]string{"fit", "log", "--format", "jsonl"}, row.args...)...).says(t, 2, row.says)
	}
	tidemark(t, "fit", "--from-redis", "--value-stack").says(t, 2, "--value-stack needs a log")
}
