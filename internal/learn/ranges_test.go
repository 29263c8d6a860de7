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
	for i := range 100 {
		all[20*i].Traits.NPS, all[20*i+1].Traits.Refunded, all[20*i+2].Traits.Engagement = float64(i%2), float64(i%11)/100, float64(i%8)
	}
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
		churn.Repeats:      {High: math.Log(6)},
		churn.Spend:        {Low: math.Log(20), High: math.Log(120)},
		churn.LastItems:    {Low: math.Log(2), High: math.Log(13)},
		churn.Complaints:   {High: math.Log(3)},
		churn.LastOrder:    {Low: math.Log(20), High: math.Log(1e6)}, // always 20, but for one: that one made the weight
		churn.Once:         {},                                       // 0 or 1 by nature
		churn.NPS:          {High: 1},                                // promoters and passives alone were seen
		churn.Refunded:     {High: .1},                               // nobody gave back more
		churn.Engagement:   {High: math.Log(8)},
		churn.Satisfaction: {}, // nobody was asked
		churn.Silence:      {}, // grows in silence
		churn.Base:         {},
		churn.Tenure:       {}, // MaxTenure
	} {
		if got := s.Ranges[term]; math.Abs(got.Low-want.Low) > 1e-9 || math.Abs(got.High-want.High) > 1e-9 {
			t.Errorf("%s: range %v, want %v", term, got, want)
		}
	}
}

// What nobody had counts as what somebody had: a detractor where only promoters were seen, all given back where at most a tenth was.
func TestBeyondWhatWasSeen(t *testing.T) {
	all := cases(2000, func(r *rand.Rand) int { return 1 + r.IntN(12) })
	for i := range all {
		c := &all[i]
		c.Traits.NPS, c.Traits.Refunded, c.Traits.Engagement = float64(i%2), float64(i%11)/100, float64(i%8)
		if i%2 == 1 && i%3 > 0 || i%8 > 5 {
			c.Later.Days = 1 // promoters and visitors come back
		} else if i%11 > 7 {
			c.Later.Days = 0
		}
	}
	s, _, err := learn.Stack(t.Context(), [][]learn.Case{all}, 90*24*time.Hour, 7)
	if err != nil {
		t.Fatal(err)
	}
	of := func(nps, refunded, engagement float64) float64 {
		c := all[0].Traits
		c.NPS, c.Refunded, c.Engagement = nps, refunded, engagement
		return s.LogOdds(c, .5)
	}
	for _, row := range []struct {
		why            string
		beyond, within float64
	}{
		{"a detractor", of(-1, 0, 0), of(0, 0, 0)},
		{"all given back", of(0, 1, 0), of(0, .1, 0)},
		{"a robot that visits all day", of(0, 0, 1e6), of(0, 0, 7)},
	} {
		if math.Abs(row.beyond-row.within) > 1e-9 {
			t.Errorf("%s: log-odds %v, want those of the edge, %v", row.why, row.beyond, row.within)
		}
	}
	if of(1, 0, 0) >= of(0, 0, 0) {
		t.Error("promoters are not known to come back: the test has lost its subject")
	}
}
