package fit

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// hill is a log-likelihood as a function of y, the logarithms of the parameters in their units.
type hill struct {
	dim       int
	customers int
	height    func(y []float64) partial // the value and the gradient at y
	progress  func(iteration int, logLikelihood float64)

	evaluations int
}

// wall bounds |y|. It allows parameters from 1.5e-8 to 6.6e7 units. Beyond the wall the
// log-likelihood is level, so that a parameter that goes to infinity comes to rest.
const wall = 18.

// peak is the point where a climb ended.
type peak struct {
	y          []float64
	value      float64
	covariance *mat.SymDense // of y; nil if the Hessian is not that of a maximum
	converged  bool
	iterations int
}

func (h *hill) at(y []float64) partial {
	h.evaluations++
	inside := make([]float64, len(y))
	for i, v := range y {
		inside[i] = min(wall, max(-wall, v))
	}
	p := h.height(inside)
	for i, v := range y {
		if v != inside[i] {
			p.by[i] = 0
		}
	}
	return p
}

// best is the point with the highest value.
func (h *hill) best(points []point) point {
	if len(points) == 1 {
		return points[0]
	}
	best, top := points[0], math.Inf(-1)
	for _, y := range points {
		if value := h.at(y).value; value > top {
			best, top = y, value
		}
	}
	return best
}

// climb maximizes from a start by BFGS, and takes the last steps by Newton's method. It returns the
// error of ctx.
func (h *hill) climb(ctx context.Context, start []float64) (peak, error) {
	n := -float64(h.customers)
	var last []float64 // the last y whose value and gradient were computed
	var here partial
	at := func(y []float64) partial {
		if !slices.Equal(y, last) {
			last, here = slices.Clone(y), h.at(y)
		}
		return here
	}
	problem := optimize.Problem{
		Func: func(y []float64) float64 { return at(y).value / n },
		Grad: func(by, y []float64) {
			p := at(y)
			for i := range by {
				by[i] = p.by[i] / n
			}
		},
		Status: func() (optimize.Status, error) {
			if err := ctx.Err(); err != nil {
				return optimize.Failure, err
			}
			return optimize.NotTerminated, nil
		},
	}
	recorder := recorder(func(iteration int, f float64) { h.progress(iteration, f*n) })
	result, err := optimize.Minimize(problem, start, &optimize.Settings{
		GradientThreshold: 1e-6,
		MajorIterations:   500,
		Converger:         &optimize.FunctionConverge{Relative: 1e-10, Iterations: 10},
		Recorder:          recorder,
	}, &optimize.BFGS{})
	if ctx.Err() != nil {
		return peak{}, ctx.Err()
	}
	// If a line search finds no better point, it has met rounding or the wall. Newton's method
	// decides which of the two.
	best, iterations := start, 0
	if result != nil && (err == nil || !math.IsNaN(result.F)) && len(result.X) == h.dim {
		best, iterations = result.X, result.MajorIterations
	}
	p, err := h.newton(ctx, best)
	p.iterations += iterations
	return p, err
}

// recorder reports the iterations of gonum.
type recorder func(iteration int, f float64)

func (recorder) Init() error { return nil }

func (r recorder) Record(at *optimize.Location, op optimize.Operation, stats *optimize.Stats) error {
	if op == optimize.MajorIteration {
		r(stats.MajorIterations, at.F)
	}
	return nil
}

// newton maximizes by Newton's method. It ends if what is left to gain is nothing against what one
// customer tells. It gives up if the Hessian is not that of a maximum, or if no step goes up. It
// returns the error of ctx.
func (h *hill) newton(ctx context.Context, start []float64) (peak, error) {
	const enough = 1e-7 // of log-likelihood; after the step that gains it, about its square is left to gain
	p := peak{y: slices.Clone(start)}
	for i, v := range p.y {
		p.y[i] = min(wall, max(-wall, v))
	}
	here := h.at(p.y)
	p.value = here.value
	for ; p.iterations < 50; p.iterations++ {
		cholesky, ok := h.curvature(p.y)
		if ctx.Err() != nil {
			return peak{}, ctx.Err()
		}
		h.progress(p.iterations, p.value)
		if !ok {
			return p, nil
		}
		step := mat.NewVecDense(h.dim, nil)
		slope := mat.NewVecDense(h.dim, slices.Clone(here.by[:h.dim]))
		if err := cholesky.SolveVecTo(step, slope); err != nil {
			return p, nil //nolint:nilerr // nearly singular: there is no direction to trust
		}
		next, there, ok := h.uphill(p.y, here, step)
		if ctx.Err() != nil {
			return peak{}, ctx.Err()
		}
		if !ok {
			return p, nil
		}
		p.y, p.value, here = next, there.value, there
		if mat.Dot(step, slope)/2 <= enough {
			var inverse mat.SymDense
			if err := cholesky.InverseTo(&inverse); err == nil {
				p.covariance, p.converged = &inverse, true
			}
			return p, nil
		}
	}
	return p, nil
}

// uphill shortens a step until it goes up. No parameter changes by more than a factor of e.
func (h *hill) uphill(from []float64, here partial, step *mat.VecDense) (next []float64, there partial, ok bool) {
	share := min(1, 1/mat.Norm(step, math.Inf(1)))
	rounding := 1e-13 * math.Abs(here.value)
	for range 20 {
		next = slices.Clone(from)
		for i := range next {
			next[i] += float64(share * step.AtVec(i))
		}
		if there = h.at(next); there.value >= here.value-rounding {
			return next, there, true
		}
		share /= 2
	}
	return from, here, false
}

// curvature is the Hessian of the negative log-likelihood, by differences of the gradient, and
// factorized. It is false if the Hessian is not positive definite.
func (h *hill) curvature(y []float64) (*mat.Cholesky, bool) {
	const d = 1e-4
	hessian := mat.NewSymDense(h.dim, nil)
	rows := make([][most]float64, h.dim)
	for i := range y {
		beside := slices.Clone(y)
		beside[i] = y[i] + d
		up := h.at(beside)
		beside[i] = y[i] - d
		down := h.at(beside)
		for j := range y {
			rows[i][j] = (down.by[j] - up.by[j]) / (2 * d)
		}
	}
	for i := range y {
		for j := range i + 1 {
			hessian.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	var cholesky mat.Cholesky
	ok := cholesky.Factorize(hessian)
	return &cholesky, ok
}
