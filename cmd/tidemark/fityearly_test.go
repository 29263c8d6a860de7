//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
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
		"hardly one gap of ten between purchases ended within 90 days", "with --churn-stack the horizon becomes ",
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

// Within the base's 90 days nobody renews: a fit of the stack takes the horizon within which nine of ten do, and its alerts catch who left.
func TestFitTakesTheHorizonOfAYearlyBusiness(t *testing.T) {
	t.Parallel()
	log := logOf(t, 600, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 365, 10, .75, 6*365, func() int { return around(r, 9000) })
	})
	args := []string{"fit", log, "--format", "jsonl", "--churn-stack", "--season", "never", "--regular", "never"}
	out := tidemark(t, args...)
	out.says(t, 0, "ended within 90 days", "the horizon becomes 37")
	m := parsed(t, out.out)
	if days := m.Churn.Horizon.Hours() / 24; days < 365 || days > 395 || !strings.Contains(out.out, "notes:") {
		t.Errorf("a horizon of %v days; want about 375, and a note in the file", days)
	}
	watch := regexp.MustCompile(`(?m)^ +WATCH .*$`).FindString(out.err)
	if cells := strings.Fields(watch); len(cells) != 11 || cells[8] < "0.25" {
		t.Errorf("want lines whose recall is .25 at least, got %q in\n%s", watch, out.err)
	}
	again := tidemark(t, append(args, "--model", file(t, out.out), "--keep-alert-lines")...)
	if is := parsed(t, again.out); is.Churn.Horizon != m.Churn.Horizon || strings.Contains(again.err, "hardly one gap") {
		t.Errorf("a second fit has a horizon of %v, want %v, and nothing said of it", is.Churn.Horizon, m.Churn.Horizon)
	}
	tidemark(t, slices.Concat(args, []string{"--horizon-days", "60", "--keep-alert-lines"})...).says(t, 0, "--horizon-days 37")
}

// The horizon of the churn stack is a matter of the fit: the model that is written has the horizon that its stack was fitted to.
func TestFitOfAnotherHorizon(t *testing.T) {
	t.Parallel()
	log := logOf(t, 400, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20+40*r.Float64(), 10, .9, 900, func() int { return around(r, 3000) })
	})
	base := tidemark(t, "fit", log, "--format", "jsonl", "--churn-stack")
	month := tidemark(t, "fit", log, "--format", "jsonl", "--churn-stack", "--horizon-days", "30")
	month.says(t, 0, "as they stood at 2020-0")
	is, was := parsed(t, month.out), parsed(t, base.out)
	if is.Churn.Horizon != 30*24*time.Hour || was.Churn.Horizon != 90*24*time.Hour || is.Stack == was.Stack {
		t.Errorf("horizons %v and %v, want 30 days and the base's 90, and another stack", is.Churn.Horizon, was.Churn.Horizon)
	}
	// Within thirty days more customers are silent than within ninety.
	risk := func(m score.Model) float64 {
		p := clv.Pattern{Repeats: 5, Last: 200, Age: 205}
		return m.Stack.Risk(churn.Traits{Silent: 5, Tenure: 200, Repeats: 5, MedianGap: 40, Spend: 180, LastOrder: 30}, m.Value.NoPurchase(p, m.Churn.Horizon.Hours()/24))
	}
	if a, b := risk(is), risk(was); a <= b {
		t.Errorf("risk of thirty days %v, of ninety %v", a, b)
	}
}
