package stat

import "math"

// byRepeats is the part of a gradient that depends on the number of repeat purchases alone, and on the parameters: the log-gamma functions,
// which are most of what a gradient costs.
type byRepeats struct {
	rising  float64 // ln (r)_x
	byR     float64 // its derivative by r
	stayed  float64 // the logarithm of the probability of having stayed at all tosses
	all, by float64 // the derivatives of B(a, b + tosses) / B(a, b): by b, by less all; by a, less all
}

// repeatsOf are the parts after x repeat purchases and a number of tosses. Without an r, customers buy at one rate; without a b, they leave
// with one probability. grown is b + tosses, as the likelihood rounds it: both then agree to the last bit.
func repeatsOf(r, a, b, x, tosses, grown float64) (p byRepeats) {
	if r > 0 {
		p.rising, p.byR = lrising(r, x), drising(r, x)
	}
	if b > 0 {
		p.stayed = lbeta(a, grown) - lbeta(a, b)
		p.all, p.by = drising(a+b, tosses), drising(b, tosses)
	}
	return p
}

// repeatsTabled is the number of repeat purchases below which parts are looked up.
const repeatsTabled = 64

// Gradients is Gradient for many customers: what depends on the repeat purchases alone is computed once. The answers are the same.
func (m MBGNBD) Gradients() func(h Rhythm) (logLikelihood float64, by [4]float64) {
	of := lookedUp(func(x float64) byRepeats { return repeatsOf(m.R, m.A, m.B, x, x+1, m.B+x+1) })
	return func(h Rhythm) (float64, [4]float64) {
		p := of(h.X)
		return m.given(h).gradient(m.R, m.Alpha, &p, h)
	}
}

// Gradients is Gradient for many customers: what depends on the repeat purchases alone is computed once. The answers are the same.
func (m Limit) Gradients() func(h Rhythm) (logLikelihood float64, by [4]float64) {
	of := lookedUp(m.repeats)
	return func(h Rhythm) (float64, [4]float64) {
		p := of(h.X)
		return m.gradient(h, &p)
	}
}

// lookedUp is f of whole numbers. Small numbers are looked up.
func lookedUp(f func(x float64) byRepeats) func(x int) byRepeats {
	var table [repeatsTabled]byRepeats
	for x := range table {
		table[x] = f(float64(x))
	}
	return func(x int) byRepeats {
		if x < repeatsTabled {
			return table[x]
		}
		return f(float64(x))
	}
}

// repeats are the parts of m after x repeat purchases.
func (m Limit) repeats(x float64) byRepeats {
	r, b := m.R, m.B
	if m.Rate > 0 {
		r = 0
	}
	if m.Leaving > 0 {
		b = 0
	}
	tosses := m.tosses(Rhythm{X: int(x)})
	return repeatsOf(r, m.A, b, x, tosses, b+tosses)
}

// gradient is Gradient with the parts of h.
func (m Limit) gradient(h Rhythm, p *byRepeats) (logLikelihood float64, by [4]float64) {
	x, tosses, left := float64(h.X), m.tosses(h), m.left(h)
	gone := expit(left)
	l := softplus(left)
	if m.Rate > 0 {
		l += float64(x*math.Log(m.Rate)) - float64(m.Rate*h.T)
		by[0] = x/m.Rate - h.T + float64(gone*(h.T-h.TX))
	} else {
		alpha, ago := m.Alpha+h.T, math.Log1p(h.T/m.Alpha)
		l += p.rising - float64(m.R*ago) - float64(x*math.Log(alpha))
		by[0] = p.byR - ago + float64(gone*math.Log1p((h.T-h.TX)/(m.Alpha+h.TX)))
		by[1] = (m.R*h.T/m.Alpha - x - gone*(m.R+x)*(h.T-h.TX)/(m.Alpha+h.TX)) / alpha
	}
	if m.Leaving > 0 {
		by[2] = gone/(m.Leaving*(1-m.Leaving)) - tosses/(1-m.Leaving)
		return l + float64(tosses*math.Log1p(-m.Leaving)), by
	}
	by[2], by[3] = gone/m.A-p.all, p.by-p.all
	if gone > 0 {
		by[3] -= gone / (m.B + tosses - 1)
	}
	return l + p.stayed, by
}
