package fit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"tidemark/internal/stat"
)

// Row is the cases with equal numbers, and how many of these had the outcome. Both counts may be
// sums of weights.
type Row struct {
	X               []float64
	Cases, Happened float64
}

// Column names one of the numbers of a row and says what is known of its coefficient.
type Column struct {
	Name        string
	NonNegative bool // a larger number never makes the outcome less likely; negate a column that can only lower the odds
	Offset      bool // the numbers are log-odds that are known: the coefficient is 1, and nothing is fitted
	// Prior is the coefficient that the ridge draws towards: what is known of the coefficient before the rows.
	Prior float64
	// Ridge is how many times as strong as usual the ridge is for the column; 0 is once.
	Ridge float64
}

// ErrOneOutcome says that all cases had the outcome, or none.
var ErrOneOutcome = errors.New("only one outcome occurs")

// Logit fits the log-odds of the outcome by maximum likelihood, less a penalty: ridge/2 times the
// sum of squares of the coefficients, less their priors, per standard deviation of the columns. A
// ridge is the prior that these differences are Normal(0, 1/ridge); a column may take a multiple of
// it. The intercept has no penalty. Columns can be held to coefficients of 0 or more.
//
// The model is in the units of the columns. Its first Estimate is the intercept. A coefficient that
// is held at 0 has no standard error, and the other standard errors take it for certain.
// LogLikelihood is without the penalty. Customers is the number of cases, rounded, and Groups the
// number of rows.
//
// A column that does not vary has the coefficient 0, and Constant is among the warnings. Without a
// ridge, coefficients of columns that separate the outcomes go to infinity (Separated). Without a
// ridge, the coefficients of collinear columns are not determined (NotPositiveDefinite).
//
// Errors: ErrNoCustomers, ErrOneOutcome, the error of ctx, a row whose length differs from the
// number of columns, cases below 0 or fewer than outcomes, and numbers that are not finite.
//
// Source: Newton's method, as in McCullagh & Nelder, Generalized Linear Models, 1989. Each step
// keeps the bounds by the active sets of Lawson & Hanson, Solving Least Squares Problems, 1974.
// Half a million rows of 20 columns take 1.5 seconds of processor time.
func Logit(ctx context.Context, rows []Row, columns []Column, ridge float64, o Options) (Result[stat.Logistic], error) {
	r, err := newRegression(rows, columns, ridge, o)
	if err != nil {
		return Result[stat.Logistic]{}, err
	}
	s, err := r.climb(ctx)
	if err != nil {
		return Result[stat.Logistic]{}, err
	}
	return r.result(s, columns), nil
}

// newRegression checks the rows and standardizes the columns.
func newRegression(rows []Row, columns []Column, ridge float64, o Options) (*regression, error) {
	for i, row := range rows {
		if !(row.Happened <= row.Cases) {
			return nil, fmt.Errorf("row %d: happened in %v of %v cases, want 0 <= happened <= cases", i, row.Happened, row.Cases)
		}
	}
	r, err := standardized(rows, columns, ridge, o)
	if err == nil && (r.happened == 0 || r.happened == r.cases) {
		return nil, ErrOneOutcome
	}
	return r, err
}

// standardized is the regression of a logit over rows that are checked and columns that are standardized.
func standardized(rows []Row, columns []Column, ridge float64, o Options) (*regression, error) {
	if !(ridge >= 0) || math.IsInf(ridge, 1) {
		return nil, fmt.Errorf("ridge %v, want a number from 0 on", ridge)
	}
	r := &regression{rows: rows, options: o, distribution: bernoulli}
	mean := make([]float64, len(columns))
	low, high := make([]float64, len(columns)), make([]float64, len(columns))
	for k := range columns {
		low[k], high[k] = math.Inf(1), math.Inf(-1)
	}
	for i, row := range rows {
		if err := row.check(columns); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		if row.Cases == 0 {
			continue
		}
		r.cases += row.Cases
		r.happened += row.Happened
		for k, x := range row.X {
			mean[k] += float64((row.Cases / r.cases) * (x - mean[k]))
			low[k], high[k] = min(low[k], x), max(high[k], x)
		}
	}
	switch {
	case r.cases == 0:
		return nil, ErrNoCustomers
	case math.IsInf(r.cases, 1):
		return nil, errors.New("the cases add up to infinity")
	}
	variance := make([]float64, len(columns))
	for _, row := range rows {
		for k, x := range row.X {
			d := x - mean[k]
			variance[k] += float64(row.Cases / r.cases * d * d)
		}
	}
	for k, c := range columns {
		if c.Offset {
			r.offsets = append(r.offsets, k)
			continue
		}
		if err := c.check(); err != nil {
			return nil, err
		}
		if low[k] == high[k] {
			continue
		}
		deviation := math.Sqrt(variance[k])
		if deviation == 0 || math.IsInf(1/deviation, 0) || !(deviation <= math.MaxFloat64) {
			return nil, fmt.Errorf("column %s: %g to %g is too narrow or too wide to work with", c.Name, low[k], high[k])
		}
		r.terms = append(r.terms, term{
			column: k, mean: mean[k], deviation: deviation, nonNegative: c.NonNegative,
			prior: c.Prior * deviation, ridge: ridge * cmp.Or(c.Ridge, 1),
		})
	}
	return r, nil
}

