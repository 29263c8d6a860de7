package fit

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// regression is the penalized log-likelihood as a function of b. b holds the intercept at the means
// of the columns, and the log-odds per standard deviation of each column.
type regression struct {
	rows            []Row
	terms           []term
	offsets         []int // the columns whose coefficient is 1
	options         Options
	distribution    distribution
	cases, happened float64 // sums over all rows

	evaluations int
}

// term is a column that varies.
type term struct {
	column          int
	mean, deviation float64
	nonNegative     bool
	prior, ridge    float64 // of b
}

// bend is a log-likelihood, its gradient, and its negative Hessian: the lower triangle, row by row.
type bend struct {
	value   float64
	by, two []float64
}

// odds is the log-odds of x. It sets z to 1 and the standardized x.
func (r *regression) odds(b, x, z []float64) float64 {
	z[0] = 1
	odds := b[0]
	for j, t := range r.terms {
		v := (x[t.column] - t.mean) / t.deviation
		z[j+1] = v
		odds += float64(b[j+1] * v)
	}
	for _, k := range r.offsets {
		odds += x[k]
	}
	return odds
}

// at is the bend at b. Once ctx is done, the result is meaningless.
func (r *regression) at(ctx context.Context, b []float64) bend {
	r.evaluations++
	dim := len(b)
	zero := func() bend { return bend{by: make([]float64, dim), two: make([]float64, dim*(dim+1)/2)} }
	chunks := inChunks(ctx, r.rows, r.options.Workers, func(rows []Row) bend {
		s, z := zero(), make([]float64, dim)
		for _, row := range rows {
			if row.Cases > 0 {
				s.add(r.distribution.at(row, r.odds(b, row.X, z)), z)
			}
		}
		return s
	})
	all := zero()
	if ctx.Err() != nil {
		return all
	}
	for _, s := range chunks {
		all.value += s.value
		floats.Add(all.by, s.by)
		floats.Add(all.two, s.two)
	}
	for j := 1; j < dim; j++ {
		t := r.terms[j-1]
		off := b[j] - t.prior
		all.value -= float64(t.ridge / 2 * off * off)
		all.by[j] -= float64(t.ridge * off)
		all.two[j*(j+1)/2+j] += t.ridge
	}
	return all
}

// slope is the log-likelihood of a row by its log-odds, or by whatever else is a weighted sum of the columns: the value, the first derivative,
// and the negative second derivative.
type slope struct{ value, by, two float64 }

// distribution is the distribution of the outcome given the weighted sum.
type distribution struct {
	at func(row Row, sum float64) slope
	// start is the weighted sum at which all rows together are most likely, if no column has a weight.
	start func(cases, happened float64) float64
	// binary says that a threshold on the sum may tell the outcomes apart without error.
	binary bool
}

var bernoulli = distribution{
	at: func(row Row, odds float64) slope {
		e := math.Exp(-math.Abs(odds))
		p := 1 / (1 + e)
		if odds < 0 {
			p = e / (1 + e)
		}
		return slope{
			// ln p and ln(1-p), each times its number of cases.
			value: float64(row.Happened*min(0, odds)) - float64((row.Cases-row.Happened)*max(0, odds)) - float64(row.Cases*math.Log1p(e)),
			by:    row.Happened - float64(row.Cases*p),
			two:   row.Cases * e / ((1 + e) * (1 + e)),
		}
	},
	start:  func(cases, happened float64) float64 { return math.Log(happened) - math.Log(cases-happened) },
	binary: true,
}

func (s *bend) add(of slope, z []float64) {
	s.value += of.value
	two := s.two
	for j, v := range z {
		s.by[j] += float64(of.by * v)
		weighted := of.two * v
		line := two[:j+1]
		two = two[j+1:]
		for k, w := range z[:j+1] {
			line[k] += float64(weighted * w)
		}
	}
}

// summit is the maximum within the bounds.
type summit struct {
	b          []float64
	value      float64       // with the penalty
	covariance *mat.SymDense // of b, 0 for a held b; nil if the likelihood is flat
	free       []bool        // which b are not held at 0
	last       []float64     // the last step, with nothing left to gain
	converged  bool
	iterations int
}

// resting is the length of a step, in standard deviations, up to which a climb with nothing left to
// gain has come to rest. On the way to infinity each step is about 1 long.
const resting = .05

// error is the standard error of b[j].
func (s summit) error(j int) float64 {
	if s.covariance == nil || !s.free[j] {
		return math.NaN()
	}
	return math.Sqrt(s.covariance.At(j, j))
}

// climb maximizes by Newton's method. Each step leads to the maximum, within the bounds, of the
// parabola at b. It returns the error of ctx.
func (r *regression) climb(ctx context.Context) (summit, error) {
	enough := 1e-9 * min(1, r.cases) // of log-likelihood; after the step that gains it, about its square is left to gain
	dim := len(r.terms) + 1
	bounded := make([]bool, dim)
	for j, t := range r.terms {
		bounded[j+1] = t.nonNegative
	}
	s := summit{b: make([]float64, dim)}
	s.b[0] = r.distribution.start(r.cases, r.happened)
	here := r.at(ctx, s.b)
	for ; s.iterations < 100; s.iterations++ {
		if ctx.Err() != nil {
			return summit{}, ctx.Err()
		}
		s.value = here.value
		if r.options.Progress != nil {
			r.options.Progress(Step{1, s.iterations, s.value, int(math.Round(r.cases))})
		}
		parabola, _ := here.parabola(s.b)
		s.last, s.free = parabola.top(s.b, bounded)
		floats.Sub(s.last, s.b)
		gain := floats.Dot(s.last, here.by)
		next, there, ok := r.uphill(ctx, s.b, here, s.last, gain)
		if !ok {
			break
		}
		s.b, here = next, there
		if gain <= enough {
			s.converged = floats.Norm(s.last, 2) <= resting
			break
		}
	}
	if ctx.Err() != nil {
		return summit{}, ctx.Err()
	}
	s.value = here.value
	if parabola, flat := here.parabola(s.b); !flat {
		s.covariance = parabola.inverse(s.free)
	}
	return s, nil
}

// uphill shortens a step until it goes up.
func (r *regression) uphill(ctx context.Context, from []float64, here bend, step []float64, gain float64) (next []float64, there bend, ok bool) {
	rounding := 1e-13 * math.Abs(here.value)
	for share := 1.; share > 1e-9 && ctx.Err() == nil; share /= 2 {
		next = slices.Clone(from)
		floats.AddScaled(next, share, step)
		if there = r.at(ctx, next); there.value >= here.value+float64(1e-4*share*gain)-rounding {
			return next, there, true
		}
	}
	return from, here, false
}
