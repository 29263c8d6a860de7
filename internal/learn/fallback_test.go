package learn_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/history"
	"tidemark/internal/learn"
	"tidemark/internal/score/churn"
)

// Cases that give no stack give the purchase model's risk, and the reason; they are no error.
func TestStackFallsBackToThePurchaseModel(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	bought := func(c *learn.Case, back bool) {
		if c.Later = (history.Bought{}); back {
			c.Later.Days = 1
		}
	}
	for _, row := range []struct {
		why    string
		change func(c *learn.Case)
		says   string
	}{
		{"the longer the silence, the more come back", func(c *learn.Case) {
			c.Pattern.Repeats, c.Pattern.Last, c.Traits.Repeats = 2, 300-c.Traits.Silent, 2
			bought(c, 200*r.Float64() < c.Traits.Silent)
		}, "nothing in it grows with silence"},
		{"all left", func(c *learn.Case) { bought(c, false) }, "only one outcome"},
		{"nobody left", func(c *learn.Case) { bought(c, true) }, "only one outcome"},
		{"nobody had bought again by the cut", func(c *learn.Case) { c.Pattern.Repeats, c.Pattern.Last = 0, 0 }, "no repeat purchases"},
	} {
		all := cases(1000, func(r *rand.Rand) int { return 1 + r.IntN(5) })
		for i := range all {
			row.change(&all[i])
		}
		s, fitted, err := learn.Stack(t.Context(), [][]learn.Case{all}, 90*24*time.Hour, 7)
		if err != nil || s != churn.Plain() || s.Check() != nil {
			t.Errorf("%s: got %+v, %v, want the plain stack", row.why, s, err)
			continue
		}
		if len(fitted.Warnings) != 1 {
			t.Errorf("%s: got the warnings %v, want one", row.why, fitted.Warnings)
		} else if w, ok := fitted.Warnings[0].(fit.NoStack); !ok || !strings.Contains(w.String(), row.says) {
			t.Errorf("%s: got the warning %v, want it to say %q", row.why, fitted.Warnings[0], row.says)
		}
		rfm, err := learn.FitRFM(t.Context(), [][]learn.Case{all})
		if err != nil {
			t.Errorf("%s: the baseline: %v", row.why, err)
		} else if p := rfm.Probability(&all[0]); !(p > 0 && p < 1) {
			t.Errorf("%s: the baseline gives a probability of %v", row.why, p)
		}
	}
}

// A block from before anybody bought again does not lose the others.
func TestStackWithoutABlock(t *testing.T) {
	all := cases(2000, func(r *rand.Rand) int { return 1 + r.IntN(5) })
	early := cases(100, func(r *rand.Rand) int { return 1 + r.IntN(5) })
	for i := range early {
		early[i].Pattern.Repeats, early[i].Pattern.Last = 0, 0
	}
	const horizon = 90 * 24 * time.Hour
	got, r, err := learn.Stack(t.Context(), [][]learn.Case{all, early}, horizon, 7)
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := learn.Stack(t.Context(), [][]learn.Case{all}, horizon, 7)
	if err != nil || got != want || r.Customers != len(all) {
		t.Errorf("got %+v of %d customers, want %+v of %d (%v)", got, r.Customers, want, len(all), err)
	}
	invalid := []learn.Case{{}}
	invalid[0].Pattern.Last = math.NaN()
	if _, _, err := learn.Stack(t.Context(), [][]learn.Case{invalid}, horizon, 7); err == nil || errors.Is(err, fit.ErrNoRepeats) {
		t.Errorf("a case that is none: got %v, want an error", err)
	}
}
