package stat

import "math"

// Logistic is a model of whether something happens: its log-odds are a weighted
// sum of numbers. Package fit finds the weights.
type Logistic struct {
	Intercept    float64
	Coefficients []float64
}

// LogOdds is ln(p/(1-p)) of the probability p, at as many numbers as there are
// coefficients.
func (m Logistic) LogOdds(x []float64) float64 {
	sum := m.Intercept
	for i, c := range m.Coefficients {
		sum += float64(c * x[i])
	}
	return sum
}

// Probability is the probability that it happens, in [0, 1].
func (m Logistic) Probability(x []float64) float64 {
	return expit(m.LogOdds(x))
}

// LogOdds is ln(p/(1-p)) of a probability, which is held within [1e-6, 1 - 1e-6].
func LogOdds(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}
