package fit

import (
	"fmt"
	"strings"

	"tidemark/internal/stat"
)

// Options control a fit. The zero value is good.
type Options struct {
	// Workers is the number of goroutines; 0 is one per processor. The result does not depend on
	// Workers.
	Workers int
	// Progress, if set, is called from the fit's goroutine at each iteration.
	Progress func(Step)
}

// Step is the progress of a fit.
type Step struct {
	Start         int // the number of the start, from 1
	Iteration     int // the iteration of that start
	LogLikelihood float64
	Customers     int // in the sum; of many customers, the starts are tried on a sample
}

// Result is a fitted model.
type Result[M any] struct {
	Model         M
	Estimates     []Estimate // of the parameters, in the model's order
	LogLikelihood float64    // natural logarithm, in the units of the histories
	Customers     int
	Groups        int
	Iterations    int  // over all starts
	Evaluations   int  // of the likelihood of all customers, gradient included
	Converged     bool // the gradient is 0 and the Hessian that of a maximum
	Warnings      []Warning
}

// Estimate is a parameter under the name that the paper gives it. The standard error comes from the
// Hessian. It is NaN if the Hessian is not that of a maximum.
type Estimate struct {
	Name          string
	Value         float64
	StandardError float64
}

// Warning is a defect of a fit: one of the types below.
//
//sumtype:decl
type Warning interface {
	fmt.Stringer
	warning()
}

// NobodyLeaves says that a purchase model is no better than a model in which no customer ever
// leaves: a goes to 0. The data support only the plain NBD, which is the field. The model of the
// result has R and Alpha of the NBD and the least odds of leaving that it can have. Its P(alive)
// tells nothing.
type NobodyLeaves struct{ NBD Result[stat.NBD] }

// LeavingUncertain says that a purchase model gains less than 3 of log-likelihood over the plain
// NBD. The gain may be chance: two parameters that explain nothing gain 3 once in twenty times.
type LeavingUncertain struct {
	NBD  Result[stat.NBD]
	Gain float64
}

// AtBoundary says that a parameter goes to a boundary: it is below a ten-thousandth of its unit or
// above ten thousand units. The unit of times is their mean, of money the geometric mean. Towards infinity,
// customers do not differ in the parameter. Towards 0, they differ without limit.
type AtBoundary struct {
	Name  string
	Value float64
}

// InfiniteMean says that the q of Gamma-Gamma went to 1 and was kept above. Spends differ so much
// that their mean is infinite. No expected spend can be trusted.
type InfiniteMean struct{ Q float64 }

// NotConverged says that no start led to a maximum.
type NotConverged struct{}

// NotPositiveDefinite says that the likelihood is flat or rising in some direction, as with two
// parameters that do the same. There are no standard errors.
type NotPositiveDefinite struct{}

// Constant says that a column of a regression does not vary: its coefficient is 0.
type Constant struct{ Name string }

// Separated says that a threshold on the log-odds separates the outcomes, of all rows or of some.
// Then the likelihood rises without limit. Names are the coefficients that go to infinity unless a
// ridge holds them.
type Separated struct{ Names []string }

func (NobodyLeaves) warning()        {}
func (LeavingUncertain) warning()    {}
func (AtBoundary) warning()          {}
func (InfiniteMean) warning()        {}
func (NotConverged) warning()        {}
func (NotPositiveDefinite) warning() {}
func (Constant) warning()            {}
func (Separated) warning()           {}

func (w NobodyLeaves) String() string {
	return fmt.Sprintf("nobody is seen to leave: the data support a plain NBD with r %.4g, alpha %.4g", w.NBD.Model.R, w.NBD.Model.Alpha)
}

func (w LeavingUncertain) String() string {
	return fmt.Sprintf("leaving may be chance: it gains %.3g of log-likelihood over a plain NBD", w.Gain)
}

func (w AtBoundary) String() string {
	return fmt.Sprintf("%s runs away: %.4g", w.Name, w.Value)
}

func (w InfiniteMean) String() string {
	return fmt.Sprintf("q = %.6g was kept above 1: the mean spend is infinite", w.Q)
}

func (NotConverged) String() string {
	return "no maximum was found"
}

func (NotPositiveDefinite) String() string {
	return "the likelihood is flat in some direction: there are no standard errors"
}

func (w Constant) String() string {
	return fmt.Sprintf("%s does not vary: it gets the coefficient 0", w.Name)
}

func (w Separated) String() string {
	if len(w.Names) == 0 {
		return "the outcomes are told apart without error: only the ridge keeps the coefficients finite"
	}
	return fmt.Sprintf("the outcomes are told apart without error: %s would run away to infinity", strings.Join(w.Names, ", "))
}
