package model_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

func fitOf(p stat.PurchaseModel) model.Fit {
	return model.Fit{
		Version: "mine-1", Purchase: p, UnitDays: 1,
		Buying: model.Goodness{
			Customers: 500, LogLikelihood: -1234.56789,
			StandardErrors: map[string]float64{"r": .0123456, "alpha": 1, "a": .2, "b": math.NaN()},
		},
		Spend:    stat.GammaGamma{P: 2, Q: 3, V: 4},
		Spending: model.Goodness{Customers: 90, LogLikelihood: -77, StandardErrors: map[string]float64{"p": .5, "q": .6, "v": .7}},
		From:     event.InstantOf(time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)), To: event.InstantOf(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)),
		RepeatBuyers: 100, Warnings: []string{`purchase: "a" runs away: 1e+05`},
	}
}

var fittedBG = stat.BGNBD{R: .12345678, Alpha: 1234.5678, A: 1e-9, B: 1e9}

// What is fitted changes, and no other byte.
func TestRefit(t *testing.T) {
	got, err := model.Refit(model.Default(), fitOf(fittedBG))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if want := (stat.BGNBD{R: .1234568, Alpha: 1234.568, A: 1e-9, B: 1e9}); m.Value.Purchase != stat.PurchaseModel(want) || m.Value.UnitDays != 1 {
		t.Errorf("got %+v in units of %v days, want %+v in days", m.Value.Purchase, m.Value.UnitDays, want)
	}
	if want := (stat.GammaGamma{P: 2, Q: 3, V: 4}); m.Value.Spend != want || m.Version != "mine-1" {
		t.Errorf("got spend %+v of version %q, want %+v of mine-1", m.Value.Spend, m.Version, want)
	}
	was, is := strings.Split(string(model.Default()), "\n"), strings.Split(string(got), "\n")
	changed := 0
	for i := range was {
		if strings.HasPrefix(was[i], "fitted:") {
			break
		}
		if was[i] != is[i] {
			changed++
			if _, comment, found := strings.Cut(was[i], "#"); found && !strings.HasSuffix(is[i], "#"+comment) {
				t.Errorf("line %d: got %q, want the comment of %q", i+1, is[i], was[i])
			}
		}
	}
	if changed != 8 {
		t.Errorf("%d lines changed, want 8: version, model, unit, four parameters, spend", changed)
	}
	want := `fitted:
  from: "2025-03-01T09:00:00Z"
  to: "2026-03-01T00:00:00Z"
  customers: 500
  repeat_buyers: 100
  purchase:
    customers: 500
    log_likelihood: -1234.5679
    standard_errors: {a: 0.2, alpha: 1, r: 0.01235}
  spend:
    customers: 90
    log_likelihood: -77
    standard_errors: {p: 0.5, q: 0.6, v: 0.7}
  warnings:
    - 'purchase: "a" runs away: 1e+05'
`
	if at := strings.Index(string(got), "fitted:\n"); at < 0 || string(got[at:]) != want {
		t.Errorf("the end of the file is\n%s\nwant\n%s", got[max(at, 0):], want)
	}
}

// bare is the default model without its section fitted.
func bare(t *testing.T) string {
	t.Helper()
	before, _, found := strings.Cut(string(model.Default()), "\n# Where the parameters come")
	if !found {
		t.Fatal("the default model has no section fitted")
	}
	return before
}

func TestRefitOfOtherForms(t *testing.T) {
	once, err := model.Refit([]byte(bare(t)), fitOf(fittedBG))
	if err != nil {
		t.Fatal(err)
	}
	first, last, _ := strings.Cut(string(model.Default()), "\n"+versionLine+"\n")
	_, section, _ := strings.Cut(last, "\nfitted:")
	for _, row := range []struct{ why, base string }{
		{"without the section", bare(t)},
		{"without an end of line", strings.TrimRight(bare(t), "\n")},
		{"fitted before", string(once)},
		{"the section in between", first + "\nfitted:" + section + "\n# what follows\n" + versionLine + "\n" + strings.TrimSuffix(last, "\nfitted:"+section)},
		{"the section in a line", bare(t) + "\nfitted: {from: 2020-01-01, to: 2020-12-31, customers: 9, repeat_buyers: 5, purchase: {customers: 9}}\n"},
		{"quoted", strings.Replace(bare(t), versionLine, "version: 'cdnow: 1'", 1)},
		{"a key with an escape", strings.Replace(bare(t), "spend: {p: 6.25", `spend: {"\u0070": 6.25`, 1)},
		{"lines of Windows", strings.ReplaceAll(bare(t), "\n", "\r\n")},
	} {
		got, err := model.Refit([]byte(row.base), fitOf(fittedBG))
		if err != nil {
			t.Errorf("%s: %v", row.why, err)
			continue
		}
		m, err := model.Parse(got)
		if err != nil || m.Version != "mine-1" || m.Value.Spend.(stat.GammaGamma).Q != 3 {
			t.Errorf("%s: got %v, version %q, spend %+v, want the fitted model", row.why, err, m.Version, m.Value.Spend)
		}
		if n := strings.Count(string(got), "fitted:"); n != 1 {
			t.Errorf("%s: %d sections fitted, want 1", row.why, n)
		}
		again, err := model.Refit(got, fitOf(fittedBG))
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: refitted, error %v, it is another file", row.why, err)
		}
	}
}

