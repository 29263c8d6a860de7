package model_test

import (
	"bytes"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// learntValue is a learnt value in numbers that a file says exactly.
func learntValue() clv.Learnt {
	l := clv.Learnt{Version: "mine-1", HorizonDays: 365, Leads: true}
	l.Whether.Intercept, l.Amount.Intercept = -.5, .75
	l.Whether.Weights[clv.Buys], l.Whether.Weights[clv.Refunded] = .875, -1.25
	l.Amount.Weights[clv.Forecast], l.Amount.Weights[clv.Refunded] = .5, -.0625
	l.Ranges[clv.Forecast], l.Ranges[clv.Refunded] = clv.Range{Low: 0, High: 5}, clv.Range{Low: 0, High: .5}
	l.Means[clv.Buys], l.Means[clv.Forecast] = -2, 3.5
	return l
}

// A fit adds the learnt value, replaces one, and keeps one. No byte outside its sections changes.
func TestRefitWritesTheLearntValue(t *testing.T) {
	want := learntValue()
	fitted := fitOf(stat.MBGNBD{R: 1, Alpha: 2, A: 3, B: 4})
	good := model.Goodness{Customers: 10, LogLikelihood: -3, StandardErrors: map[string]float64{"buys": .1}}
	fitted.Learnt = &model.LearntFit{Value: want, Whether: good, Amount: good, Because: "it was better"}
	raw, err := model.Refit(model.Default(), fitted)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.Learnt == nil || *m.Learnt != want {
		t.Errorf("got %+v, want %+v", m.Learnt, want)
	}
	for _, line := range []string{"predicts: true", "forecast: [0, 5] # amounts of 1 to 148.4", "because: it was better"} {
		if !strings.Contains(string(raw), line) {
			t.Errorf("the file does not say %q:\n%s", line, raw)
		}
	}
	fitted.Learnt.Value.Leads, fitted.Learnt.Value.HorizonDays = false, 91
	again, err := model.Refit(raw, fitted)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = model.Parse(again); err != nil || m.Learnt.Leads || m.Learnt.HorizonDays != 91 || m.Value.HorizonDays != 91 {
		t.Errorf("the second fit: got %+v, a value of %d days, %v; want 91 days and no lead", m.Learnt, m.Value.HorizonDays, err)
	}
	if n := bytes.Count(again, []byte("value_stack:")); n != 1 {
		t.Errorf("%d sections value_stack, want one that was replaced", n)
	}
	fitted.Learnt = nil
	kept, err := model.Refit(again, fitted)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = model.Parse(kept); err != nil || m.Learnt == nil || m.Learnt.Version != "mine-1" {
		t.Errorf("a fit without a value stack: got %+v, %v; want that of the base", m.Learnt, err)
	}
	fitted.WithoutLearnt = true
	removed, err := model.Refit(kept, fitted)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = model.Parse(removed); err != nil || m.Learnt != nil {
		t.Errorf("a fit over a purchase model of another kind: got %+v, %v; want no learnt value", m.Learnt, err)
	}
}

func TestValueStackOfAFileIsChecked(t *testing.T) {
	for _, row := range []struct{ why, section, fails string }{
		{"no term", "{version: v, horizon_days: 365, whether: {weights: {buy: 1}}}", `value_stack.whether.weights: "buy" is none of buys, forecast`},
		{"it would rise in silence", "{version: v, horizon_days: 365, amount: {weights: {recency: -1}}}", "amount: weight -1 of recency"},
		{"another horizon", "{version: v, horizon_days: 91}", "fitted to 91 days, and the horizon of value is 365"},
		{"no version", "{horizon_days: 365}", "version: must be given"},
		{"a range upside down", "{version: v, horizon_days: 365, ranges: {items: [2, 1]}}", "range [2, 1] of items"},
		{"an unknown line", "{version: v, horizon_days: 365, weighs: 1}", "weighs"},
		{"the least that is a value", "{version: v, horizon_days: 365}", ""},
	} {
		_, err := model.Parse(append(model.Default(), "\nvalue_stack: "+row.section+"\n"...))
		if row.fails == "" && err != nil || row.fails != "" && (err == nil || !strings.Contains(err.Error(), row.fails)) {
			t.Errorf("%s: got %v, want %q", row.why, err, row.fails)
		}
	}
}
