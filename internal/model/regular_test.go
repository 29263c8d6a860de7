package model_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/stat"
)

func TestRegularitiesOfAFile(t *testing.T) {
	for _, row := range []struct {
		why, section string
		want         model.Weights
		fails        string
	}{
		{"no section: random buyers", "", model.Weights{}, ""},
		{"a mixture", "regular: {weights: {1: .4, 3: .35, 13: .25}}\n", model.Weights{.4, 0, .35, 0, 0, .25}, ""},
		{"rounded shares", "regular: {weights: {1: .3333333, 2: .3333333, 5: .3333333}}\n", model.Weights{1. / 3, 1. / 3, 0, 1. / 3}, ""},
		{"all buy at random: no mixture, and the cost of none", "regular: {weights: {1: 1}}\n", model.Weights{}, ""},
		{"a k that there is not", "regular: {weights: {1: .5, 4: .5}}\n", model.Weights{}, "k = 4 is none of"},
		{"a negative share", "regular: {weights: {1: 1.5, 2: -.5}}\n", model.Weights{}, "k = 1 is not in [0, 1]"},
		{"too little", "regular: {weights: {1: .5, 2: .4}}\n", model.Weights{}, "add up to 0.9"},
		{"an empty section", "regular: {}\n", model.Weights{}, "add up to 0"},
		{"another key", "regular: {shares: {1: 1}}\n", model.Weights{}, "shares"},
	} {
		m, err := model.Parse(append(model.Default(), row.section...))
		if row.fails != "" {
			if err == nil || !strings.Contains(err.Error(), row.fails) {
				t.Errorf("%s: got the error %v, want one that says %q", row.why, err, row.fails)
			}
			continue
		}
		if err != nil || (m.Value.Regular == nil) != (row.want == model.Weights{}) {
			t.Errorf("%s: got %v, %v, want %v", row.why, m.Value.Regular, err, row.want)
			continue
		}
		if r := m.Value.Regular; r != nil && m.Value.Purchase != r.Random() {
			t.Errorf("%s: the purchase model %v is not that of the mixture's random buyers, %v", row.why, m.Value.Purchase, r.Random())
		}
		for i := range row.want {
			if r := m.Value.Regular; r != nil && math.Abs(r.Weights[i]-row.want[i]) > 1e-9 {
				t.Errorf("%s: weight of k = %d: got %v, want %v", row.why, stat.Regularities[i], r.Weights[i], row.want[i])
			}
		}
	}
	random := bytes.Replace(model.Default(), []byte("model: mbg-nbd"), []byte("model: bg-nbd"), 1)
	if _, err := model.Parse(append(random, "regular: {weights: {2: 1}}\n"...)); err == nil || !strings.Contains(err.Error(), "regular: needs the purchase model mbg-nbd") {
		t.Errorf("over bg-nbd: got the error %v, want it refused", err)
	}
}

// A fit adds a mixture, replaces one, keeps one and takes one away. No other byte changes.
func TestRefitWritesTheRegularities(t *testing.T) {
	refit := func(base []byte, w *model.Weights) []byte {
		t.Helper()
		f := fitOf(stat.MBGNBD{R: .5, Alpha: 6, A: .5, B: 1.5})
		f.Regular = w
		out, err := model.Refit(base, f)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first, second, none := model.Weights{1. / 3, 1. / 3, 0, 0, 1. / 3, 0}, model.Weights{.5, 0, 0, 0, 0, .5}, model.Weights{}
	plain := refit(model.Default(), nil)
	with := refit(model.Default(), &first)
	if !strings.Contains(string(with), "  weights: {1: 0.3333333, 2: 0.3333333, 8: 0.3333333}\n") {
		t.Errorf("the section is missing:\n%s", with[len(with)-1500:])
	}
	if m, err := model.Parse(with); err != nil || math.Abs(m.Value.Regular.Weights[4]-1./3) > 1e-9 {
		t.Errorf("weights %v, %v, want thirds", m.Value.Regular, err)
	}
	if got := refit(with, nil); !bytes.Equal(got, with) {
		t.Error("a fit that keeps the mixture changes the file")
	}
	if got := refit(refit(with, &second), &first); !bytes.Equal(got, with) {
		t.Error("a mixture that is replaced there and back changes the file")
	}
	if got := refit(with, &none); strings.Contains(string(got), "regular:") || len(got) > len(plain)+2 {
		t.Errorf("a mixture that is taken away leaves something behind: %d bytes, want %d", len(got), len(plain))
	}
}
