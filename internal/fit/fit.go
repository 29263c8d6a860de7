package fit

import (
	"context"
	"math"
)

// family is a family of models M of histories H, as far as a fit must know it.
type family[M any, H History[H]] struct {
	params []param
	model  func(p []float64) M
	// gradient returns the log-likelihood of h and sets by to its derivatives.
	gradient func(m M, h H, by *[most]float64) float64
	// gradients, if not nil, returns gradient for many histories of one model, which may cost less.
	gradients func(m M) func(h H, by *[most]float64) float64
}

// param is a parameter. Its value is low + unit e^y.
type param struct {
	name      string
	unit, low float64
}

// point is a place y: for each parameter the logarithm of its value above low, in its unit.
type point []float64

// of returns the values of the parameters at y.
func (f family[M, H]) of(y point) []float64 {
	p := make([]float64, len(y))
	for i, v := range y {
		p[i] = f.params[i].low + float64(f.params[i].unit*math.Exp(v))
	}
	return p
}

// hill returns the log-likelihood of the groups as a function of y.
func (f family[M, H]) hill(ctx context.Context, groups []Group[H], customers int, o Options, start *int) *hill {
	return &hill{
		dim:       len(f.params),
		customers: customers,
		height: func(y []float64) partial {
			p := f.of(y)
			m := f.model(p)
			each := func(h H, by *[most]float64) float64 { return f.gradient(m, h, by) }
			if f.gradients != nil {
				each = f.gradients(m)
			}
			s := sum(ctx, groups, o.Workers, each)
			for i := range p {
				s.by[i] *= p[i] - f.params[i].low
			}
			return s
		},
		progress: func(iteration int, logLikelihood float64) {
			if o.Progress != nil {
				o.Progress(Step{*start, iteration, logLikelihood, customers})
			}
		},
	}
}

// sampled is the size of the sample, in customers, that the starts are tried on. It is used if
// there are more groups than that.
const sampled = 8192

// fit maximizes the log-likelihood. Each start is a set of points. fit climbs from the best point
// of each set and keeps the highest maximum. If there are many groups, it climbs on a sample and
// continues on all groups from the maximum of the sample. If that does not converge, it climbs on
// all groups from every start.
func (f family[M, H]) fit(ctx context.Context, groups []Group[H], starts [][]point, o Options) (Result[M], error) {
	n, err := count(groups)
	if err != nil {
		return Result[M]{}, err
	}
	var start, iterations int
	full := f.hill(ctx, groups, n, o, &start)
	highest := func(h *hill) (peak, error) {
		best := peak{value: math.Inf(-1)}
		for i, points := range starts {
			start = i + 1
			p, err := h.climb(ctx, h.best(points))
			if err != nil {
				return peak{}, err
			}
			iterations += p.iterations
			// Of two equal values, the one that converged is kept.
			gain := p.value - best.value
			if gain > 1e-6 || gain > -1e-6 && p.converged && !best.converged {
				best = p
			}
		}
		return best, nil
	}
	var best peak
	if sample := thinned(groups, n, sampled); len(sample) < len(groups) {
		p, err := highest(f.hill(ctx, sample, sampled, o, &start))
		if err != nil {
			return Result[M]{}, err
		}
		if best, err = full.newton(ctx, p.y); err != nil {
			return Result[M]{}, err
		}
		iterations += best.iterations
	}
	if !best.converged {
		if best, err = highest(full); err != nil {
			return Result[M]{}, err
		}
	}
	result := f.result(best)
	result.Customers, result.Groups = n, len(groups)
	result.Iterations, result.Evaluations = iterations, full.evaluations
	return result, nil
}

// result turns a maximum into the estimates and warnings of the model.
func (f family[M, H]) result(best peak) Result[M] {
	p := f.of(best.y)
	r := Result[M]{Model: f.model(p), LogLikelihood: best.value, Converged: best.converged}
	const far = 9.210340371976184 // ln 10,000
	for i, param := range f.params {
		e := Estimate{Name: param.name, Value: p[i], StandardError: math.NaN()}
		if best.covariance != nil {
			e.StandardError = math.Sqrt(best.covariance.At(i, i)) * (p[i] - param.low)
		}
		r.Estimates = append(r.Estimates, e)
		if math.Abs(best.y[i]) > far {
			r.Warnings = append(r.Warnings, AtBoundary{param.name, p[i]})
		}
	}
	if best.covariance == nil {
		r.Warnings = append(r.Warnings, NotPositiveDefinite{})
	}
	if !best.converged {
		r.Warnings = append(r.Warnings, NotConverged{})
	}
	return r
}
