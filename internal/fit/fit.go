package fit

import (
	"context"
	"math"
)

// family is what a fit has to know of the models M of histories H.
type family[M any, H History[H]] struct {
	params []param
	model  func(p []float64) M
	// gradient is the log-likelihood of h, and its derivatives.
	gradient func(m M, h H, by *[most]float64) float64
}

// param is low + unit e^y.
type param struct {
	name      string
	unit, low float64
}

// point is a y: the logarithm of each parameter in its unit.
type point []float64

// of is the parameters at y.
func (f family[M, H]) of(y point) []float64 {
	p := make([]float64, len(y))
	for i, v := range y {
		p[i] = f.params[i].low + float64(f.params[i].unit*math.Exp(v))
	}
	return p
}

// hill is the log-likelihood of the groups.
func (f family[M, H]) hill(ctx context.Context, groups []Group[H], customers int, o Options, start *int) *hill {
	return &hill{
		dim:       len(f.params),
		customers: customers,
		height: func(y []float64) partial {
			p := f.of(y)
			m := f.model(p)
			s := sum(ctx, groups, o.Workers, func(h H, by *[most]float64) float64 { return f.gradient(m, h, by) })
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

// sampled is how many customers the starts are tried on, where there are more
// groups than that.
const sampled = 8192

// fit climbs from every start, the best of some points given as y, and keeps the
// highest peak. Of many groups it climbs a sample, and goes on from its peak; only
// if that fails the starts are tried on all.
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
			// Peaks of one height are told apart by whether they are peaks.
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

// result puts a peak in the words of the model.
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
