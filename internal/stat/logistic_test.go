package stat

import (
	"math"
	"testing"
)

func TestLogistic(t *testing.T) {
	m := Logistic{Intercept: -1, Coefficients: []float64{.5, -2}}
	near(t, "log-odds", m.LogOdds([]float64{4, 1}), -1, 0)
	near(t, "probability", m.Probability([]float64{4, 1}), 1/(1+math.E), 1e-16)
	near(t, "probability of the intercept alone", Logistic{Intercept: 0}.Probability(nil), .5, 0)
	near(t, "probability far below", m.Probability([]float64{0, 400}), math.Exp(-801), 0)
}