func TestRefitKeepsTheSpendOfTheBase(t *testing.T) {
	f := fitOf(stat.MBGNBD{R: 1, Alpha: 2, A: 3, B: 4})
	f.Spend = nil
	got, err := model.Refit(model.Default(), f)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := model.Parse(got); err != nil || m.Value.Spend != (stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}) || strings.Contains(string(got), "customers: 946") {
		t.Errorf("got %v, spend %+v, want that of the base, and nothing of how it was fitted now", err, m.Value.Spend)
	}
}

// A stack goes into section churn without the terms that weigh nothing, and how well it is known into section fitted.
func TestRefitOfAStack(t *testing.T) {
	f := fitOf(stat.MBGNBD{R: 1, Alpha: 2, A: 3, B: 4})
	f.Stack = &churn.Stack{Intercept: -1, MaxTenure: 99}
	f.Stack.Weights[churn.Base], f.Stack.Weights[churn.OpenComplaints] = .5, 1.25
	f.Stacking = model.Goodness{Customers: 1500, LogLikelihood: -9, StandardErrors: map[string]float64{"base": .1, "open_complaints": .25, "nps": math.NaN()}}
	got, err := model.Refit(model.Default(), f)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := model.Parse(got); err != nil || m.Stack != *f.Stack {
		t.Errorf("got %v, stack %+v, want %+v", err, m.Stack, *f.Stack)
	}
	for _, want := range []string{
		"    weights:\n      base: 0.5\n      open_complaints: 1.25\n  horizon_days",
		"  churn:\n    customers: 1500\n    log_likelihood: -9\n    standard_errors: {base: 0.1, open_complaints: 0.25}\n",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("want it to hold\n%s\ngot\n%s", want, got)
		}
	}
}

// The ranges stand beside the weights, and those of money with their amounts. A term that weighs nothing has no range in the file.
func TestRefitWritesTheRanges(t *testing.T) {
	f := fitOf(stat.MBGNBD{R: 1, Alpha: 2, A: 3, B: 4})
	f.Currency, f.Stacking = "VND", model.Goodness{Customers: 5}
	f.Stack = &churn.Stack{Intercept: -1}
	f.Stack.Weights[churn.Base], f.Stack.Weights[churn.Spend], f.Stack.Weights[churn.Repeats] = .5, -.25, -.5
	f.Stack.Ranges[churn.Spend] = churn.Range{Low: math.Log(20_000), High: math.Log(3e7)}
	f.Stack.Ranges[churn.Repeats] = churn.Range{High: 2.5}
	f.Stack.Ranges[churn.Items] = churn.Range{High: 1}
	got, err := model.Refit(model.Default(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"      repeats: [0, 2.5]\n      spend: [9.903488, 17.21671] # amounts of 20000 to 30000000\n  horizon_days", "  currency: VND\n",
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("want it to hold\n%s\ngot\n%s", want, got)
		}
	}
	m, err := model.Parse(got)
	if err != nil || m.Stack.Ranges[churn.Spend].High != 17.21671 || m.Stack.Ranges[churn.Items] != (churn.Range{}) {
		t.Errorf("got %v, ranges %v", err, m.Stack.Ranges)
	}
	again, err := model.Refit(got, f)
	if err != nil || string(again) != string(got) {
		t.Errorf("refitted, error %v, it is another file", err)
	}
}

