package judge

import "math"

// nearest is the least distance of a forecast from certainty, and of a count
// from zero, in a logarithm.
const nearest = 1e-6

// Brier is the mean square of the forecast probabilities less what happened (1
// or 0): 0 to 1, the smaller the better. A forecast that is always the rate p
// has p (1-p).
func Brier(forecasts []float64, happened []bool) float64 {
	sameLength("outcomes", len(happened), len(forecasts))
	var sum float64
	for i, p := range forecasts {
		d := p - indicator(happened[i])
		sum += float64(d * d)
	}
	return sum / float64(len(forecasts))
}

// LogLoss is the mean of -ln of the probability that was forecast for what
// happened: 0 to 13.8, the smaller the better. A forecast that is always .5 has
// .693.
func LogLoss(forecasts []float64, happened []bool) float64 {
	sameLength("outcomes", len(happened), len(forecasts))
	var sum float64
	for i, p := range forecasts {
		sum -= logLikelihood(logit(p), happened[i])
	}
	return sum / float64(len(forecasts))
}

// logit is ln(p/(1-p)), with p kept off 0 and 1 by nearest.
func logit(p float64) float64 {
	p = min(1-nearest, max(nearest, p))
	return math.Log(p) - math.Log1p(-p)
}

// logLikelihood is ln of the probability of what happened, given the log-odds
// that it happens.
func logLikelihood(odds float64, happened bool) float64 {
	if happened {
		odds = -odds
	}
	return -max(0, odds) - math.Log1p(math.Exp(-math.Abs(odds)))
}

func indicator(happened bool) float64 {
	if happened {
		return 1
	}
	return 0
}
