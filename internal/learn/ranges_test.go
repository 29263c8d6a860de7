package learn_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/learn"
	"tidemark/internal/score/churn"
)

// The fit says what it was fitted to: of each term that silence leaves alone, nearly all cases, but not the one account that is a
// thousand times larger than all others. A rare complaint keeps its range.
func TestStackSaysWhatItWasFittedTo(t *testing.T) {
	all := cases(2000, func(r *rand.Rand) int { return 1 + r.IntN(12) })
	for i := range 5 {
		all[40*i].Traits.Complaints = 1 + i%2
	}
	all[0].Traits.Spend, all[1].Traits.LastOrder = 1e6, 1e6
	s, _, err := learn.Stack(t.Context(), [][]learn.Case{all}, 90*24*time.Hour, 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if free := s.Unbounded(); free != nil {
		t.Errorf("without a range: %v, want none", free)
	}
	for term, want := range map[churn.Term]churn.Range{
		churn.Repeats:    {High: math.Log(6)},
		churn.Spend:      {Low: math.Log(20), High: math.Log(120)},
		churn.LastItems:  {Low: math.Log(2), High: math.Log(13)},
		churn.Complaints: {High: math.Log(3)},
		churn.LastOrder:  {Low: math.Log(20), High: math.Log(1e6)}, // always 20, but for one: that one made the weight
		churn.Once:       {},                                       // 0 or 1 by nature
		churn.NPS:        {},                                       // nobody was asked
		churn.Silence:    {},                                       // grows in silence
		churn.Base:       {},
		churn.Tenure:     {}, // MaxTenure
	} {
		if got := s.Ranges[term]; math.Abs(got.Low-want.Low) > 1e-9 || math.Abs(got.High-want.High) > 1e-9 {
			t.Errorf("%s: range %v, want %v", term, got, want)
		}
	}
}
