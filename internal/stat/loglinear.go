package stat

import "math"

// LogLinear is a model of an amount: the logarithm of its expectation is a
// weighted sum of numbers. Package fit finds the weights.
type LogLinear struct {
	Intercept    float64
	Coefficients []float64
}

// Mean is the expected amount, at as many numbers as there are coefficients.
func (m LogLinear) Mean(x []float64) float64 {
	return math.Exp(Logistic(m).LogOdds(x))
}
