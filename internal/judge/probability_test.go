package judge_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/judge"
)

func TestBrierAndLogLoss(t *testing.T) {
	for _, c := range []struct {
		name           string
		forecasts      []float64
		happened       []bool
		brier, logLoss float64
	}{
		{"by hand", []float64{.9, .2, .5}, []bool{yes, no, yes}, (.01 + .04 + .25) / 3, -math.Log(.9*.8*.5) / 3},
		{"a half says nothing", []float64{.5, .5}, []bool{yes, no}, .25, math.Ln2},
		{"certain and right", []float64{1, 0}, []bool{yes, no}, 0, 1.0000005e-6},
		{"certain and wrong", []float64{1, 0}, []bool{no, yes}, 1, -math.Log(1e-6)},
		{"no forecast", []float64{nan, .5}, []bool{yes, no}, nan, nan},
		{"nobody", nil, nil, nan, nan},
	} {
		near(t, c.name+": Brier", judge.Brier(c.forecasts, c.happened), c.brier, 1e-15)
		near(t, c.name+": log loss", judge.LogLoss(c.forecasts, c.happened), c.logLoss, 1e-10)
	}
}

func TestReliability(t *testing.T) {
	forecasts := []float64{.9, .1, .3, .2, .8, .4, .3, .7}
	happened := []bool{yes, no, no, yes, yes, no, yes, no}
	for _, c := range []struct {
		name      string
		forecasts []float64
		bins      int
		want      []judge.Bin
		ece       float64
	}{
		{
			"four bins of two", forecasts, 4,
			[]judge.Bin{{2, .15, .5}, {2, .3, .5}, {2, .55, 0}, {2, .85, 1}},
			(.35 + .2 + .55 + .15) / 4,
		},
		{
			"equals stay together: the second .3, first of the next bin, comes to the first", forecasts, 3,
			[]judge.Bin{{4, .225, .5}, {2, .55, 0}, {2, .85, 1}},
			(4*.275 + 2*.55 + 2*.15) / 8,
		},
		{"equals stay together: two of three are of the next bin", []float64{.3, .1, .3, .3}, 2, []judge.Bin{{1, .1, 0}, {3, .3, 2. / 3}}, (.1 + 2 - .9) / 4},
		{"one bin", forecasts, 1, []judge.Bin{{8, 3.7 / 8, .5}}, .3 / 8},
		{"all alike", []float64{.3, .3, .3, .3, .3, .3, .3, .3}, 10, []judge.Bin{{8, .3, .5}}, .2},
		{"nobody", nil, 10, nil, nan},
	} {
		got := judge.Reliability(c.forecasts, happened[:len(c.forecasts)], c.bins)
		if len(got) != len(c.want) {
			t.Errorf("%s: got bins %+v, want %+v", c.name, got, c.want)
			continue
		}
		for i, want := range c.want {
			if got[i].Cases != want.Cases {
				t.Errorf("%s: bin %d: got %d cases, want %d", c.name, i, got[i].Cases, want.Cases)
			}
			near(t, c.name+": forecast", got[i].Forecast, want.Forecast, 1e-15)
			near(t, c.name+": observed", got[i].Observed, want.Observed, 1e-15)
		}
		near(t, c.name+": calibration error", judge.CalibrationError(got), c.ece, 1e-15)
	}
}

// anyForecasts draws forecasts, often equal, and what happened.
func anyForecasts(t *rapid.T) ([]float64, []bool) {
	n := rapid.IntRange(1, 60).Draw(t, "cases")
	p := rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, .1, .5, 1}))
	return rapid.SliceOfN(p, n, n).Draw(t, "forecasts"), rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "happened")
}

func TestReliabilityHoldsEveryCaseOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		forecasts, happened := anyForecasts(t)
		bins := rapid.IntRange(1, 12).Draw(t, "bins")
		table := judge.Reliability(forecasts, happened, bins)
		var cases int
		var sum, observed, want, rate float64
		for i, b := range table {
			cases += b.Cases
			sum += float64(b.Cases) * b.Forecast
			observed += float64(b.Cases) * b.Observed
			if i > 0 && !(b.Forecast > table[i-1].Forecast) {
				t.Errorf("bin %d: got forecast %v after %v, want it higher", i, b.Forecast, table[i-1].Forecast)
			}
		}
		for i, p := range forecasts {
			want += p
			if happened[i] {
				rate++
			}
		}
		near(t, "cases", float64(cases), float64(len(forecasts)), 0)
		near(t, "sum of the forecasts", sum, want, 1e-12)
		near(t, "sum of what happened", observed, rate, 1e-12)

		distinct := slices.Compact(slices.Sorted(slices.Values(forecasts)))
		if len(distinct) == len(forecasts) && len(forecasts) >= bins {
			for i, b := range table {
				if least := len(forecasts) / bins; b.Cases < least || b.Cases > least+1 {
					t.Errorf("bin %d: got %d cases of %d in %d bins", i, b.Cases, len(forecasts), bins)
				}
			}
		}

		// Another order of the cases changes nothing.
		order := rapid.Permutation(slices.Collect(seq(len(forecasts)))).Draw(t, "order")
		p, h := make([]float64, len(order)), make([]bool, len(order))
		for to, from := range order {
			p[to], h[to] = forecasts[from], happened[from]
		}
		near(t, "calibration error in another order", judge.CalibrationError(judge.Reliability(p, h, bins)), judge.CalibrationError(table), 1e-14)
	})
}

