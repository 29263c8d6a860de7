package fit

import (
	"context"
	"math"
	"slices"

	"tidemark/internal/stat"
)

// Collapsed says that customers do not differ in a parameter: a distribution over customers has collapsed to one value. The result is a
// stat.Limit, which has the closed forms of that limit. It is no defect of the data: a longer log says the same.
type Collapsed struct {
	Gamma bool // one purchase rate for all
	Beta  bool // one probability of leaving for all
}

func (Collapsed) warning() {}

func (w Collapsed) String() string {
	switch {
	case w.Gamma && w.Beta:
		return "gamma collapsed, beta collapsed: all customers buy at one rate and leave with one probability"
	case w.Gamma:
		return "gamma collapsed: all customers buy at one rate"
	}
	return "beta collapsed: all customers leave with one probability"
}

// leastRepeaters is the number of customers who bought again from which on a collapse is believed. Parameters that run away on fewer
// customers are chance: six customers who came back once do not tell whether their rates differ.
const leastRepeaters = 10

// Purchases fits MBG/NBD, or BG/NBD where firstStays. Where parameters run away because customers do not differ in them, the result is the
// stat.Limit whose likelihood is as high, and Collapsed is the first of its warnings. Else the result is that of MBGNBD or BGNBD. Errors: as
// NBD.
func Purchases(ctx context.Context, groups []Group[stat.Rhythm], firstStays bool, o Options) (Result[stat.PurchaseModel], error) {
	var full Result[stat.PurchaseModel]
	if firstStays {
		r, err := BGNBD(ctx, groups, o)
		if err != nil {
			return full, err
		}
		full = anyOf(r)
	} else {
		r, err := MBGNBD(ctx, groups, o)
		if err != nil {
			return full, err
		}
		full = anyOf(r)
	}
	if !ranAway(full.Warnings) || repeaters(groups) < leastRepeaters {
		return full, nil
	}
	return collapsed(ctx, groups, full, firstStays, o)
}

// anyOf is a result whose model is one of several kinds.
func anyOf[M stat.PurchaseModel](r Result[M]) Result[stat.PurchaseModel] {
	return Result[stat.PurchaseModel]{
		Model: r.Model, Estimates: r.Estimates, LogLikelihood: r.LogLikelihood, Customers: r.Customers, Groups: r.Groups,
		Iterations: r.Iterations, Evaluations: r.Evaluations, Converged: r.Converged, Warnings: r.Warnings,
	}
}

func repeaters(groups []Group[stat.Rhythm]) int {
	n := 0
	for _, g := range groups {
		if g.History.X > 0 {
			n += g.Customers
		}
	}
	return n
}

// ranAway reports whether a warning may come from parameters in which customers do not differ.
func ranAway(warnings []Warning) bool {
	return slices.ContainsFunc(warnings, func(w Warning) bool {
		switch w.(type) {
		case AtBoundary, NotConverged, NotPositiveDefinite:
			return true
		case NobodyLeaves, LeavingUncertain, InfiniteMean, Constant, Separated, Collapsed, ConstantSpend, NoStack:
		}
		return false
	})
}

// collapsed returns the limit with the fewest parameters whose log-likelihood is as high as that of full. It returns full where there is none.
func collapsed(ctx context.Context, groups []Group[stat.Rhythm], full Result[stat.PurchaseModel], firstStays bool, o Options) (Result[stat.PurchaseModel], error) {
	others := slices.DeleteFunc(slices.Clone(full.Warnings), func(w Warning) bool { return ranAway([]Warning{w}) })
	accept := func(r Result[stat.PurchaseModel], c Collapsed) Result[stat.PurchaseModel] {
		r.Iterations, r.Evaluations = r.Iterations+full.Iterations, r.Evaluations+full.Evaluations
		r.Warnings = append([]Warning{c}, others...)
		return r
	}
	enough := full.LogLikelihood - nothing
	if slices.ContainsFunc(others, func(w Warning) bool { _, nobody := w.(NobodyLeaves); return nobody }) {
		if r := poisson(ctx, groups, full, firstStays, o); r.LogLikelihood >= enough {
			return accept(r, Collapsed{Gamma: true}), nil
		}
		return full, nil
	}
	best, found := full, false
	for _, few := range [][]Collapsed{{{Gamma: true, Beta: true}}, {{Beta: true}, {Gamma: true}}} {
		for _, c := range few {
			r, err := limitOf(ctx, groups, c, firstStays, o)
			if err != nil {
				return full, err
			}
			if r.Converged && !ranAway(r.Warnings) && r.LogLikelihood >= enough {
				best, enough, found = accept(r, c), r.LogLikelihood, true // of two with as many parameters, the higher
			}
		}
		if found {
			break
		}
	}
	return best, nil
}

