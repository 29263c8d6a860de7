package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
)

// What is valid, but can hardly be meant.
func TestDoubts(t *testing.T) {
	const said, unsaid = "  currency: USD\n", ""
	for _, row := range []struct {
		why   string
		edits []string // from, to, from, to …
		want  []string // how the doubts begin
	}{
		{"the model that comes with Tidemark", nil, nil},
		{"euros are of the scale of dollars", []string{"base: USD", "base: EUR", "EUR: [", "USD: ["}, nil},
		{"a base of small units", []string{"base: USD", "base: JPY"}, []string{"base: the parameters were fitted to amounts in USD, and one USD is about 1.5e+02 JPY"}},
		{"a base of very small units", []string{"base: USD", "base: VND"}, []string{"base: the parameters were fitted to amounts in USD, and one USD is about 2.5e+04 VND"}},
		{"and the other way round", []string{said, "  currency: VND\n"}, []string{"base: the parameters were fitted to amounts in VND"}},
		{"a file of before, in yen", []string{"base: USD", "base: JPY", said, unsaid}, []string{"base: a purchase day brings 35.22 JPY by the spend model, about 0.23 US dollars"}},
		{"a file of before, in dong", []string{"base: USD", "base: VND", said, unsaid}, []string{"base: a purchase day brings 35.22 VND"}},
		{"a file of before, in dollars", []string{said, unsaid}, nil},
		{"a file without ranges", []string{
			"      repeats: [0, 2.772589]\n      spend: [0, 6.228452] # amounts of 1 to 507\n      last_order: [0, 5.229342] # amounts of 1 to 186.7\n", "",
		}, []string{"churn.stack: no range bounds repeats, spend, last_order, so"}},
		{"a file without one range", []string{"      repeats: [0, 2.772589]\n", ""}, []string{"churn.stack: no range bounds repeats, so"}},
		{"the spend of others", []string{"v: 15.44", "v: 15440"}, []string{"churn.stack: it was fitted to orders of 1 to 186.7 USD, but a purchase day brings 35220 by"}},
		{"dong in both, and the stack of dollars", []string{"base: USD", "base: VND", said, "  currency: VND\n", "v: 15.44", "v: 400000"}, []string{
			"churn.stack: it was fitted to orders of 1 to 186.7 VND, but a purchase day brings 912400",
		}},
	} {
		raw := string(model.Default())
		for i := 0; i < len(row.edits); i += 2 {
			if !strings.Contains(raw, row.edits[i]) {
				t.Fatalf("%s: the default model does not say %q", row.why, row.edits[i])
			}
			raw = strings.ReplaceAll(raw, row.edits[i], row.edits[i+1])
		}
		got, err := model.Doubts([]byte(raw))
		if err != nil || len(got) != len(row.want) {
			t.Errorf("%s: got %v, doubts %+v, want %d", row.why, err, got, len(row.want))
			continue
		}
		for i, want := range row.want {
			if !strings.HasPrefix(got[i].Text, want) || !strings.Contains(got[i].Text, "`tidemark fit --churn-stack`") {
				t.Errorf("%s: got %q, want it to begin with %q and to name a way out", row.why, got[i].Text, want)
			}
			if got[i].Grave == strings.Contains(want, "no range bounds") {
				t.Errorf("%s: %q is grave: got %t", row.why, got[i].Text, got[i].Grave)
			}
		}
	}
	if _, err := model.Doubts([]byte("version: 1")); err == nil {
		t.Error("a file that is no model: got no error")
	}
}
