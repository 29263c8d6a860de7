package stat

import "math"

// spans are ascending spans from one moment on. One walk sums up ifAlive for all
// spans: the terms of euler and of series share their divisions.
type spans [12]struct {
	u      float64 // spans per alpha, as in ifAlive
	z      float64 // u/(1+u)
	power  float64 // of z, in the term at hand
	sum    float64 // of the terms so far; then the result
	enough float64 // terms below this share of sum do not count
}

// fill answers the first count spans.
func (s *spans) fill(p posterior, count int) {
	all := s[:count]
	longest := all[count-1].u
	for k := range all {
		x := &all[k]
		x.z, x.enough = x.u/(1+x.u), precision/(1+x.u)
	}
	switch {
	case p.eulerHolds(longest):
		s.euler(p, count)
	case p.terms(longest) <= maxTerms && float64(p.r*math.Log1p(longest)) <= underflow:
		s.series(p, count)
	default:
		for k := range all {
			all[k].sum = p.ifAlive(all[k].u * p.alpha)
		}
	}
}

// euler is posterior.euler.
func (s *spans) euler(p posterior, count int) {
	open := s[:count] // the shortest span is done first
	for k := range open {
		open[k].power = 1
	}
	c := p.a + p.b - 1
	coefficient := c - p.r
	for n := 1.; n < maxTerms && len(open) > 0; n++ {
		for k := range open {
			x := &open[k]
			x.power *= x.z
			x.sum += float64(coefficient * x.power)
		}
		for len(open) > 0 && math.Abs(coefficient*open[0].power) <= open[0].enough*math.Abs(open[0].sum) {
			open = open[1:]
		}
		coefficient = float64(coefficient * ((c - p.r + n) * (p.a + n - 1) / ((c + n) * (n + 1))))
	}
	for k := range s[:count] {
		s[k].sum = p.eulerOf(s[k].u, s[k].sum)
	}
}

// series is posterior.series where w(0) does not underflow.
func (s *spans) series(p posterior, count int) {
	open := s[:count]
	for k := range open {
		open[k].power = math.Exp(-p.r * math.Log1p(open[k].u)) // w(0)
	}
	ab := p.a + p.b
	d, g := 0., 1.
	for n := 0.; n < maxTerms && len(open) > 0; n++ {
		for k := range open {
			open[k].sum += float64(open[k].power * d)
		}
		for len(open) > 0 && n > p.r*open[0].u && float64(open[0].power*d) < open[0].sum*open[0].enough {
			open = open[1:]
		}
		grows := (p.r + n) / (n + 1)
		for k := range open {
			open[k].power *= open[k].z * grows
		}
		d += g
		g = float64(g * ((p.b + n) / (ab + n)))
	}
}
