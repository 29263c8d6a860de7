package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// People who come back after thirteen months are no reason to write no model: the lapse is fitted with the rest, so that it is longer than
// the window for a second order.
func TestFitOfAYearlyBusiness(t *testing.T) {
	t.Parallel()
	log := logOf(t, 400, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 392, 12, .8, 6*365, func() int { return around(r, 9000) })
	})
	out := t.TempDir() + "/model.yaml"
	tidemark(t, "fit", log, "--format", "jsonl", "--out", out).says(t, 0, "lapse", "and a horizon of 90 days follows",
		"half of those who bought again did so within 39")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m := parsed(t, string(raw))
	const day = 24 * time.Hour
	if second, lapse := m.Churn.SecondOrder/day, m.Churn.Lapse/day; second < 385 || second > 399 || lapse < second+90 || lapse > 520 {
		t.Errorf("second order after %d days, lapse after %d; want about 392, and a horizon later", second, lapse)
	}
	for _, said := range []string{"  lines:\n", "lapse_days:\n", "because: nine of ten gaps", "second_order_days:\n"} {
		if !strings.Contains(string(raw), said) {
			t.Errorf("the file does not say %q", said)
		}
	}
	tidemark(t, "model", "check", out).says(t, 0, "is in order")
	// A fit over the fitted file changes nothing more: the lapse does not grow from fit to fit.
	if again := parsed(t, must(t, "fit", log, "--format", "jsonl", "--model", out)); again.Churn != m.Churn {
		t.Errorf("a second fit has the lines %+v, want %+v", again.Churn, m.Churn)
	}
}
