package fit

import (
	"context"
	"errors"
	"math"

	"tidemark/internal/stat"
)

// ErrNoRepeats says that no customer ever bought again. Then nothing is known of the time between
// purchases.
var ErrNoRepeats = errors.New("no repeat purchases")

// ErrNoTime says that all customers made their first purchase just now.
var ErrNoTime = errors.New("no time has passed since the first purchases")

// NBD fits the plain NBD model, in which no customer leaves. Errors: ErrNoCustomers, ErrNoRepeats,
// ErrNoTime, an invalid group, and the error of ctx.
func NBD(ctx context.Context, groups []Group[stat.Rhythm], o Options) (Result[stat.NBD], error) {
	n, err := count(groups)
	if err != nil {
		return Result[stat.NBD]{}, err
	}
	var repeats, time float64
	for _, g := range groups {
		repeats += float64(g.Customers) * float64(g.History.X)
		time += float64(g.Customers) * g.History.T
	}
	if repeats == 0 {
		return Result[stat.NBD]{}, ErrNoRepeats
	}
	if time/float64(n) < 1e-9 { // no model allows so small an alpha
		return Result[stat.NBD]{}, ErrNoTime
	}
	f := family[stat.NBD, stat.Rhythm]{
		params: []param{{name: "r", unit: 1}, {name: "alpha", unit: time / float64(n)}},
		model:  func(p []float64) stat.NBD { return stat.NBD{R: p[0], Alpha: p[1]} },
		gradient: func(m stat.NBD, h stat.Rhythm, by *[most]float64) float64 {
			l, g := m.Gradient(h)
			copy(by[:], g[:])
			return l
		},
	}
	// The mean number of purchases is r T/alpha.
	perUnit := repeats / float64(n)
	var starts [][]point
	for _, r := range []float64{.3, 2} {
		starts = append(starts, []point{{math.Log(r), math.Log(r / perUnit)}})
	}
	return f.fit(ctx, groups, starts, o)
}

// BGNBD fits the BG/NBD model. If no customer is seen to leave, NobodyLeaves is among the warnings.
// Errors: as NBD. Tested against the CDNOW sample in weeks: .242595, 4.413597, .792921, 2.425903,
// log-likelihood -9582.4292.
func BGNBD(ctx context.Context, groups []Group[stat.Rhythm], o Options) (Result[stat.BGNBD], error) {
	return leaving[stat.BGNBD]{
		names: [4]string{"r", "alpha", "a", "b"},
		model: func(p [4]float64) stat.BGNBD { return stat.BGNBD{R: p[0], Alpha: p[1], A: p[2], B: p[3]} },
		grad:  stat.BGNBD.Gradient,
	}.fit(ctx, groups, o)
}

// MBGNBD fits the MBG/NBD model. If no customer is seen to leave, NobodyLeaves is among the
// warnings. Errors: as NBD. Tested against the CDNOW sample in weeks: .524843, 6.183078, .891360,
// 1.614004, log-likelihood -9582.1357.
func MBGNBD(ctx context.Context, groups []Group[stat.Rhythm], o Options) (Result[stat.MBGNBD], error) {
	return leaving[stat.MBGNBD]{
		names: [4]string{"r", "alpha", "a", "b"},
		model: func(p [4]float64) stat.MBGNBD { return stat.MBGNBD{R: p[0], Alpha: p[1], A: p[2], B: p[3]} },
		grad:  stat.MBGNBD.Gradient,
		grads: stat.MBGNBD.Gradients,
	}.fit(ctx, groups, o)
}

// ParetoNBD fits the Pareto/NBD model. If no customer is seen to leave, NobodyLeaves is among the
// warnings. Errors: as NBD. Tested against the CDNOW sample in weeks: .553278, 10.577692, .606236,
// 11.668614, log-likelihood -9594.9762.
func ParetoNBD(ctx context.Context, groups []Group[stat.Rhythm], o Options) (Result[stat.ParetoNBD], error) {
	return leaving[stat.ParetoNBD]{
		names: [4]string{"r", "alpha", "s", "beta"},
		timed: true,
		model: func(p [4]float64) stat.ParetoNBD { return stat.ParetoNBD{R: p[0], Alpha: p[1], S: p[2], Beta: p[3]} },
		grad:  stat.ParetoNBD.Gradient,
	}.fit(ctx, groups, o)
}