func TestRefitRefuses(t *testing.T) {
	good := fitOf(fittedBG)
	for _, row := range []struct {
		why, from, to string
		change        func(*model.Fit)
		want          string
	}{
		{"a base that is no model", "base: USD", "base: MOON", func(*model.Fit) {}, "MOON"},
		{"a parameter by alias", "  r: 0.524843\n  alpha: 6.183078", "  r: &x 0.524843\n  alpha: *x", func(*model.Fit) {}, "purchase.r"},
		{"a parameter with a tag", "r: 0.524843", "r: !!float 0.524843", func(*model.Fit) {}, "line 22: it cannot be replaced"},
		{"a parameter out of range", "", "", func(f *model.Fit) { f.Purchase = stat.BGNBD{R: 1e12, Alpha: 1, A: 1, B: 1} }, "r = 1e+12"},
		{"another kind of model", "", "", func(f *model.Fit) { f.Purchase = nil }, "purchase.model"},
		{"no version", "", "", func(f *model.Fit) { f.Version = "" }, "version: must be given"},
		{"no customers", "", "", func(f *model.Fit) { f.Buying.Customers = 0 }, "fitted: 0 customers"},
	} {
		f := good
		row.change(&f)
		base := model.Default()
		if row.from != "" {
			base = replaced(t, row.from, row.to)
		}
		if _, err := model.Refit(base, f); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want it to say %q", row.why, err, row.want)
		}
	}
}

// The section fitted is checked like all others, and no score depends on it.
func TestFittedIsChecked(t *testing.T) {
	for _, row := range []struct{ why, from, to, want string }{
		{"an unknown field", "repeat_buyers: 946", "buyers: 946", "buyers"},
		{"no date", `from: "1997-01-01T00:00:00Z"`, "from: soon", `fitted.from: "soon"`},
		{"the wrong way round", `to: "1997-09-30T00:00:00Z"`, "to: 1996-09-30", "comes after"},
		{"more repeat buyers than customers", "repeat_buyers: 946", "repeat_buyers: 2358", "2358 repeat_buyers"},
		{"more payers than repeat buyers", "    customers: 946", "    customers: 947", "fitted.spend: 947"},
		{"an unknown parameter", "{a: 0.1548", "{s: 0.1548", `fitted.purchase.standard_errors: "s"`},
		{"an unknown term", "{base: 0.07083", "{bass: 0.07083", `fitted.churn.standard_errors: "bass"`},
		{"a parameter of the other model", "{p: 1.19", "{r: 1.19", `fitted.spend.standard_errors: "r"`},
		{"an error below zero", "{p: 1.19", "{p: -1.19", "p -1.19 is below 0"},
	} {
		if _, err := model.Parse(replaced(t, row.from, row.to)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want it to say %q", row.why, err, row.want)
		}
	}
	with, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	without, err := model.Parse([]byte(bare(t)))
	if err != nil {
		t.Fatal(err)
	}
	if with.Hash == without.Hash || with.ScorecardHash != without.ScorecardHash || with.Value != without.Value {
		t.Errorf("without the section: hashes %s %s, were %s %s: want another hash and the same scorecard and parameters",
			without.Hash, without.ScorecardHash, with.Hash, with.ScorecardHash)
	}
}

// A fit writes the lapse and the window for a second order together, each with its reason. A base where they would collide is no obstacle.
func TestRefitOfTheLines(t *testing.T) {
	because := "customers come back after 392 days"
	raw, err := model.Refit(model.Default(), model.Fit{
		Version: "yearly", Purchase: stat.MBGNBD{R: 1, Alpha: 1, A: 1, B: 1}, UnitDays: 7, Buying: model.Goodness{Customers: 1},
		Lapse: model.Span{Days: 482, Because: because}, SecondOrder: model.Span{Days: 392, Because: because},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	if m.Churn.Lapse != 482*day || m.Churn.SecondOrder != 392*day {
		t.Errorf("lapse %v and second order %v, want 482 and 392 days", m.Churn.Lapse, m.Churn.SecondOrder)
	}
	said := "  lines:\n    lapse_days:\n      days: 482\n      because: " + because + "\n    second_order_days:\n      days: 392\n      because: " + because + "\n"
	if !strings.Contains(string(raw), said) {
		t.Errorf("the file does not say\n%s", said)
	}
	for wrong, want := range map[string]string{
		"days: 482\n      because": "fitted.lines", "because: " + because: "fitted.lines", "    lapse_days:\n": "fitted.lines",
	} {
		other := map[string]string{"days: 482\n      because": "days: 0\n      because", "because: " + because: `because: ""`, "    lapse_days:\n": "    horizon_days:\n"}[wrong]
		if _, err := model.Parse([]byte(strings.Replace(string(raw), wrong, other, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q in place of %q: got %v, want an error about %s", other, wrong, err, want)
		}
	}
}
