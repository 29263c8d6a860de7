package clv

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/stat"
)

// Learnt is a value learnt from what customers brought: a regression in two parts over the forecast of the models and over what the models
// leave out. Whether gives the log-odds that a customer brings money within the horizon. Amount gives the logarithm of how much, given that
// the customer brings any. Between two changes of the facts the value never rises in silence: no term that falls in silence has a negative
// weight, in either part.
//
// Source of the two parts: Duan, Manning, Morris & Newhouse, A Comparison of Alternative Models for the Demand for Medical Care, Journal of
// Business & Economic Statistics 1(2), 1983.
type Learnt struct {
	// Version is the version of the model whose fit wrote the regression. A later model may have inherited the regression.
	Version string
	// HorizonDays is the horizon that the regression was fitted to. It is the horizon of the Model.
	HorizonDays int
	// Leads says that the value is the predicted value of the scorecard.
	Leads           bool
	Whether, Amount Part
	// Ranges hold each term at its edge outside the values that its weights were fitted to.
	Ranges [terms]Range
	// Means are the terms of the mean customer of the fit. A value is explained against this customer.
	Means Values
}

// Part is one of the two regressions: its intercept, and its weights per unit of a term.
type Part struct {
	Intercept float64
	Weights   [terms]float64
}

// Range holds the values of a term that its weights were fitted to.
type Range = stat.Range

const (
	// maxWeight bounds the intercepts and the weights. Beyond the bound a fit has gone wrong.
	maxWeight = 100
	// maxAmount bounds the logarithm of an amount: e^34 is 5.8e14 major units, and still counts in minor units.
	maxAmount = 34
)

// Check returns nil where l is valid, else an error that names everything that is wrong.
func (l *Learnt) Check() error {
	var errs []error
	if l.Version == "" {
		errs = append(errs, errors.New("version: must be given"))
	}
	for _, t := range Terms() {
		for name, p := range map[string]*Part{"whether": &l.Whether, "amount": &l.Amount} {
			if w := p.Weights[t]; !(math.Abs(w) <= maxWeight) || t.Falls() && w < 0 {
				errs = append(errs, fmt.Errorf("%s: weight %v of %s must lie within ±%d, and not be negative where silence lowers the term", name, w, t, maxWeight))
			}
		}
		if r := l.Ranges[t]; !r.Valid() {
			errs = append(errs, fmt.Errorf("range [%v, %v] of %s must be two numbers, the lower one first", r.Low, r.High, t))
		}
	}
	if !(math.Abs(l.Whether.Intercept) <= maxWeight) || !(math.Abs(l.Amount.Intercept) <= maxWeight) {
		errs = append(errs, fmt.Errorf("intercepts %v and %v must lie within ±%d", l.Whether.Intercept, l.Amount.Intercept, maxWeight))
	}
	return errors.Join(errs...)
}

// Value is what the regression says of one customer.
type Value struct {
	// Probability is the probability that the customer brings money within the horizon.
	Probability float64
	// Given is what the customer brings within the horizon, given that the customer brings any; in major units, not discounted.
	Given float64
}

// Spend is what the customer is expected to bring within the horizon, in major units, not discounted.
func (v Value) Spend() float64 { return v.Probability * v.Given }

// Of is the value of a customer with these terms. A term outside its range counts as the edge of the range. So does the forecast, and what the
// forecast lies beyond its range multiplies the amount: of an account that is larger than all others nobody knows by how much the models are off
// more than of the others, but the account is large.
func (l *Learnt) Of(v Values) Value { return l.Within(v, Shift{}) }

// Shift is by how much a span of time moves the log-odds of bringing money, and the logarithm of the amount, against the horizon.
type Shift struct{ Odds, Amount float64 }

// Within is Of for another span of time than the horizon: for the calendar days ahead, where there is a season.
func (l *Learnt) Within(v Values, by Shift) Value {
	beyond := v[Forecast]
	v = l.Hold(v)
	beyond -= v[Forecast]
	return Value{1 / (1 + math.Exp(-l.Whether.sum(&v)-by.Odds)), math.Exp(min(l.Amount.sum(&v)+beyond+by.Amount, maxAmount))}
}

// Hold holds each term within its range.
func (l *Learnt) Hold(v Values) Values {
	for t := range v {
		v[t] = l.Ranges[t].Hold(v[t])
	}
	return v
}

func (p *Part) sum(v *Values) float64 {
	sum := p.Intercept
	for t, w := range p.Weights {
		if w != 0 {
			sum += float64(w * v[t])
		}
	}
	return sum
}

// Weighs reports whether any of some terms has a weight in either part.
func (l *Learnt) Weighs(some ...Term) bool {
	for _, t := range some {
		if l.Whether.Weights[t] != 0 || l.Amount.Weights[t] != 0 {
			return true
		}
	}
	return false
}

// Held returns the terms with a weight that are held at an edge of their range: the customer lies outside what their weights were fitted to.
func (l *Learnt) Held(values Values) []Term {
	var held []Term
	for i, v := range values {
		if t := Term(i); l.Ranges[t].Hold(v) != v && l.Weighs(t) {
			held = append(held, t)
		}
	}
	return held
}
