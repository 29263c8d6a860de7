package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/panel"
	"tidemark/internal/realdata"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/stat"
)

// fitSample is a fit whose parameters others have published.
func fitSample(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{"fit", realdata.File(t, "cdnow/CDNOW_sample.txt"), "--format", "cdnow-sample", "--as-of", "1997-09-30"}, more...)
}

func parsed(t *testing.T, raw string) score.Model {
	t.Helper()
	m, err := model.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// within fails unless got is within tol of want. NaN is within nothing.
func within(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.8g, want %.8g within %g", what, got, want, tol)
	}
}

func TestFitWritesAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	base, out := filepath.Join(dir, "base.yaml"), filepath.Join(dir, "fitted.yaml")
	theirs := strings.Replace(string(model.Default()), "control: 0.10", "control: 0.25 # ours", 1)
	if err := os.WriteFile(base, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tidemark(t, fitSample(t, "--model", base, "--out", out, "--version", "spring 2026")...)
	got.says(t, 0, "wrote model spring 2026", "model activate "+out)
	if got.out != "" {
		t.Errorf("on standard output: %q, want nothing", got.out)
	}
	tidemark(t, "model", "check", out).says(t, 0, "model spring 2026 is in order")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"control: 0.25 # ours", "# Spend per purchase day", "model: mbg-nbd # or bg-nbd"} {
		if !strings.Contains(string(raw), line) {
			t.Errorf("the file has lost %q", line)
		}
	}
	tidemark(t, fitSample(t, "--out", "/nosuch/model.yaml")...).says(t, 1, "write model", "/nosuch/model.yaml")
	// Scores follow the new parameters: it is a model like any other.
	must(t, "replay", file(t, servicetest.SmallLog), "--format", "jsonl", "--model", out)
}

// Six customers in five thousand came back: that is not enough for a rhythm.
func TestFitOfHardlyAnyRepeats(t *testing.T) {
	var files []string
	for _, table := range []string{"orders", "customers", "order_payments", "order_items", "order_reviews"} {
		files = append(files, realdata.File(t, "olist_sample/olist_"+table+"_dataset.csv"))
	}
	out := filepath.Join(t.TempDir(), "model.yaml")
	got := tidemark(t, slices.Concat([]string{"fit"}, files, []string{"--format", "olist", "--out", out})...)
	got.says(t, 1, "4942 customers, 6 of them bought again", "no model was written", "purchase: r runs away", "spend: p runs away", "--accept-degenerate")
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("the file: got %v, want none", err)
	}
}

