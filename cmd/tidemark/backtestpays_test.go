//go:build !service

package main

import (
	"strings"
	"testing"

	"tidemark/internal/backtest"
)

func TestPrintTrials(t *testing.T) {
	r := &backtest.Result{Cutoffs: []backtest.Cutoff{
		{Date: "2020-01-31"}, // nobody judged
		{Date: "2020-02-29", Trial: backtest.Trial{
			Customers: 600, Plain: true, Whole: backtest.Gain{Value: -.001, StandardError: .002},
			Ingredients: []backtest.Ingredient{{Name: "silence", LeftOut: true}, {Name: "habit"}, {Name: "money", LeftOut: true}},
		}},
		{Date: "2020-03-31", Trial: backtest.Trial{Customers: 600, Whole: backtest.Gain{Value: .01, StandardError: .002}}},
	}}
	var b strings.Builder
	if err := printTrials(&b, r); err != nil {
		t.Fatal(err)
	}
	const want = "Risk at 2020-02-29: by the purchase model alone; the stack without silence and money gained -0.00100 ± 0.00200 of log loss over the purchase model.\n" +
		"Risk at 2020-03-31: by a stack; the stack gained +0.01000 ± 0.00200 of log loss over the purchase model.\n" + lossLegend + "\n\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
