package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// A fit writes what its hold-out said, and the next fit replaces it.
func TestRefitWritesTheHoldOut(t *testing.T) {
	f := fitOf(stat.MBGNBD{R: 1, Alpha: 2, A: 3, B: 4})
	s := churn.Plain()
	s.Weights[churn.Rhythm] = .5
	f.Stack, f.Stacking = &s, model.Goodness{Customers: 900}
	f.HoldOut = &model.HoldOut{
		OutOfTime: true, Customers: 600, Over: model.Gain{Mean: .007, StandardError: .003}, OverTaken: true, Whole: model.Gain{Mean: .0123456, StandardError: .002},
		Ingredients: []model.IngredientGain{
			{Name: "silence", Gain: model.Gain{Mean: .003, StandardError: .001}},
			{Name: "money", Gain: model.Gain{Mean: -.0012, StandardError: .0004}, LeftOut: true},
		},
	}
	raw, err := model.Refit(model.Default(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  hold_out:\n    of: the time since earlier cuts\n    customers: 600\n    over_purchase_model: {gain: 0.007, standard_error: 0.003}\n    whole: {gain: 0.01235, standard_error: 0.002}\n",
		"      money:\n        gain: -0.0012\n        standard_error: 0.0004\n        left_out: true\n",
		"      silence:\n        gain: 0.003\n        standard_error: 0.001\n",
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("want the file to say\n%s\ngot\n%s", want, raw)
		}
	}
	plain := churn.Plain()
	f.Stack, f.HoldOut = &plain, &model.HoldOut{Customers: 5, Alone: true}
	again, err := model.Refit(raw, f)
	if want := "  hold_out:\n    of: a fifth of the customers at a time\n    customers: 5\n    over_purchase_model: {gain: 0, standard_error: 0, left_out: true}\n    whole: {gain: 0, standard_error: 0, left_out: true}\n"; err != nil ||
		!strings.Contains(string(again), want) || strings.Contains(string(again), "money:") {
		t.Errorf("the next fit: want the file to say\n%s\ngot\n%s (%v)", want, again, err)
	}
}

func TestHoldOutIsChecked(t *testing.T) {
	section := func(s string) string { return "  hold_out: " + s + "\n" } // of the section fitted, which comes last
	const good = "{of: the time since earlier cuts, customers: 3, whole: {gain: -1, standard_error: 0}, ingredients: {money: {gain: 0, standard_error: 0}}}"
	if _, err := model.Parse(append(model.Default(), section(good)...)); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	for _, row := range []struct{ why, section, want string }{
		{"another kind", strings.Replace(good, "the time since earlier cuts", "a coin", 1), "fitted.hold_out: wants"},
		{"nobody judged", strings.Replace(good, "customers: 3", "customers: 0", 1), "fitted.hold_out: wants"},
		{"no such ingredient", strings.Replace(good, "money:", "luck:", 1), "fitted.hold_out.ingredients.luck"},
		{"the purchase model stays in any case", strings.Replace(good, "money:", "purchase model:", 1), "fitted.hold_out.ingredients.purchase model"},
	} {
		if _, err := model.Parse(append(model.Default(), section(row.section)...)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got the error %v, want one that says %q", row.why, err, row.want)
		}
	}
}
