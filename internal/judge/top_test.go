package judge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/judge"
)

func TestTopShare(t *testing.T) {
	scores := []float64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
	happened := []bool{yes, no, yes, no, no, yes, no, no, no, no}
	value := []float64{50, 10, 20, 0, 0, 30, 0, 0, 0, 90}
	for _, c := range []struct {
		name     string
		scores   []float64
		happened []bool
		weights  []float64
		share    float64
		want     judge.Top
	}{
		{"the top decile of ten is one", scores, happened, nil, .1, judge.Top{Cases: 1, Precision: 1, Lift: 10. / 3, Captured: 1. / 3}},
		{"the top three", scores, happened, nil, .3, judge.Top{Cases: 3, Precision: 2. / 3, Lift: 20. / 9, Captured: 2. / 3}},
		{"all", scores, happened, nil, 1, judge.Top{Cases: 10, Precision: .3, Lift: 1, Captured: 1}},
		{"less than one is one", scores, happened, nil, .01, judge.Top{Cases: 1, Precision: 1, Lift: 10. / 3, Captured: 1. / 3}},
		{"value at stake", scores, happened, value, .3, judge.Top{Cases: 3, Precision: 7. / 8, Lift: 1.75, Captured: .7}},
		{"all alike: as a draw", make([]float64, 10), happened, nil, .2, judge.Top{Cases: 2, Precision: .3, Lift: 1, Captured: .2}},
		{"all alike: value as a draw", make([]float64, 10), happened, value, .2, judge.Top{Cases: 2, Precision: .5, Lift: 1, Captured: .2}},
		{"two of three equals", []float64{3, 2, 2, 2, 1}, []bool{yes, yes, no, no, no}, nil, .6, judge.Top{Cases: 3, Precision: (1 + 2./3) / 3, Lift: (1 + 2./3) / 3 / .4, Captured: (1 + 2./3) / 2}},
		{"it happened to none", scores, make([]bool, 10), nil, .1, judge.Top{Cases: 1, Precision: 0, Lift: nan, Captured: nan}},
		{"nothing at stake", scores, happened, make([]float64, 10), .1, judge.Top{Cases: 1, Precision: nan, Lift: nan, Captured: nan}},
		{"a score that is none", []float64{1, nan}, []bool{yes, no}, nil, .5, judge.Top{Cases: 1, Precision: nan, Lift: nan, Captured: nan}},
		{"nobody", nil, nil, nil, .1, judge.Top{Precision: nan, Lift: nan, Captured: nan}},
	} {
		got := judge.TopShare(c.scores, c.happened, c.weights, c.share)
		if got.Cases != c.want.Cases {
			t.Errorf("%s: got %d cases, want %d", c.name, got.Cases, c.want.Cases)
		}
		near(t, c.name+": precision", got.Precision, c.want.Precision, 1e-15)
		near(t, c.name+": lift", got.Lift, c.want.Lift, 1e-15)
		near(t, c.name+": captured", got.Captured, c.want.Captured, 1e-15)
	}
}

// Ties count as the mean over the orders in which a sort may leave them.
func TestTopShareOfTiesIsTheMeanOfDraws(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	n := 40
	scores, happened := make([]float64, n), make([]bool, n)
	for i := range n {
		scores[i], happened[i] = float64(random.IntN(4)), random.IntN(3) == 0
	}
	const draws = 20000
	var mean float64
	drawn := make([]float64, n)
	for range draws {
		for i := range n {
			drawn[i] = scores[i] + random.Float64()/2
		}
		mean += judge.TopShare(drawn, happened, nil, .1).Precision / draws
	}
	got := judge.TopShare(scores, happened, nil, .1).Precision
	near(t, "precision", got, mean, 4*math.Sqrt(.25/4/draws))
}
