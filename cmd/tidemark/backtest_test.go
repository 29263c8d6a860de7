//go:build !service && !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/backtest"
	"tidemark/internal/realdata"
)

func TestBacktest(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "backtest.json")
	sample := realdata.File(t, "cdnow/CDNOW_sample.txt")
	got := tidemark(t, "backtest", sample, "--format", "cdnow-sample", "--cutoff", "1998-01-01,1997-10-01,1997-10-01", "--json", file, "--html", file+".html")
	if got.code != 0 {
		t.Fatalf("exit code %d, want 0; it said %s", got.code, got.err)
	}
	for _, want := range []string{"1997-10-01", "1998-01-01", "2357", "days of silence", "logit-rfm", "x*h/T", "7+", "matched", "AT_RISK", "Spend to come", "added up"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the tables do not say %q:\n%s", want, got.out)
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r backtest.Result
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Cutoffs) != 2 || r.Cutoffs[0].Customers != 2357 || r.Cutoffs[0].Date != "1997-10-01" || r.HorizonDays != 91 {
		t.Errorf("JSON: want two cutoffs of 2,357 customers in order, 91 days ahead, got %.2000s", raw)
	}
	if page, err := os.ReadFile(file + ".html"); err != nil || !strings.Contains(string(page), "Backtest of cdnow-sample") {
		t.Errorf("the page: want one that says what it is of, got %d bytes, %v", len(page), err)
	}
	if a := r.Alerts; a == nil || len(a.Levels) != 3 || a.Levels[0].Alerts == 0 || len(r.Cutoffs[0].Course) != 13 || len(r.Cutoffs[0].Spend) != 3 {
		t.Errorf("JSON: want alerts of three levels, 13 weeks and three forecasts of spend, got %.2000s", raw)
	}
	if auc := r.Cutoffs[0].AUC[backtest.Stack]; !(auc > .78 && auc < .82) {
		t.Errorf("AUC of the stack at the first cutoff: want about .797, got %v", auc)
	}
}

func TestBacktestCutoffs(t *testing.T) {
	sample := realdata.File(t, "cdnow/CDNOW_sample.txt")
	for _, row := range []struct{ cutoff, want string }{
		{"1998-06-01", "the log ends at 1998-06-30"},
		{"1997-05-01", "too short"},
		{"yesterday", "neither a date"},
	} {
		got := tidemark(t, "backtest", sample, "--format", "cdnow-sample", "--cutoff", row.cutoff)
		if got.code == 0 || !strings.Contains(got.err, row.want) {
			t.Errorf("--cutoff %s: exit code %d, saying %s; want an error with %q", row.cutoff, got.code, got.err, row.want)
		}
	}
}
