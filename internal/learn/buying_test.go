package learn_test

import (
	"math"
	"testing"
	"time"

	"tidemark/internal/learn"
	"tidemark/internal/score/churn"
)

// Under a mixture the stack goes by P(alive), and is as well calibrated. A cut whose fit sees nobody leave must not make all others look lost:
// its P(alive) is 1 for all.
func TestStackOverAMixture(t *testing.T) {
	const horizon = 90 * 24 * time.Hour
	cases, _ := rhythmic(600, 8)
	others, _ := rhythmic(600, 5)
	faithful := make([]learn.Case, 0, len(others))
	for _, c := range others {
		if c.Pattern.Age-c.Pattern.Last < 60 { // who has been silent for longer is not seen
			faithful = append(faithful, c)
		}
	}
	for _, block := range [][]learn.Case{cases, others, faithful} {
		for i := range block {
			block[i].Mixed = true
		}
	}
	for why, blocks := range map[string][][]learn.Case{"two cuts": {cases, others}, "one of two cuts sees nobody leave": {cases, faithful}} {
		stack, _, err := learn.Stack(t.Context(), blocks, horizon, 7)
		if err != nil {
			t.Fatalf("%s: %v", why, err)
		}
		bought, err := learn.Buy(t.Context(), cases, 7)
		if err != nil || bought.Regular == nil {
			t.Fatalf("%s: no mixture: %v", why, err)
		}
		var risk, left float64
		for i := range cases {
			c := &cases[i]
			m := bought.Of(c)
			if got, want := learn.Risk(&stack, m, 7, c, horizon), stack.Risk(c.Traits, 1-m.Alive(c.Pattern.Rhythm(7))); got != want {
				t.Fatalf("%s: the risk is %v, want %v by P(alive)", why, got, want)
			}
			plain := churn.Plain()
			if got, want := learn.Risk(&plain, m, 7, c, horizon), learn.NoPurchase(m, 7, c, horizon); got != want {
				t.Fatalf("%s: without a stack the forecast is %v, want P(no purchase) %v", why, got, want)
			}
			if risk += learn.Risk(&stack, m, 7, c, horizon); c.Left() {
				left++
			}
		}
		n := float64(len(cases))
		if math.Abs(risk-left)/n > .1 {
			t.Errorf("%s: the mean risk is %.3f, and %.3f left", why, risk/n, left/n)
		}
	}
}

// Without the mark no case is fitted with a mixture, and the model of every customer is the same.
func TestBuyWithoutAMixture(t *testing.T) {
	cases, _ := rhythmic(300, 8)
	bought, err := learn.Buy(t.Context(), cases, 7)
	want, err2 := learn.Purchases(t.Context(), cases, 7)
	if err != nil || err2 != nil || bought.Regular != nil || bought.Of(&cases[0]) != want.Model {
		t.Errorf("got %+v, %v, want %+v, %v", bought, err, want.Model, err2)
	}
}

// The cases of an engine with a mixture whose customers buy at random have no mixture: nothing is said of regular customers. Their risk stays
// that of the engine, by P(alive).
func TestBuyOfRandomBuyers(t *testing.T) {
	cases := make([]learn.Case, 0, 500)
	for _, p := range lessThanRandom() {
		cases = append(cases, learn.Case{Pattern: p, Mixed: true})
	}
	bought, err := learn.Buy(t.Context(), cases, 7)
	if err != nil || bought.Regular == nil || bought.Mixed() {
		t.Fatalf("got %+v, %v, want a mixture that is none", bought, err)
	}
	c, stack := &cases[0], churn.Plain()
	stack.Intercept = 1 // no plain stack
	if of := bought.Of(c); of != bought.Model {
		t.Errorf("the model of a customer is %v, want that of all, %v", of, bought.Model)
	}
	if got, want := learn.Risk(&stack, bought.Model, 7, c, 90*24*time.Hour), stack.Risk(c.Traits, 1-bought.Model.Alive(c.Pattern.Rhythm(7))); got != want {
		t.Errorf("the risk is %v, want %v by P(alive)", got, want)
	}
	regular, _ := rhythmic(300, 8)
	for i := range regular {
		regular[i].Mixed = true
	}
	if bought, err = learn.Buy(t.Context(), regular, 7); err != nil || !bought.Mixed() {
		t.Errorf("regular customers: got %+v, %v, want a mixture", bought, err)
	}
}
