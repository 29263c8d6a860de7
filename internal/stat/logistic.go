package stat

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
