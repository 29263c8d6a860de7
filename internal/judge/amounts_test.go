package judge_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/judge"
)

// The Gini coefficient by its definition: the mean difference of ranks. Four customers, of whom one brings all: known first it is 3/4, known
// last -3/4, and 0 where all are forecast alike.
func TestGini(t *testing.T) {
	came := []float64{0, 0, 8, 0}
	for _, row := range []struct {
		why      string
		forecast []float64
		want     float64
	}{
		{"in the right order", []float64{1, 2, 9, 3}, .75},
		{"in the wrong order", []float64{2, 3, 1, 4}, -.75},
		{"all alike", []float64{5, 5, 5, 5}, 0},
		{"one of two who share the first places", []float64{1, 7, 7, 3}, .5},
	} {
		if got := judge.Gini(row.forecast, came); math.Abs(got-row.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", row.why, got, row.want)
		}
	}
}

func TestGainedAmountsFigures(t *testing.T) {
	came := []float64{0, 10}
	before := judge.Amounts{Probability: []float64{.5, .5}, Expected: []float64{5, 5}}
	after := judge.Amounts{Probability: []float64{.2, .8}, Expected: []float64{1, 9}}
	random := rand.New(rand.NewPCG(1, 1))
	g := judge.GainedAmounts(before, after, came, random.Float64)
	for _, row := range []struct {
		what      string
		got, want float64
	}{
		{"log loss before", g.Before.LogLoss, math.Ln2},
		{"log loss after", g.After.LogLoss, -math.Log(.8)},
		{"RMSE before", g.Before.RMSE, 5},
		{"RMSE after", g.After.RMSE, 1},
		{"Gini before", g.Before.Gini, 0},
		{"Gini after", g.After.Gini, .5},
		{"gain of log loss", g.Mean.LogLoss, math.Ln2 + math.Log(.8)},
		{"gain of RMSE", g.Mean.RMSE, 4},
		{"gain of Gini", g.Mean.Gini, .5},
	} {
		if math.Abs(row.got-row.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", row.what, row.got, row.want)
		}
	}
}

// The intervals hold what is true: of 200 logs in which neither forecast is better, about 95 % have an interval of the RMSE with 0 in it, and
// next to none calls one better in all three.
func TestGainedAmountsByChance(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	within, better := 0, 0
	const logs = 200
	for range logs {
		var came []float64
		var before, after judge.Amounts
		for range 400 {
			p, amount := .2+.6*random.Float64(), 10*random.ExpFloat64()
			y := 0.
			if random.Float64() < p {
				y = amount
			}
			came = append(came, y)
			for _, f := range []*judge.Amounts{&before, &after} { // equally wrong
				f.Probability = append(f.Probability, min(.95, max(.05, p+.2*random.NormFloat64())))
				f.Expected = append(f.Expected, 10*p+3*random.NormFloat64())
			}
		}
		g := judge.GainedAmounts(before, after, came, random.Float64)
		if g.Low.RMSE <= 0 && g.High.RMSE >= 0 {
			within++
		}
		if g.Better() {
			better++
		}
	}
	if within < 178 || within > 199 {
		t.Errorf("of %d intervals %d hold the truth, want about 190", logs, within)
	}
	if better > 2 {
		t.Errorf("of %d forecasts that are no better %d are called better", logs, better)
	}
}

func TestGainedAmountsOfABetterForecast(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	var came []float64
	var before, after judge.Amounts
	for range 2000 {
		p := .1 + .8*random.Float64()
		y := 0.
		if random.Float64() < p {
			y = 5 + random.ExpFloat64()
		}
		came = append(came, y)
		before.Probability, before.Expected = append(before.Probability, .5), append(before.Expected, 3)
		after.Probability, after.Expected = append(after.Probability, p), append(after.Expected, 6*p)
	}
	forward, back := judge.GainedAmounts(before, after, came, random.Float64), judge.GainedAmounts(after, before, came, random.Float64)
	if !forward.Better() || back.Better() {
		t.Errorf("got better %v and, the other way, %v; want true and false: %+v", forward.Better(), back.Better(), forward)
	}
}
