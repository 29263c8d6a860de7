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
		got       judge.Estimate
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
