package judge_test

import (
	"math/rand/v2"
	"testing"

	"tidemark/internal/judge"
)

// Ten thousand customers, whose forecasts are true.
func customers() (forecasts []float64, happened []bool) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 10000 {
		p := random.Float64()
		forecasts = append(forecasts, p)
		happened = append(happened, random.Float64() < p)
	}
	return forecasts, happened
}

func BenchmarkAUC(b *testing.B) {
	forecasts, happened := customers()
	for b.Loop() {
		judge.AUC(judge.Set{Scores: forecasts, Happened: happened})
	}
}

func BenchmarkCalibrationLine(b *testing.B) {
	forecasts, happened := customers()
	for b.Loop() {
		judge.CalibrationLine(forecasts, happened)
	}
}

func BenchmarkCalibrationErrorByChance(b *testing.B) {
	forecasts, _ := customers()
	for b.Loop() {
		judge.CalibrationErrorByChance(forecasts, 10, 1000, .95, rand.New(rand.NewPCG(1, 1)).Float64)
	}
}
