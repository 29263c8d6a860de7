package judge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/judge"
)

func TestLogLossGain(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	var s judge.Set
	var gains []float64
	for i := range 400 {
		p := .1 + .8*r.Float64()
		q := min(.99, p*(.7+.6*r.Float64()))
		happened := r.Float64() < p
		s.Scores, s.Rival, s.Happened = append(s.Scores, p), append(s.Rival, q), append(s.Happened, happened)
		s.Customers = append(s.Customers, fmt.Sprint(i))
		one := []bool{happened}
		gains = append(gains, judge.LogLoss([]float64{q}, one)-judge.LogLoss([]float64{p}, one))
	}
	var mean, variance float64
	for _, g := range gains {
		mean += g / 400
	}
	for _, g := range gains {
		variance += (g - mean) * (g - mean) / 399 / 400
	}
	alone := s
	alone.Customers = nil
	for _, row := range []struct {
		why       string
		got       judge.Gain
		deviation float64
	}{
		{"every case another customer", judge.LogLossGain(s), math.Sqrt(variance)},
		{"no customers named", judge.LogLossGain(alone), math.Sqrt(variance)},
		{"the same customers at two cutoffs are no more than at one", judge.LogLossGain(s, s), math.Sqrt(variance)},
		{"other customers at two cutoffs", judge.LogLossGain(alone, alone), math.Sqrt(variance / 2)},
	} {
		near(t, row.why+": gain", row.got.Value, mean, 1e-12)
		near(t, row.why+": standard error", row.got.StandardError, row.deviation, 1e-12)
	}
	near(t, "the other way round", judge.LogLossGain(judge.Set{Scores: s.Rival, Rival: s.Scores, Happened: s.Happened}).Value, -mean, 1e-12)
	if none := judge.LogLossGain(); !math.IsNaN(none.Value) || !math.IsNaN(none.StandardError) {
		t.Errorf("no cases: got %+v, want NaN", none)
	}
}

func TestGainOfTwoForecasts(t *testing.T) {
	happened := []bool{true, false, true, true}
	gained := func(before, after []float64, happened []bool) judge.Gain {
		return judge.LogLossGain(judge.Set{Scores: after, Rival: before, Happened: happened})
	}
	same := gained([]float64{.5, .5, .5, .5}, []float64{.5, .5, .5, .5}, happened)
	if same != (judge.Gain{}) || same.Better() {
		t.Errorf("a forecast against itself: %+v, want nothing", same)
	}
	better := gained([]float64{.5, .5, .5, .5}, []float64{.8, .2, .8, .8}, happened)
	near(t, "gain", better.Value, math.Log(1.6), 1e-12)
	near(t, "standard error of equal gains", better.StandardError, 0, 1e-7)
	if !better.Better() {
		t.Errorf("a forecast that is right more often: %+v, want it better", better)
	}
	chance := gained([]float64{.5, .5, .5, .5}, []float64{.9, .9, .9, .4}, happened)
	if chance.Better() {
		t.Errorf("a forecast that is right by chance: %+v, want it not better", chance)
	}
	if rounding := (judge.Gain{Value: 9e-14, StandardError: 4e-14}); rounding.Better() {
		t.Errorf("a gain of rounding: %+v, want it not better", rounding)
	}
	if sure := gained([]float64{.5}, []float64{0}, []bool{true}); math.IsInf(sure.Value, 0) || sure.Better() || sure.Worse() {
		t.Errorf("a forecast that was sure and wrong, of one customer: %+v, want a finite loss of unknown error", sure)
	}
}

// A customer who is judged twice in one set is one case: the standard error does not fall.
func TestGainByCustomer(t *testing.T) {
	before, after := []float64{.5, .5, .5, .5}, []float64{.8, .4, .7, .9}
	happened := []bool{true, false, true, false}
	once := judge.LogLossGain(judge.Set{Scores: after, Rival: before, Happened: happened})
	same := judge.LogLossGain(judge.Set{Scores: after, Rival: before, Happened: happened, Customers: []string{"c", "a", "b", "d"}})
	near(t, "gain", same.Value, once.Value, 1e-12)
	near(t, "standard error", same.StandardError, once.StandardError, 1e-12)
	twice := judge.LogLossGain(judge.Set{
		Scores: append(after, after...), Rival: append(before, before...), Happened: append(happened, happened...),
		Customers: []string{"a", "b", "c", "d", "a", "b", "c", "d"},
	})
	near(t, "gain of the same customers twice", twice.Value, once.Value, 1e-12)
	near(t, "standard error of the same customers twice", twice.StandardError, once.StandardError, 1e-12)
	if none := judge.LogLossGain(judge.Set{}); none.Better() || none.Probable() || none.Worse() {
		t.Errorf("nobody judged: got %+v, want no answer", none)
	}
}

func TestGainInDoubt(t *testing.T) {
	for _, row := range []struct {
		why             string
		gain            judge.Gain
		probable, worse bool
		surelyWorse     bool
	}{
		{"above its error", judge.Gain{Value: .003, StandardError: .002}, true, false, false},
		{"within its error", judge.Gain{Value: .001, StandardError: .002}, false, false, false},
		{"too small to be seen", judge.Gain{Value: 5e-5, StandardError: 1e-5}, false, false, false},
		{"a loss within its error", judge.Gain{Value: -.001, StandardError: .002}, false, false, false},
		{"a loss beyond its error", judge.Gain{Value: -.003, StandardError: .002}, false, true, false},
		{"a loss beyond two errors", judge.Gain{Value: -.005, StandardError: .002}, false, true, true},
		{"nothing", judge.Gain{}, false, false, false},
	} {
		if row.gain.Probable() != row.probable || row.gain.Worse() != row.worse || row.gain.SurelyWorse() != row.surelyWorse {
			t.Errorf("%s: %+v probable %v, worse %v, surely %v", row.why, row.gain, row.gain.Probable(), row.gain.Worse(), row.gain.SurelyWorse())
		}
	}
}