func seq(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// Four coins are 2 to 2 in 6 of 16 throws, 3 to 1 in 8, and all alike in 2.
func TestCalibrationErrorByChance(t *testing.T) {
	coins := []float64{.5, .5, .5, .5}
	for _, c := range []struct{ q, want float64 }{{.36, 0}, {.39, .25}, {.86, .25}, {.89, .5}, {1, .5}} {
		got := judge.CalibrationErrorByChance(coins, 10, 100000, c.q, rand.New(rand.NewPCG(1, 1)).Float64)
		near(t, "quantile", got, c.want, 0)
	}
	certain := []float64{0, 1, 1}
	near(t, "certain forecasts", judge.CalibrationErrorByChance(certain, 2, 100, 1, rand.New(rand.NewPCG(1, 1)).Float64), 0, 0)
	near(t, "nobody", judge.CalibrationErrorByChance(nil, 10, 100, .95, rand.Float64), nan, 0)
	near(t, "no forecast", judge.CalibrationErrorByChance([]float64{nan}, 10, 100, .95, rand.Float64), nan, 0)
}

// True forecasts stay below the 95 % quantile 19 times in 20.
func TestTrueForecastsPass(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	forecasts, happened := make([]float64, 500), make([]bool, 500)
	var passed int
	const trials = 400
	for range trials {
		for i := range forecasts {
			forecasts[i] = random.Float64()
			happened[i] = random.Float64() < forecasts[i]
		}
		if judge.CalibrationError(judge.Reliability(forecasts, happened, 10)) <= judge.CalibrationErrorByChance(forecasts, 10, 200, .95, random.Float64) {
			passed++
		}
	}
	near(t, "share that passed", float64(passed)/trials, .95, .035)
}

// Two forecasts determine the line: it goes through the observed log-odds.
func TestCalibrationLine(t *testing.T) {
	group := func(p float64, cases, happened int) ([]float64, []bool) {
		forecasts, outcomes := make([]float64, cases), make([]bool, cases)
		for i := range cases {
			forecasts[i], outcomes[i] = p, i < happened
		}
		return forecasts, outcomes
	}
	low, lowHappened := group(.2, 40, 10)
	high, highHappened := group(.9, 50, 30)
	got := judge.CalibrationLine(append(low, high...), append(lowHappened, highHappened...))
	// ln(1/4), ln 9 forecast; ln(1/3), ln(3/2) observed.
	slope := (math.Log(1.5) + math.Log(3)) / (math.Log(9) + math.Log(4))
	near(t, "slope", got.Slope.Value, slope, 1e-10)
	near(t, "intercept", got.Intercept.Value, math.Log(1.5)-slope*math.Log(9), 1e-10)
	// Variances of the observed log-odds: 1/7.5 and 1/12.
	near(t, "standard error of the slope", got.Slope.StandardError, math.Sqrt(1/7.5+1/12.)/math.Log(36), 1e-10)
	atHigh, atLow := math.Log(4)/math.Log(36), math.Log(9)/math.Log(36)
	near(t, "standard error of the intercept", got.Intercept.StandardError, math.Sqrt(atLow*atLow/7.5+atHigh*atHigh/12), 1e-10)

	// Forecasts that are sure of the opposite: far from a slope of 1, where the likelihood is flat.
	got = judge.CalibrationLine([]float64{1. / 256, .5, 1, 1. / 1024, 1. / 8192, 0}, []bool{no, yes, no, yes, yes, yes})
	near(t, "slope of the opposite", got.Slope.Value, -.19406334162266148, 1e-12)
	near(t, "intercept of the opposite", got.Intercept.Value, .13144719270573302, 1e-12)

	for _, c := range []struct {
		name      string
		forecasts []float64
		happened  []bool
	}{
		{"separated", []float64{.1, .2, .8, .9}, []bool{no, no, yes, yes}},
		{"separated but for a tie", []float64{.1, .2, .2, .9}, []bool{no, no, yes, yes}},
		{"separated the wrong way", []float64{.1, .9}, []bool{yes, no}},
		{"all alike", []float64{.3, .3, .3}, []bool{no, no, yes}},
		{"it happened to all", []float64{.3, .4}, []bool{yes, yes}},
		{"no forecast", []float64{.3, nan, .4}, []bool{yes, no, yes}},
		{"nobody", nil, nil},
	} {
		near(t, c.name+": slope", judge.CalibrationLine(c.forecasts, c.happened).Slope.Value, nan, 0)
	}
}

// Where it exists, the line has no gradient left.
func TestCalibrationLineIsAMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		forecasts, happened := anyForecasts(t)
		line := judge.CalibrationLine(forecasts, happened)
		if math.IsNaN(line.Slope.Value) {
			var high, low [2]float64
			high, low = [2]float64{-1, -1}, [2]float64{2, 2}
			for i, p := range forecasts {
				k := map[bool]int{no: 0, yes: 1}[happened[i]]
				p = min(1-1e-6, max(1e-6, p))
				high[k], low[k] = max(high[k], p), min(low[k], p)
			}
			if high[0] > low[1] && high[1] > low[0] {
				t.Errorf("got no line, want one")
			}
			return
		}
		var byA, byB float64
		for i, p := range forecasts {
			p = min(1-1e-6, max(1e-6, p))
			x := math.Log(p) - math.Log1p(-p)
			off := -1 / (1 + math.Exp(-line.Intercept.Value-line.Slope.Value*x))
			if happened[i] {
				off++
			}
			byA += off
			byB += off * x
		}
		near(t, "gradient by the intercept", byA, 0, 1e-5)
		near(t, "gradient by the slope", byB, 0, 1e-5)
	})
}
