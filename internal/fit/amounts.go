package fit

import (
	"context"
	"errors"
	"fmt"
	"math"

	"tidemark/internal/stat"
)

// Amount is a case of a regression of amounts: its numbers, and what came.
type Amount struct {
	X []float64
	// Came is above 0.
	Came float64
}

// Amounts fits the logarithm of the expected amount by a gamma regression with a log link: its quasi-likelihood is that of amounts whose
// standard deviation is a constant share of their mean, whatever the share, so few large accounts do not outweigh all others. The penalty of
// the coefficients, the bounds, the standardized columns, the warnings and the errors are those of Logit; no columns separate amounts.
// The log-likelihood is that of the shape 1, without the penalty, and so are the standard errors: for amounts whose standard deviation is s
// times their mean, multiply the errors by s. Further errors: an amount that is not above 0 and finite.
//
// Source: McCullagh & Nelder, Generalized Linear Models, 1989, chapter 8.
func Amounts(ctx context.Context, cases []Amount, columns []Column, ridge float64, o Options) (Result[stat.LogLinear], error) {
	rows := make([]Row, len(cases))
	for i, c := range cases {
		if !(c.Came > 0) || math.IsInf(c.Came, 1) {
			return Result[stat.LogLinear]{}, fmt.Errorf("case %d: amount %v, want a number above 0", i, c.Came)
		}
		rows[i] = Row{X: c.X, Cases: 1, Happened: c.Came}
	}
	r, err := standardized(rows, columns, ridge, o)
	if err != nil {
		return Result[stat.LogLinear]{}, err
	}
	if math.IsInf(r.happened, 1) {
		return Result[stat.LogLinear]{}, errors.New("the amounts add up to infinity")
	}
	r.distribution = gamma
	s, err := r.climb(ctx)
	if err != nil {
		return Result[stat.LogLinear]{}, err
	}
	of := r.result(s, columns)
	return Result[stat.LogLinear]{
		Model: stat.LogLinear(of.Model), Estimates: of.Estimates, LogLikelihood: of.LogLikelihood, Customers: of.Customers, Groups: of.Groups,
		Iterations: of.Iterations, Evaluations: of.Evaluations, Converged: of.Converged, Warnings: of.Warnings,
	}, nil
}

// gamma is the gamma distribution of the shape 1 with the mean e^sum.
var gamma = distribution{
	at: func(row Row, sum float64) slope {
		share := row.Happened * math.Exp(-sum)
		return slope{value: -float64(row.Cases*sum) - share, by: share - row.Cases, two: share}
	},
	start: func(cases, came float64) float64 { return math.Log(came / cases) },
}
