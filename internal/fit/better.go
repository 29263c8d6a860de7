package fit

import (
	"math"
	"slices"
)

// Gain is how much better one forecast is than another, by customers whom neither was fitted to: the mean difference of their log losses,
// and its standard error.
type Gain struct{ Mean, StandardError float64 }

// Gained compares two forecasts of whether something happens, given with what happened.
func Gained(before, after []float64, happened []bool) Gain {
	n := float64(len(happened))
	var sum, squares float64
	for i, yes := range happened {
		d := logLoss(before[i], yes) - logLoss(after[i], yes)
		sum += d
		squares += float64(d * d)
	}
	mean := sum / n
	return Gain{mean, math.Sqrt(max(0, squares/n-float64(mean*mean)) / n)}
}

// logLoss is -ln of the probability of what happened. A probability is held within [1e-6, 1 - 1e-6].
func logLoss(p float64, happened bool) float64 {
	if !happened {
		p = 1 - p
	}
	return -math.Log(min(max(p, 1e-6), 1-1e-6))
}

// leastGain is the gain of log loss from which on a forecast is worth another model: nobody sees that a probability of .5 has become .50005.
const leastGain = 1e-4

// Better reports whether the gain is worth anything, and above 0 by more than chance: by two standard errors.
func (g Gain) Better() bool { return g.Mean >= leastGain && g.Mean > 2*g.StandardError }

// Probable reports whether the gain is worth anything, and above 0 by more than one standard error: it is real five times of six. That is
// enough where a wrong answer costs little, as between two forecasts that hardly differ.
func (g Gain) Probable() bool { return g.Mean >= leastGain && g.Mean > g.StandardError }

// Worse reports whether the gain is below 0 by more than one standard error.
func (g Gain) Worse() bool { return g.Mean < -g.StandardError }

// GainedByCustomer is Gained where a customer may be judged several times: the standard error takes a customer as one case. customers holds
// the number of each case's customer, from 0 on.
func GainedByCustomer(before, after []float64, happened []bool, customers []int) Gain {
	if len(happened) == 0 {
		return Gain{}
	}
	n := float64(len(happened))
	by, cases := make([]float64, slices.Max(customers)+1), make([]float64, slices.Max(customers)+1)
	var sum float64
	for i, yes := range happened {
		d := logLoss(before[i], yes) - logLoss(after[i], yes)
		by[customers[i]] += d
		cases[customers[i]]++
		sum += d
	}
	mean, squares := sum/n, 0.
	for c, d := range by {
		off := d - float64(mean*cases[c])
		squares += float64(off * off)
	}
	return Gain{mean, math.Sqrt(squares) / n}
}
