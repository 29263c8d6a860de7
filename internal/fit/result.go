package fit

import (
	"fmt"
	"strings"

	"tidemark/internal/stat"
)

// Options of a fit; the zero value is good.
type Options struct {
	// Workers is how many goroutines add up; 0 is one per processor. The result
	// does not depend on it.
	Workers int
	// Progress, if set, is called from the fit's goroutine at each iteration.
	Progress func(Step)
}

// Step is where a fit is.
type Step struct {
	Start         int // which of the starts, from 1 on
	Iteration     int // of that start
	LogLikelihood float64
	Customers     int // that it was added up over; the starts are tried on a sample of many
}

// Result is a fitted model.
type Result[M any] struct {
	Model         M
	Estimates     []Estimate // of its parameters, in the model's order
	LogLikelihood float64    // natural logarithm, in the units that the histories have
	Customers     int
	Groups        int
	Iterations    int  // over all starts
	Evaluations   int  // of the likelihood of all customers, gradient included
	Converged     bool // the gradient is nothing and the Hessian that of a maximum
	Warnings      []Warning
}

// Estimate is a parameter under the name that the paper gives it. Its standard
// error comes from the Hessian; NaN where that is not the one of a maximum.
type Estimate struct {
	Name          string
	Value         float64
	StandardError float64
}

// Warning is what is wrong with a fit: one of the types below.
//
//sumtype:decl
type Warning interface {
	fmt.Stringer
	warning()
}

// NobodyLeaves says that a purchase model is no better than one in which nobody
// ever leaves: a goes to 0. That plain NBD is what the data support. The model
// returned beside it has its R and Alpha, and the smallest odds of leaving that it
// can have; take its P(alive) for nothing.
type NobodyLeaves struct{ NBD Result[stat.NBD] }

// LeavingUncertain says that a purchase model gains so little log-likelihood over
// the plain NBD that it may be chance: less than 3, which two parameters that
// explain nothing reach once in twenty times.
type LeavingUncertain struct {
	NBD  Result[stat.NBD]
	Gain float64
}

// AtBoundary says that a parameter runs away: it is beyond a ten-thousandth or ten
// thousand times its unit (for times and money: their mean). Towards infinity,
// customers do not differ in it; towards 0, they differ without end.
type AtBoundary struct {
	Name  string
	Value float64
}

// InfiniteMean says that q of Gamma-Gamma went to 1 and was kept above: spends
// differ so much that their mean is infinite. No expected spend can be trusted.
type InfiniteMean struct{ Q float64 }

// NotConverged says that no start led to a maximum.
type NotConverged struct{}

// NotPositiveDefinite says that the likelihood is flat or rising in some direction,
// as where two parameters do the same. There are no standard errors.
type NotPositiveDefinite struct{}

// Constant says that a column of a regression does not vary: its coefficient is 0.
type Constant struct{ Name string }

// Separated says that some threshold on the log-odds tells all outcomes apart, or
// those of some rows, so that the likelihood rises without end. Names are the
// coefficients that run away, if no ridge holds them.
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
