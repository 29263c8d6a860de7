package stat

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// decay is the integrand of everything in Pareto/NBD,
//
//	((p+u)/p)^-k ((q+u)/q)^-l,   u >= 0,
//
// for p, q, k, l > 0. It falls from 1, so an integral up to w is in (0, w].
type decay struct{ p, k, q, l float64 }

// moments are the integral of a decay, and the means of ln((p+u)/p),
// ln((q+u)/q), 1/(p+u) and 1/(q+u) where the decay, divided by its integral, is
// the density of u.
type moments struct{ integral, lnP, lnQ, perP, perQ float64 }

// nodes are the nodes of Gauss-Legendre quadrature on [0, 1], with their
// weights.
type nodes []struct{ x, weight float64 }

func legendre(n int) nodes {
	x, w := make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(x, w, 0, 1)
	at := make(nodes, n)
	for i := range at {
		at[i].x, at[i].weight = x[i], w[i]
	}
	return at
}

var (
	many = legendre(24) // for an integrand that falls by e^-cutoff
	few  = legendre(12) // for half a panel over which it falls by e^-gentle
)

const (
	cutoff = 42. // e^-cutoff is nothing
	gentle = 10.
	// panel is the longest stretch of ln(1+u/p) that one set of nodes covers.
	panel = 3.
)

// integral is the integral of d over [0, w].
func (d decay) integral(w float64) float64 {
	return d.moments(w).integral
}

// moments are the moments of d over [0, w].
func (d decay) moments(w float64) moments {
	if !(w > 0) {
		return moments{perP: 1 / d.p, perQ: 1 / d.q}
	}
	if d.p > d.q {
		// The pole of the larger one lies pi away from the real axis in
		// ln(1+u/p).
		e := decay{p: d.q, k: d.l, q: d.p, l: d.k}.moments(w)
		return moments{integral: e.integral, lnP: e.lnQ, lnQ: e.lnP, perP: e.perQ, perQ: e.perP}
	}
	share := d.p / d.q
	end, fall := d.end(w)
	at := many
	if end <= panel/2 && fall <= gentle {
		at = few
	}
	count := math.Ceil(end / panel)
	length := end / count
	var e moments
	for i := range int(count) {
		for _, node := range at {
			v := float64((float64(i) + node.x) * length)
			grown := math.Expm1(v)
			lnQ := math.Log1p(share * grown)
			f := node.weight * math.Exp(-float64((d.k-1)*v)-float64(d.l*lnQ))
			e.integral += f
			e.lnP += float64(f * v)
			e.lnQ += float64(f * lnQ)
			e.perP += f / (1 + grown)
			e.perQ += f / (1 + float64(share*grown))
		}
	}
	e.lnP /= e.integral
	e.lnQ /= e.integral
	e.perP /= e.integral * d.p
	e.perQ /= e.integral * d.q
	e.integral *= d.p * length
	return e
}

// end is where an integral up to w may stop, as v = ln(1+u/p): at w, or where
// the integrand has fallen by e^-cutoff before w. fall is the logarithm of the
// fall up to v. The logarithm of the integrand is concave in v, so Newton's
// method approaches this point from above and never passes it.
func (d decay) end(w float64) (v, fall float64) {
	share := d.p / d.q
	v = math.Log1p(w / d.p)
	if slope := 1 - d.k - d.l*share; slope < 0 {
		v = min(v, -(cutoff+4)/slope)
	}
	for range 60 {
		grown := math.Expm1(v)
		part := float64(share * grown)
		fall = float64((d.k-1)*v) + float64(d.l*math.Log1p(part))
		if fall <= cutoff+4 {
			break
		}
		v -= (fall - cutoff) / (d.k - 1 + d.l*share*(1+grown)/(1+part))
	}
	return v, fall
}

// soonest is the least t in [0, end] at which a condition holds; a condition
// that holds once holds ever after. It is +Inf where the condition does not hold
// at the end. soonest halves ln(1+t) first, for spans of all sizes, and ends
// within a relative 1e-15.
func soonest(end float64, holds func(t float64) bool) float64 {
	if !holds(end) {
		return math.Inf(1)
	}
	lo, hi := 0., end
	for range 200 {
		mid := lo + (hi-lo)/2
		if lo > 0 {
			mid = math.Sqrt(lo) * math.Sqrt(hi)
		} else if hi > 1e-12 {
			mid = hi / 1024
		}
		if !(mid > lo && mid < hi) {
			break
		}
		if holds(mid) {
			hi = mid
		} else {
			lo = mid
		}
		if hi-lo <= 1e-15*hi {
			break
		}
	}
	return hi
}