func TestDegenerate(t *testing.T) {
	for _, row := range []struct {
		why             string
		purchase, spend []fit.Warning
		want            string
	}{
		{"all is well", nil, nil, ""},
		{"leaving may be chance: churn risks are small, not wrong", []fit.Warning{fit.LeavingUncertain{Gain: 1}}, nil, ""},
		{"prices are fixed", nil, []fit.Warning{fit.AtBoundary{Name: "p", Value: 1e9}}, ""},
		{"nobody leaves", []fit.Warning{fit.NobodyLeaves{}}, nil, "purchase: nobody"},
		{"a purchase parameter runs away", []fit.Warning{fit.AtBoundary{Name: "r", Value: 1e9}}, nil, "purchase: r runs away"},
		{"no maximum", []fit.Warning{fit.NotConverged{}}, nil, "purchase: no maximum"},
		{"no maximum of spend", nil, []fit.Warning{fit.NotConverged{}}, "spend: no maximum"},
		{"flat", []fit.Warning{fit.NotPositiveDefinite{}}, nil, "purchase: the likelihood is flat"},
		{"an infinite mean", nil, []fit.Warning{fit.InfiniteMean{Q: 1}}, "spend: q = 1"},
	} {
		f := found{purchase: fitted{warnings: row.purchase}, spend: fitted{warnings: row.spend}}
		got := strings.Join(f.degenerate(), "; ")
		if (got == "") != (row.want == "") || !strings.HasPrefix(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.why, got, row.want)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	t.Parallel()
	log := file(t, servicetest.SmallLog)
	for _, row := range []struct {
		why  string
		args []string
		code int
		says []string
	}{
		{"neither a log nor histories", nil, 2, []string{"--from-redis", "Try: tidemark fit --help"}},
		{"both", []string{log, "--format", "jsonl", "--from-redis"}, 2, []string{"--from-redis takes no log"}},
		{"a stack over another model", []string{log, "--format", "jsonl", "--model-kind", "bg-nbd", "--churn-stack"}, 2, []string{"over mbg-nbd"}},
		{"a horizon of the stack of another fit", []string{log, "--format", "jsonl", "--horizon-days", "30"}, 2, []string{"--horizon-days needs --churn-stack"}},
		{"a horizon of three years", []string{log, "--format", "jsonl", "--churn-stack", "--horizon-days", "1000"}, 2, []string{"--horizon-days 1000 is not in 1..728"}},
		{"no format", []string{log}, 2, []string{"--format", "online-retail"}},
		{"another format", []string{log, "--format", "xml"}, 2, []string{`"xml"`}},
		{"another kind of model", []string{log, "--format", "jsonl", "--model-kind", "pareto-nbd"}, 2, []string{`"pareto-nbd"`}},
		{"no unit", []string{log, "--format", "jsonl", "--unit-days", "0"}, 2, []string{"--unit-days 0"}},
		{"nowhere to write", []string{log, "--format", "jsonl", "--out", ""}, 2, []string{"--out needs a file"}},
		{"no unit at all", []string{log, "--format", "jsonl", "--unit-days", "NaN"}, 2, []string{"--unit-days NaN"}},
		{"no such base", []string{log, "--format", "jsonl", "--model", "nosuch.yaml"}, 2, []string{"nosuch.yaml"}},
		{"a base that is none", []string{log, "--format", "jsonl", "--model", log}, 1, []string{"model"}},
		{"an empty log", []string{file(t, ""), "--format", "jsonl"}, 1, []string{"no event"}},
		{"nobody yet", []string{log, "--format", "jsonl", "--as-of", "2020-01-01"}, 1, []string{"nobody has a purchase", "2020-01-01"}},
		{"nobody twice", []string{log, "--format", "jsonl"}, 1, []string{"3 customers", "no repeat purchases"}},
		{"no Redis", []string{"--from-redis", "--redis-url", "redis://" + closedPort(t)}, 1, []string{"refused"}},
	} {
		t.Run(row.why, func(t *testing.T) {
			got := tidemark(t, append([]string{"fit"}, row.args...)...)
			if got.out != "" {
				t.Errorf("%q on standard output, want nothing", got.out)
			}
			got.says(t, row.code, row.says...)
		})
	}
}

func TestFitIsCalledOff(t *testing.T) {
	args := fitSample(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tidemarkUntil(ctx, args...).says(t, 1, "context canceled")
}

// head returns the first customers of the CDNOW sample.
func head(t *testing.T, customers string) string {
	t.Helper()
	raw, err := os.ReadFile(realdata.File(t, "cdnow/CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[1] <= customers {
			kept.WriteString(line)
		}
	}
	return file(t, kept.String())
}

// The live histories hold everything that a fit needs: a fit to them gives the same file as a fit to the log.
func TestFitToTheLiveHistories(t *testing.T) {
	log := []string{head(t, "0300"), "--format", "cdnow-sample"}
	s := startServers(t, 2)
	live := append([]string{"fit", "--from-redis"}, s.redisFlags()...)
	tidemark(t, live...).says(t, 1, "there are no histories")

	ours := []string{
		"--zone", "Europe/Berlin", "--model", file(t, strings.Replace(string(model.Default()), "control: 0.10", "control: 0.25 # ours", 1)),
	}
	must(t, slices.Concat([]string{"import", "--zone", "Europe/Berlin"}, log, s.kafkaFlags())...)
	must(t, slices.Concat([]string{"run", "--clock", "event", "--as-of", "1998-06-30", "--exit-when-caught-up", "--admin", ""}, ours, s.flags())...)
	fromLog := slices.Concat([]string{"fit"}, log, ours, []string{"--keep-alert-lines", "--keep-methods"}) // which the histories cannot choose
	for _, more := range [][]string{{"--as-of", "1998-06-30"}, {"--as-of", "1998-09-01", "--model-kind", "bg-nbd"}} {
		got, want := must(t, append(live, more...)...), must(t, append(fromLog, more...)...)
		if got != want || !strings.Contains(got, "customers: 300") {
			t.Errorf("%v: the histories give\n%s\nthe log\n%s", more, got, want)
		}
	}
	stacked := tidemark(t, append(live, "--as-of", "1998-06-30", "--churn-stack")...)
	stacked.says(t, 0, "logistic regression on 300 customers as they stood at 1998-04-01, log", "a log tells more")
	if is, want := parsed(t, stacked.out).Stack, stackOfOneCut(t, log[0], ours[3], event.InstantOf(time.Date(1998, 6, 30, 0, 0, 0, 0, time.UTC))); is != want {
		t.Errorf("stack of the histories: want that of the log, %+v, got %+v", want, is)
	}
	tidemark(t, live...).says(t, 0, "to 1998-06-", "control: 0.25 # ours") // up to where the customers have been evaluated

	tidemark(t, append(live, "--as-of", "1997-09-30")...).says(t, 1, "--as-of cannot be earlier", "fit to a log instead")
	tidemark(t, append(live, "--zone", "Asia/Tokyo")...).says(t, 1, "zone Europe/Berlin, not of Asia/Tokyo")
	euros := strings.Replace(string(model.Default()), "base: USD", "base: EUR", 1)
	euros = strings.Replace(euros, "EUR: [", "USD: [", 1)
	tidemark(t, append(live, "--model", file(t, euros))...).says(t, 1, "the histories are in USD, the model in EUR")
}

// stackOfOneCut returns the churn stack of a log in the form of a model file. It is learnt from one cut, 90 days before an instant, with
// days of Berlin.
func stackOfOneCut(t *testing.T, log, base string, until event.Instant) churn.Stack {
	t.Helper()
	raw, err := os.ReadFile(base)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := service.NewEngine(raw, "Europe/Berlin", nil)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	read, err := dataset.ReadWith(dataset.Options{Zone: zone}, dataset.CDNOWSample, []string{log}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const horizon = 90 * 24 * time.Hour
	blocks, err := learn.Look(t.Context(), engine, read.Events, []panel.Cut{{At: until.Add(-horizon), Window: horizon}})
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := learn.Stack(t.Context(), blocks, horizon, 7, churn.Anniversary) // which nothing judges in live histories, so it is left out
	if err != nil {
		t.Fatal(err)
	}
	written, err := model.Refit(model.Default(), model.Fit{
		Version: "one-cut", Purchase: stat.MBGNBD{R: 1, Alpha: 1, A: 1, B: 1}, UnitDays: 7, Stack: &s,
		Buying: model.Goodness{Customers: 1}, Stacking: model.Goodness{Customers: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(written)).Stack
}

// A scan of Redis may return a profile more than once.
func TestFitCountsAProfileOnce(t *testing.T) {
	data, engine, err := newFitData(model.Default(), "UTC")
	if err != nil {
		t.Fatal(err)
	}
	at := event.InstantOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	order := &event.Purchase{
		Head: event.Head{ID: "e1", Customer: "ann", OccurredAt: at, RecordedAt: at},
		Kind: event.Order, OrderID: "o1", Amount: event.Money{Minor: 100, Currency: "USD"},
	}
	ann, _, _ := engine.Apply(engine.New("ann"), order)
	if err := data.decode(engine, [][]byte{ann.Append(nil), ann.Append(nil)}, 0); err != nil {
		t.Fatal(err)
	}
	if len(data.customers) != 1 || data.first != at || data.asOf != at {
		t.Errorf("%d customers from %v to %v, want 1, at %v", len(data.customers), data.first, data.asOf, at)
	}
	if err := data.decode(engine, [][]byte{{1, 2, 3}}, 0); err == nil {
		t.Error("bytes that are no profile: got no error")
	}
}

// Of ids that are one customer, the one that is scored is an example, with what all of them did.
func TestFitCountsMergedIDsOnce(t *testing.T) {
	data, engine, err := newFitData(model.Default(), "UTC")
	if err != nil {
		t.Fatal(err)
	}
	word := &event.Interaction{Kind: event.MergedInto, OtherCustomer: "new"}
	alone, old := someone(t, engine, "old"), someone(t, engine, "old", word)
	survivor := someone(t, engine, "new").profile
	for _, m := range engine.Messages(&alone.profile, &old.profile, word, map[string]int64{"a partition": 1}) {
		survivor, _, _ = engine.Apply(survivor, m)
	}
	encoded := [][]byte{old.profile.Append(nil), survivor.Append(nil)}
	if err := data.decode(engine, encoded, 0); err != nil {
		t.Fatal(err)
	}
	if len(data.customers) != 1 {
		t.Errorf("%d customers, want the survivor alone", len(data.customers))
	}
	data.first = data.asOf.Add(-2 * 365 * 24 * time.Hour) // as if others had been here for long
	data.horizon = time.Hour
	if err := data.recall(engine, encoded); err != nil {
		t.Fatal(err)
	}
	if cases := data.blocks[0]; len(cases) != 1 || cases[0].Customer != "new" {
		t.Errorf("the churn stack learns from %+v, want the survivor alone", cases)
	}
}
