package model_test

import (
	"slices"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/stat"
)

// block is the default model with the section spend in lines of its own.
func block() string {
	return strings.Replace(string(model.Default()), "spend: {p: 6.25, q: 3.74, v: 15.44}", "spend:\n  p: 6.25 # shape\n  q: 3.74\n  v: 15.44", 1)
}

// A fit whose parameters have collapsed is written as such, and a later fit writes the usual parameters in their place again.
func TestRefitAtTheLimits(t *testing.T) {
	usual := stat.MBGNBD{R: .5, Alpha: 6, A: .9, B: 1.6}
	gamma := stat.GammaGamma{P: 6, Q: 4, V: 15}
	for _, row := range []struct {
		why      string
		purchase stat.PurchaseModel
		spend    stat.SpendModel
		paid     stat.PaidShare
		says     []string
	}{
		{"one leaving share", stat.Limit{R: .5, Alpha: 6, Leaving: .25}, gamma, stat.PaidShare{}, []string{"  r: 0.5\n", "  beta: collapsed\n  leaving: 0.25\n"}},
		{"one rate", stat.Limit{Rate: .018, A: .9, B: 1.6}, gamma, stat.PaidShare{}, []string{"  gamma: collapsed\n  rate: 0.018\n", "  a: 0.9\n"}},
		{"both, of BG/NBD", stat.Limit{FirstStays: true, Rate: .018, Leaving: .25}, gamma, stat.PaidShare{}, []string{"model: bg-nbd", "  gamma: collapsed\n  rate: 0.018\n  beta: collapsed\n  leaving: 0.25\n"}},
		{"constant prices", usual, stat.FixedSpend{Mean: 29.99}, stat.PaidShare{}, []string{"model: constant", "mean: 29.99"}},
		{"no amounts", usual, stat.FixedSpend{}, stat.PaidShare{Paid: 1e-9, Free: 1}, []string{"mean: 0", "paid_days: 1e-09", "free_days: 1"}},
		{"free days", usual, gamma, stat.PaidShare{Paid: 2.1, Free: .9}, []string{"paid_days: 2.1", "free_days: 0.9"}},
		{"free days and constant prices", usual, stat.FixedSpend{Mean: 29.99}, stat.PaidShare{Paid: 2.1, Free: .9}, []string{"mean: 29.99", "paid_days: 2.1"}},
		{"nothing of it", usual, gamma, stat.PaidShare{}, []string{"  r: 0.5\n", "  a: 0.9\n"}},
	} {
		for form, base := range map[string]string{"in a line": string(model.Default()), "in lines": block(), "of Windows": strings.ReplaceAll(block(), "\n", "\r\n")} {
			fitted := fitOf(row.purchase)
			fitted.Spend, fitted.Paid = row.spend, &row.paid
			fitted.Buying.StandardErrors, fitted.Spending.StandardErrors = nil, nil
			raw, err := model.Refit([]byte(base), fitted)
			if err != nil {
				t.Errorf("%s, %s: %v", row.why, form, err)
				continue
			}
			m, err := model.Parse(raw)
			if err != nil || m.Value.Purchase != row.purchase || m.Value.Spend != row.spend || m.Value.Paid != row.paid {
				t.Errorf("%s, %s: got %v, %+v, %+v and %+v", row.why, form, err, m.Value.Purchase, m.Value.Spend, m.Value.Paid)
			}
			for _, line := range row.says {
				if !strings.Contains(strings.ReplaceAll(string(raw), "\r\n", "\n"), line) {
					t.Errorf("%s, %s: the file does not say %q", row.why, form, line)
				}
			}
			back := fitOf(usual)
			back.Spend, back.Paid = gamma, &stat.PaidShare{}
			again, err := model.Refit(raw, back)
			if err != nil {
				t.Errorf("%s, %s, and back: %v", row.why, form, err)
				continue
			}
			want, err := model.Refit([]byte(base), back)
			if err != nil {
				t.Fatal(err)
			}
			if !sameLines(again, want) {
				t.Errorf("%s, %s, and back: the file is\n%s\nwant\n%s", row.why, form, head(again), head(want))
			}
		}
	}
}

// sameLines compares two files but for the order of their lines, and for what a comment says of a line that has gone.
func sameLines(a, b []byte) bool {
	lines := func(raw []byte) []string {
		all := strings.FieldsFunc(strings.ReplaceAll(string(raw), "# shape", ""), func(r rune) bool { return r == '\n' || r == '\r' })
		for i := range all {
			all[i] = strings.TrimSpace(all[i])
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(lines(a), lines(b))
}

func head(raw []byte) string {
	_, from, _ := strings.Cut(string(raw), "purchase:")
	text, _, _ := strings.Cut(from, "value:")
	return text
}

// A limit says which of its two forms holds, and nothing of the other form.
func TestLimitsRefused(t *testing.T) {
	for _, row := range []struct{ why, old, text, want string }{
		{"a word for another", "  a: 0.891360\n  b: 1.614004\n", "  beta: gone\n  leaving: 0.2\n", "purchase.beta"},
		{"collapsed to nothing", "  a: 0.891360\n  b: 1.614004\n", "  beta: collapsed\n", "beside beta: collapsed"},
		{"a share, and not collapsed", "  b: 1.614004\n", "  b: 1.614004\n  leaving: 0.2\n", "beside beta: collapsed"},
		{"both forms", "  b: 1.614004\n", "  b: 1.614004\n  beta: collapsed\n  leaving: 0.2\n", "also a and b"},
		{"all leave", "  a: 0.891360\n  b: 1.614004\n", "  beta: collapsed\n  leaving: 1\n", "leaving = 1"},
		{"a mean of Gamma-Gamma", "v: 15.44}", "v: 15.44, mean: 3}", "mean stands beside"},
		{"another model", "{p: 6.25", "{model: fixed, p: 6.25", "spend.model"},
		{"constant without a mean", "{p: 6.25, q: 3.74, v: 15.44}", "{model: constant}", "has a mean"},
		{"constant with a shape", "{p: 6.25, q: 3.74, v: 15.44}", "{model: constant, mean: 3, q: 2}", "has a mean"},
		{"less than nothing", "{p: 6.25, q: 3.74, v: 15.44}", "{model: constant, mean: -3}", "mean -3"},
		{"free days alone", "v: 15.44}", "v: 15.44, free_days: 3}", "beside paid_days"},
		{"free days below zero", "v: 15.44}", "v: 15.44, paid_days: 1, free_days: -3}", "free days = -3"},
	} {
		raw := strings.Replace(string(model.Default()), row.old, row.text, 1)
		if _, err := model.Parse([]byte(raw)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want an error that says %q", row.why, err, row.want)
		}
	}
}