func (c Column) check() error {
	if !(c.Ridge >= 0 && c.Ridge <= math.MaxFloat64 && math.Abs(c.Prior) <= math.MaxFloat64) {
		return fmt.Errorf("column %s: prior %v and %v times the ridge, want numbers, the second from 0 on", c.Name, c.Prior, c.Ridge)
	}
	return nil
}

func (r Row) check(columns []Column) error {
	if len(r.X) != len(columns) {
		return fmt.Errorf("%d numbers, want %d", len(r.X), len(columns))
	}
	if !(r.Happened >= 0 && r.Happened <= math.MaxFloat64 && r.Cases >= 0 && r.Cases <= math.MaxFloat64) {
		return fmt.Errorf("happened in %v of %v cases, want 0 <= happened <= cases", r.Happened, r.Cases)
	}
	for k, x := range r.X {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("column %s is %v, want a number", columns[k].Name, x)
		}
	}
	return nil
}

// result turns a maximum into estimates in the units of the columns.
func (r *regression) result(s summit, columns []Column) Result[stat.Logistic] {
	model := stat.Logistic{Intercept: s.b[0], Coefficients: make([]float64, len(columns))}
	estimates := []Estimate{{Name: "intercept"}}
	var warnings []Warning
	for _, c := range columns {
		estimates = append(estimates, Estimate{Name: c.Name, StandardError: math.NaN()})
	}
	varies := make([]bool, len(columns))
	atMean := make([]float64, len(s.b)) // the intercept is the sum of b times these
	atMean[0] = 1
	for j, t := range r.terms {
		varies[t.column] = true
		e := &estimates[t.column+1]
		e.Value = s.b[j+1] / t.deviation
		e.StandardError = s.error(j+1) / t.deviation
		model.Coefficients[t.column] = e.Value
		model.Intercept -= float64(e.Value * t.mean)
		atMean[j+1] = -t.mean / t.deviation
	}
	estimates[0].Value, estimates[0].StandardError = model.Intercept, math.NaN()
	if s.covariance != nil {
		c := mat.NewVecDense(len(atMean), atMean)
		estimates[0].StandardError = math.Sqrt(mat.Inner(c, s.covariance, c))
	}
	for _, k := range r.offsets {
		varies[k], estimates[k+1].Value, model.Coefficients[k] = true, 1, 1
	}
	for k, c := range columns {
		if !varies[k] {
			warnings = append(warnings, Constant{c.Name})
		}
	}
	if separated := r.separated(s, estimates); separated != nil && r.distribution.binary {
		warnings = append(warnings, *separated)
	} else {
		if s.covariance == nil {
			warnings = append(warnings, NotPositiveDefinite{})
		}
		if !s.converged {
			warnings = append(warnings, NotConverged{})
		}
	}
	var penalty float64
	for j, t := range r.terms {
		penalty += float64(t.ridge / 2 * (s.b[j+1] - t.prior) * (s.b[j+1] - t.prior))
	}
	return Result[stat.Logistic]{
		Model: model, Estimates: estimates, LogLikelihood: s.value + penalty,
		Customers: int(math.Round(r.cases)), Groups: len(r.rows),
		Iterations: s.iterations, Evaluations: r.evaluations, Converged: s.converged, Warnings: warnings,
	}
}

// separated returns the warning that coefficients go to infinity, or would without the ridge. It
// returns nil if none does.
func (r *regression) separated(s summit, estimates []Estimate) *Separated {
	if norm := floats.Norm(s.last, 2); norm > resting {
		var names []string
		for j, d := range s.last {
			if math.Abs(d) > norm/10 {
				name := estimates[0].Name
				if j > 0 {
					name = estimates[r.terms[j-1].column+1].Name
				}
				names = append(names, name)
			}
		}
		return &Separated{names}
	}
	lowest, highest := math.Inf(1), math.Inf(-1)
	z := make([]float64, len(s.b))
	for _, row := range r.rows {
		odds := r.odds(s.b, row.X, z)
		if row.Happened > 0 {
			lowest = min(lowest, odds)
		}
		if row.Happened < row.Cases {
			highest = max(highest, odds)
		}
	}
	if lowest > highest {
		return &Separated{}
	}
	return nil
}
