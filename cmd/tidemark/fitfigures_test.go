//go:build !race

// The tests here check the figures of fits to real logs. The race detector sees the same code in TestFitWritesAFile, in
// TestFitToTheLiveHistories and in the tests of packages fit and learn, and takes ten times as long.

package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/model"
	"tidemark/internal/realdata"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

func TestFitOfCDNOW(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		kind           string
		days           string
		r, alpha, a, b float64
		says           string
	}{
		{"mbg-nbd", "7", .524843, 6.183078, .891360, 1.614004, "log-likelihood -9582.1357"},
		{"bg-nbd", "7", .242595, 4.413597, .792921, 2.425903, "log-likelihood -9582.4292"},
		{"mbg-nbd", "1", .524843, 7 * 6.183078, .891360, 1.614004, "in units of 1 days"},
	} {
		got := tidemark(t, fitSample(t, "--model-kind", row.kind, "--unit-days", row.days)...)
		if got.code != 0 {
			t.Fatalf("%s: code %d, want 0; it said\n%s", row.kind, got.code, got.err)
		}
		got.says(t, 0, row.says, "1997-01-01 to 1997-09-30", "2357 customers, 946 of them bought again, on 2457 days",
			"gamma-gamma of 946 customers in USD, log-likelihood -4055.9177")
		m := parsed(t, got.out)
		var p stat.BGNBD
		switch is := m.Value.Purchase.(type) {
		case stat.BGNBD:
			p = is
		case stat.MBGNBD:
			p = stat.BGNBD(is)
		}
		within(t, row.kind+": r", p.R, row.r, 2e-5)
		within(t, row.kind+": alpha", p.Alpha, row.alpha, 2e-5*row.alpha)
		within(t, row.kind+": a", p.A, row.a, 4e-5)
		within(t, row.kind+": b", p.B, row.b, 2e-4)
		spend, _ := m.Value.Spend.(stat.GammaGamma)
		within(t, "p", spend.P, 6.25, .005)
		within(t, "q", spend.Q, 3.74, .005)
		within(t, "v", spend.V, 15.44, .005)
		if want := row.kind + "-1997-09-30"; m.Version != want {
			t.Errorf("version %q, want %q", m.Version, want)
		}
	}
}

func TestFitKnowsNoOrderAndNoRepetition(t *testing.T) {
	t.Parallel()
	name := realdata.File(t, "cdnow/CDNOW_sample.txt")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(raw)))
	slices.Reverse(lines)
	args := fitSample(t)
	want := must(t, args...)
	if got := must(t, slices.Insert(args, 1, file(t, strings.Join(lines, "")))...); got != want {
		t.Error("the log and the log backwards, read as one, are fitted otherwise than the log")
	}
}

func TestDegenerateFit(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "model.yaml")
	args := []string{
		"fit", realdata.File(t, "online_retail/online_retail.csv.gz"), "--format", "online-retail", "--as-of", "2011-09-01", "--out", out,
	}
	tidemark(t, append(args, "--accept-degenerate")...).says(t, 0, "3317 customers", "nobody is seen to leave", "wrote model mbg-nbd-2011-09-01")
	tidemark(t, "model", "check", out).says(t, 0, "is in order")
	if raw, err := os.ReadFile(out); err != nil || !strings.Contains(string(raw), "nobody is seen to leave") {
		t.Errorf("the file, error %v, says\n%s\nwant the warning in it", err, raw)
	}
}