// poisson is the limit where nobody is seen to leave, and all buy at one rate.
func poisson(ctx context.Context, groups []Group[stat.Rhythm], full Result[stat.PurchaseModel], firstStays bool, o Options) Result[stat.PurchaseModel] {
	m := stat.Limit{FirstStays: firstStays, Rate: meansOf(groups).rate, A: never, B: always}
	s := sum(ctx, groups, o.Workers, func(h stat.Rhythm, _ *[most]float64) float64 { return m.LogLikelihood(h) })
	r := full
	r.Model, r.LogLikelihood, r.Converged = m, s.value, true
	r.Estimates = []Estimate{
		{"rate", m.Rate, m.Rate / math.Sqrt(meansOf(groups).repeats)}, {"a", never, math.NaN()}, {"b", always, math.NaN()},
	}
	return r
}

// means are what the starts of a fit are made of.
type means struct {
	repeats float64 // of all customers
	age     float64 // a customer
	rate    float64 // repeats per unit of time
}

func meansOf(groups []Group[stat.Rhythm]) means {
	var m means
	var customers, time float64
	for _, g := range groups {
		n := float64(g.Customers)
		customers += n
		time += n * g.History.T
		m.repeats += n * float64(g.History.X)
	}
	m.age, m.rate = time/customers, m.repeats/time
	return m
}

// limitFamily is a limit as far as a fit must know it, or the full model where nothing has collapsed. Leaving is fitted as odds.
type limitFamily struct {
	collapsed  Collapsed
	firstStays bool
	params     []param
	buying     int // the number of the parameters of buying, which are the first
	starts     [][]point
}

func newLimitFamily(typical means, c Collapsed, firstStays bool) limitFamily {
	buying, leaving := []param{{name: "r", unit: 1}, {name: "alpha", unit: typical.age}}, []param{{name: "a", unit: 1}, {name: "b", unit: 1}}
	starts := [][]float64{{-1, -1}, {0, 0}, {2, 2}} // of the logarithms of r and alpha: more and less alike
	grid := [][]float64{{-1, -1}, {-1, 1}, {1, -1}, {1, 1}}
	if c.Gamma {
		buying, starts = []param{{name: "rate", unit: typical.rate}}, [][]float64{{0}, {.7}, {1.5}}
	} else {
		for i := range starts { // the mean rate r/alpha is the typical one
			starts[i] = []float64{starts[i][0], starts[i][1] - math.Log(typical.rate*typical.age)}
		}
	}
	if c.Beta {
		leaving, grid = []param{{name: "leaving", unit: 1}}, [][]float64{{-4}, {-2}, {-1}, {0}, {1}}
	}
	f := limitFamily{collapsed: c, firstStays: firstStays, params: slices.Concat(buying, leaving), buying: len(buying)}
	for _, s := range starts {
		var set []point
		for _, l := range grid {
			set = append(set, slices.Concat(s, l))
		}
		f.starts = append(f.starts, set)
	}
	return f
}

func (f limitFamily) model(p []float64) stat.Limit {
	m := stat.Limit{FirstStays: f.firstStays}
	if f.collapsed.Gamma {
		m.Rate, p = p[0], p[1:]
	} else {
		m.R, m.Alpha, p = p[0], p[1], p[2:]
	}
	if f.collapsed.Beta {
		m.Leaving = p[0] / (1 + p[0])
	} else {
		m.A, m.B = p[0], p[1]
	}
	return m
}

// derive sets by to the derivatives by the parameters, from those that stat.Limit has.
func (f limitFamily) derive(m stat.Limit, g [4]float64, by *[most]float64) {
	at := copy(by[:], g[:f.buying])
	copy(by[at:], g[2:2+len(f.params)-f.buying])
	if f.collapsed.Beta {
		by[at] *= (1 - m.Leaving) * (1 - m.Leaving) // d leaving / d odds
	}
}

// asProbability turns the estimate of the odds of leaving into one of the probability.
func (f limitFamily) asProbability(estimates []Estimate) {
	if !f.collapsed.Beta {
		return
	}
	last := &estimates[len(estimates)-1]
	odds := last.Value
	last.Value, last.StandardError = odds/(1+odds), last.StandardError/((1+odds)*(1+odds))
}

// limitOf fits a limit.
func limitOf(ctx context.Context, groups []Group[stat.Rhythm], c Collapsed, firstStays bool, o Options) (Result[stat.PurchaseModel], error) {
	of := newLimitFamily(meansOf(groups), c, firstStays)
	f := family[stat.Limit, stat.Rhythm]{params: of.params, model: of.model, gradient: func(m stat.Limit, h stat.Rhythm, by *[most]float64) float64 {
		l, g := m.Gradient(h)
		of.derive(m, g, by)
		return l
	}, gradients: func(m stat.Limit) func(h stat.Rhythm, by *[most]float64) float64 {
		each := m.Gradients()
		return func(h stat.Rhythm, by *[most]float64) float64 {
			l, g := each(h)
			of.derive(m, g, by)
			return l
		}
	}}
	r, err := f.fit(ctx, groups, of.starts, o)
	if err != nil {
		return Result[stat.PurchaseModel]{}, err
	}
	of.asProbability(r.Estimates)
	return anyOf(r), nil
}
