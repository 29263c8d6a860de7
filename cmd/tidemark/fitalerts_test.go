//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/realdata"
)

// Where hardly anybody reaches a floor of .65, the fit finds lines that tell of customers who leave. The file and the check say what the lines
// did, and somebody who changes a line makes them untried again.
func TestFitOfAlertLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := dir + "/model.yaml"
	tidemark(t, "fit", realdata.File(t, "online_retail/online_retail.csv.gz"), "--format", "online-retail", "--as-of", "2011-08-12",
		"--churn-stack", "--accept-degenerate", "--out", out).
		says(t, 0, "alerts     lines for a recall of at least 0.25", "chosen at 2011-02-19", "WATCH", "CRITICAL", "curve", "per 1,000",
			"rise: in log-odds", "at stake: mean predicted value of a customer with an alert, in USD")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines, found, err := model.LinesOf(raw)
	if err != nil || !found {
		t.Fatalf("the lines in the file: found %v (%v)", found, err)
	}
	if watch := lines.Levels[0]; watch.Floor >= .65 || lines.Past[0].Recall < .25 || lines.Past[0].Alerts < 10 {
		t.Errorf("WATCH %+v did %+v; want a lower floor, and a recall of .25 or more", watch, lines.Past[0])
	}
	tidemark(t, "model", "check", out).says(t, 0, "lines   chosen for a recall of at least 0.25", "chosen at 2011-02-19", "WATCH", "rise: in log-odds",
		"alerts a month", "an alert takes ", "1.1 usual gaps before an alert, 1.5 before LAPSED")
	changed := file(t, strings.Replace(string(raw), "    watch:    {up: ", "    watch:    {up: 0", 1))
	tidemark(t, "model", "check", changed).says(t, 0, "lines   chosen for", "WATCH")                        // the same number, written otherwise
	changed = file(t, strings.Replace(string(raw), "\n  min_silence_days: ", "\n  min_silence_days: 1", 1)) // 30 days become 130
	tidemark(t, "model", "check", changed).says(t, 0, "the file does not say what these lines did")
}

// The model is written without lines of its own where the log is too short to choose lines by, and says so.
func TestFitWithoutAlertLines(t *testing.T) {
	t.Parallel()
	young := logOf(t, 200, func(_ int, r *rand.Rand) []bought {
		return renewals(r, 20, 8, .85, 120, func() int { return around(r, 2000) })
	})
	got := tidemark(t, "fit", young, "--format", "jsonl", "--accept-degenerate")
	got.says(t, 0, "the lines stay those of the base: the log is too short")
	if m := parsed(t, got.out); m.Churn.Levels != parsed(t, string(model.Default())).Churn.Levels {
		t.Errorf("lines %+v, want those of the base", m.Churn.Levels)
	}
	tidemark(t, "fit", young, "--format", "jsonl", "--accept-degenerate", "--keep-alert-lines").says(t, 0, "as --keep-alert-lines asks for")
}

func TestAlertSettings(t *testing.T) {
	for _, row := range []struct {
		why string
		of  alertSettings
		on  bool // the live histories
		bad string
	}{
		{"nothing asked", alertSettings{}, true, ""},
		{"a budget", alertSettings{AlertsPer1000: 20}, false, ""},
		{"a budget below 0", alertSettings{AlertsPer1000: -1}, false, "--alerts-per-1000 -1"},
		{"more than all are true", alertSettings{AlertsTrue: 70}, false, "--alerts-true 70 is not in 0..1"},
		{"chosen and kept", alertSettings{AlertsTrue: .7, KeepAlertLines: true}, false, "--keep-alert-lines leaves nothing"},
		{"chosen on the live histories", alertSettings{AlertsTrue: .7}, true, "need a log"},
	} {
		err := row.of.check(row.on)
		if (err == nil) != (row.bad == "") || err != nil && !strings.Contains(err.Error(), row.bad) {
			t.Errorf("%s: got %v, want %q", row.why, err, row.bad)
		}
	}
}