// TestFitOfTheChurnStack: it goes into section churn, once, and everything else of the base stays.
func TestFitOfTheChurnStack(t *testing.T) {
	t.Parallel()
	sample := realdata.File(t, "cdnow/CDNOW_sample.txt")
	first := tidemark(t, "fit", sample, "--format", "cdnow-sample", "--as-of", "1998-03-31", "--churn-stack", "--keep-alert-lines")
	if first.code != 0 {
		t.Fatalf("exit code %d, want 0; it said %s", first.code, first.err)
	}
	first.says(t, 0, "churn      logistic regression on 7071 customers as they stood at 1997-12-31, 1997-12-03, 1997-11-05", "none: it may not be less")
	m := parsed(t, first.out)
	lines := parsed(t, string(model.Default())).Churn
	lines.SecondOrder = 52 * 24 * time.Hour // the sample's to March, where June's log says 55
	if m.Stack == churn.Plain() || m.Stack.Weights[churn.Base] <= 0 || m.Churn != lines {
		t.Errorf("stack %+v, lines %+v; want a fitted one, and the lines of the base but for the second order window", m.Stack, m.Churn)
	}
	base := filepath.Join(t.TempDir(), "model.yaml")
	if err := os.WriteFile(base, []byte(first.out), 0o600); err != nil {
		t.Fatal(err)
	}
	again := tidemark(t, "fit", sample, "--format", "cdnow-sample", "--as-of", "1998-06-30", "--churn-stack", "--model", base)
	if again.code != 0 || strings.Count(again.out, "stack:") != 1 || parsed(t, again.out).Stack == m.Stack {
		t.Errorf("a second fit: exit code %d, %d stacks, want another one in place of the first; it said %s",
			again.code, strings.Count(again.out, "stack:"), again.err)
	}
	for args, want := range map[string]string{
		"--as-of 1997-05-01 --churn-stack": "too short",
	} {
		got := tidemark(t, append([]string{"fit", sample, "--format", "cdnow-sample"}, strings.Fields(args)...)...)
		if got.code != 1 || !strings.Contains(got.err, want) {
			t.Errorf("fit %s: exit code %d, saying %s; want an error with %q", args, got.code, got.err, want)
		}
	}
	plain := tidemark(t, "fit", sample, "--format", "cdnow-sample", "--as-of", "1998-03-31")
	if plain.code != 0 || !strings.Contains(plain.err, "the stack stays that of the base") || parsed(t, plain.out).Stack != parsed(t, string(model.Default())).Stack {
		t.Errorf("without --churn-stack: exit code %d, want the stack of the base, and that said; it said %s", plain.code, plain.err)
	}
	other := tidemark(t, "fit", sample, "--format", "cdnow-sample", "--as-of", "1998-03-31", "--model-kind", "bg-nbd")
	if other.code != 0 || !strings.Contains(other.err, "left out") || parsed(t, other.out).Stack != churn.Plain() {
		t.Errorf("bg-nbd: exit code %d, want no stack over it, and that said; it said %s", other.code, other.err)
	}
}

// The default model is what fit gives, and says so.
func TestTheDefaultModelIsThatOfTheFit(t *testing.T) {
	t.Parallel()
	got := tidemark(t, fitSample(t, "--churn-stack", "--keep-methods")...)
	if got.code != 0 {
		t.Fatalf("exit code %d, want 0; it said %s", got.code, got.err)
	}
	_, said, _ := strings.Cut(string(model.Default()), "\nfitted:")
	_, said, _ = strings.Cut(said, "\n") // a comment
	_, found, _ := strings.Cut(got.out, "\nfitted:\n")
	// The lines of the default model come from a longer log, which its comments name.
	before, rest, lined := strings.Cut(found, "  lines:\n")
	lines, after, _ := strings.Cut(rest, "  warnings:\n")
	if found = before + "  warnings:\n" + after; !lined || !strings.Contains(lines, "lapse_days:\n      days: 365\n") || !strings.Contains(lines, "second_order_days:\n      days: 40\n") {
		t.Errorf("the fit has the lines\n%s\nwant a lapse of 365 days and a window of 40", lines)
	}
	if found != said {
		t.Errorf("the fit says\n%s\nthe default model\n%s", found, said)
	}
	is, want := parsed(t, got.out).Stack, parsed(t, string(model.Default())).Stack
	if is.MaxTenure != want.MaxTenure || math.Abs(is.Intercept-want.Intercept) > 1e-4 {
		t.Errorf("want the intercept %v and the tenure %v of the default, got %v and %v", want.Intercept, want.MaxTenure, is.Intercept, is.MaxTenure)
	}
	for _, term := range churn.Terms() {
		if math.Abs(is.Weights[term]-want.Weights[term]) > 1e-4 {
			t.Errorf("%s: want the weight %v of the default, got %v", term, want.Weights[term], is.Weights[term])
		}
	}
}
