package judge

import (
	"cmp"
	"math"
	"slices"
)

// Amounts are forecasts of what customers bring: the probability that a
// customer brings anything, and the expected amount.
type Amounts struct{ Probability, Expected []float64 }

// AmountFigures say how good forecasts of amounts were.
type AmountFigures struct {
	// LogLoss is the mean of -ln of the probability of what happened: that a
	// customer brought something, or nothing. A probability is held within
	// [1e-6, 1 - 1e-6].
	LogLoss float64
	// RMSE is the root of the mean square error of the expected amount.
	RMSE float64
	// Gini is the Gini coefficient of the amounts that came, in the order of the
	// expected amounts: 0 by chance, the greater the better.
	Gini float64
}

// AmountGain is by how much one forecast is better than another: above 0 is
// better in each of the three. Low and High are the ends of the 95 % intervals.
type AmountGain struct {
	Before, After   AmountFigures
	Mean, Low, High AmountFigures
	Cases           int
}

// Better reports whether the forecast after is better in all three figures, by
// more than chance.
func (g *AmountGain) Better() bool {
	return g.Low.LogLoss > 0 && g.Low.RMSE > 0 && g.Low.Gini > 0
}

// amountDraws is the number of samples of customers that the intervals come from.
const amountDraws = 400

// GainedAmounts compares two forecasts of the amounts that came, each of at
// least 0. The intervals are percentiles over samples in which each case counts
// as often as a Poisson variable of mean 1 says. random gives numbers in [0, 1).
// A figure that the cases do not determine is NaN.
//
// Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
func GainedAmounts(before, after Amounts, came []float64, random func() float64) AmountGain {
	old, now := rankedAmounts(before, came), rankedAmounts(after, came)
	ones := make([]float64, len(came))
	for i := range ones {
		ones[i] = 1
	}
	g := AmountGain{Before: old.figures(ones), After: now.figures(ones), Cases: len(came)}
	g.Mean = g.Before.less(g.After)
	gains := make([][]float64, 3)
	weights := make([]float64, len(came))
	for range amountDraws {
		for i := range weights {
			weights[i] = poisson(random())
		}
		d := old.figures(weights).less(now.figures(weights))
		for k, x := range []float64{d.LogLoss, d.RMSE, d.Gini} {
			gains[k] = append(gains[k], x)
		}
	}
	for _, list := range gains {
		slices.Sort(list)
	}
	at := func(k int, q float64) float64 { return gains[k][int(q*(amountDraws-1))] }
	g.Low = AmountFigures{at(0, .025), at(1, .025), at(2, .025)}
	g.High = AmountFigures{at(0, .975), at(1, .975), at(2, .975)}
	return g
}

// Gini is AmountFigures.Gini of forecasts.
func Gini(forecast, came []float64) float64 {
	ones := make([]float64, len(came))
	for i := range ones {
		ones[i] = 1
	}
	return rankedAmounts(Amounts{Probability: ones, Expected: forecast}, came).figures(ones).Gini
}

// less is by how much the other figures are better.
func (f AmountFigures) less(g AmountFigures) AmountFigures {
	return AmountFigures{f.LogLoss - g.LogLoss, f.RMSE - g.RMSE, g.Gini - f.Gini}
}

// poisson is the quantile of the Poisson distribution of mean 1.
func poisson(u float64) float64 {
	n, p := 0.0, 1/math.E
	for sum := p; u >= sum && n < 20; sum += p {
		n++
		p /= n
	}
	return n
}

// amountsInOrder are the cases of a forecast from the greatest expected amount
// down.
type amountsInOrder struct {
	came, loss, square []float64 // by case
	order              []int
	tied               []bool // whether a place of the order has the expected amount of the place before
}

func rankedAmounts(f Amounts, came []float64) *amountsInOrder {
	sameLength("amounts that came", len(came), len(f.Expected))
	sameLength("probabilities", len(f.Probability), len(f.Expected))
	a := &amountsInOrder{came: came}
	for i, y := range came {
		p := f.Probability[i]
		if y <= 0 {
			p = 1 - p
		}
		a.loss = append(a.loss, -math.Log(min(max(p, 1e-6), 1-1e-6)))
		off := f.Expected[i] - y
		a.square = append(a.square, off*off)
		a.order = append(a.order, i)
	}
	slices.SortFunc(a.order, func(i, j int) int {
		return cmp.Or(cmp.Compare(f.Expected[j], f.Expected[i]), cmp.Compare(i, j))
	})
	for k, i := range a.order {
		a.tied = append(a.tied, k > 0 && f.Expected[i] == f.Expected[a.order[k-1]])
	}
	return a
}

// figures are the figures of weighted cases. Cases of one expected amount share
// their places.
func (a *amountsInOrder) figures(weights []float64) AmountFigures {
	var n, loss, square, amount, area, tiedCases, tiedAmount float64
	flush := func() {
		area += float64(tiedCases * (amount + tiedAmount/2))
		n, amount = n+tiedCases, amount+tiedAmount
		tiedCases, tiedAmount = 0, 0
	}
	for k, i := range a.order {
		if !a.tied[k] {
			flush()
		}
		w := weights[i]
		tiedCases += w
		tiedAmount += float64(w * a.came[i])
		loss += float64(w * a.loss[i])
		square += float64(w * a.square[i])
	}
	flush()
	return AmountFigures{loss / n, math.Sqrt(square / n), 2*area/(n*amount) - 1}
}