// leaving is a purchase model with two parameters for buying and two for leaving.
type leaving[M any] struct {
	names [4]string
	timed bool // the fourth parameter is a time
	model func(p [4]float64) M
	grad  func(m M, h stat.Rhythm) (float64, [4]float64)
	// grads, if not nil, is grad for many histories.
	grads func(m M) func(h stat.Rhythm) (float64, [4]float64)
}

func (l leaving[M]) fit(ctx context.Context, groups []Group[stat.Rhythm], o Options) (Result[M], error) {
	nbd, err := NBD(ctx, groups, o)
	if err != nil {
		return Result[M]{}, err
	}
	var unit float64
	for _, g := range groups {
		unit += float64(g.Customers) / float64(nbd.Customers) * g.History.T
	}
	f := family[M, stat.Rhythm]{
		params: []param{{name: l.names[0], unit: 1}, {name: l.names[1], unit: unit}, {name: l.names[2], unit: 1}, {name: l.names[3], unit: 1}},
		model:  func(p []float64) M { return l.model([4]float64(p)) },
		gradient: func(m M, h stat.Rhythm, by *[most]float64) float64 {
			var value float64
			value, *by = l.grad(m, h)
			return value
		},
	}
	if l.timed {
		f.params[3].unit = unit
	}
	if l.grads != nil {
		f.gradients = func(m M) func(h stat.Rhythm, by *[most]float64) float64 {
			of := l.grads(m)
			return func(h stat.Rhythm, by *[most]float64) (value float64) {
				value, *by = of(h)
				return value
			}
		}
	}
	result, err := f.fit(ctx, groups, leavingStarts(groups, nbd.Model, unit), o)
	if err != nil {
		return Result[M]{}, err
	}
	gain := result.LogLikelihood - nbd.LogLikelihood
	if gain < nothing {
		return l.plain(result, nbd), nil
	}
	if gain < byChance {
		result.Warnings = append([]Warning{LeavingUncertain{nbd, gain}}, result.Warnings...)
	}
	return result, nil
}

// leavingStarts makes three guesses at how customers buy, each with a grid of guesses at how
// customers leave. The first guess assumes that nobody left. The second assumes that those who left
// hid a rate that is higher and varies less. The third assumes that all customers with one purchase
// left at once. A likelihood with two maxima has them near these guesses.
func leavingStarts(groups []Group[stat.Rhythm], nbd stat.NBD, unit float64) [][]point {
	var repeats, time float64 // of customers who bought again
	for _, g := range groups {
		if g.History.X > 0 {
			repeats += float64(g.Customers) * float64(g.History.X)
			time += float64(g.Customers) * g.History.T
		}
	}
	near := func(v float64) float64 { return min(5, max(-5, math.Log(v))) }
	r, alpha := near(nbd.R), near(nbd.Alpha/unit)
	var starts [][]point
	for _, buying := range []point{
		{r, alpha},
		{r + .5, alpha + .5},
		{near(1.5), near(1.5 * time / repeats / unit)},
	} {
		var grid []point
		for _, a := range []float64{.03, .3, 2, 15} {
			for _, b := range []float64{.03, .3, 2, 15} {
				grid = append(grid, point{buying[0], buying[1], math.Log(a), math.Log(b)})
			}
		}
		starts = append(starts, grid)
	}
	return starts
}

// Gains of log-likelihood over the plain NBD.
const (
	// nothing is the gain at which the parameter a has gone to 0. Two parameters that explain
	// nothing gain a thousand times as much by chance.
	nothing = 1e-3
	// byChance is half of the 95 % quantile of chi-squared with two degrees of freedom: the
	// likelihood-ratio test.
	byChance = 3
)

// never and always are the A and B of a model in which nobody leaves.
const never, always = 1e-9, 1e9

// plain is the result if the data support no more than the NBD.
func (l leaving[M]) plain(result Result[M], nbd Result[stat.NBD]) Result[M] {
	nan := math.NaN()
	result.Model = l.model([4]float64{nbd.Model.R, nbd.Model.Alpha, never, always})
	result.Estimates = append(nbd.Estimates[:2:2], Estimate{l.names[2], never, nan}, Estimate{l.names[3], always, nan})
	result.LogLikelihood, result.Converged = nbd.LogLikelihood, nbd.Converged
	result.Warnings = append([]Warning{NobodyLeaves{nbd}}, nbd.Warnings...)
	return result
}
