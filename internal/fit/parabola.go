package fit

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// parabola is the function slope'b - b'two b/2, with a positive definite matrix two.
type parabola struct {
	two   *mat.SymDense
	slope *mat.VecDense
}

// parabola is the second-order approximation of s at b. If s is flat in some direction, the
// approximation is bent a little more. That leads to the same maximum by smaller steps.
func (s bend) parabola(b []float64) (p parabola, flat bool) {
	dim := len(b)
	two := mat.NewSymDense(dim, nil)
	var most float64
	for j := range dim {
		for k := range j + 1 {
			two.SetSym(j, k, s.two[j*(j+1)/2+k])
		}
		most = max(most, two.At(j, j))
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(two) || !(cholesky.Cond() < 1e12) {
		flat = true
		for j := range dim {
			two.SetSym(j, j, two.At(j, j)+float64(1e-9*most)+math.SmallestNonzeroFloat64)
		}
	}
	slope := mat.NewVecDense(dim, nil)
	slope.MulVec(two, mat.NewVecDense(dim, b))
	slope.AddVec(slope, mat.NewVecDense(dim, s.by))
	return parabola{two, slope}, flat
}

// top returns the b with the highest value such that no bounded b is below 0, and which b are free
// there. It starts from a b within the bounds. While the maximum over the free b lies out of
// bounds, it goes towards that maximum as far as the bounds allow, and holds the b that stops it.
// Then it frees the held b with the most to gain, until no held b has anything to gain.
func (p parabola) top(from []float64, bounded []bool) (b []float64, free []bool) {
	const enough = 1e-13 // of value left to gain
	dim := len(from)
	b, free = slices.Clone(from), make([]bool, dim)
	for j := range free {
		free[j] = true
	}
	for range 10 * dim {
		peak := p.over(free)
		share, stop := 1., -1
		for j := range b {
			if free[j] && bounded[j] && peak[j] < 0 {
				if s := b[j] / (b[j] - peak[j]); stop < 0 || s < share {
					share, stop = s, j
				}
			}
		}
		for j := range b {
			b[j] += float64(share * (peak[j] - b[j]))
		}
		if stop >= 0 {
			free[stop] = false
			continue
		}
		var bent mat.VecDense
		bent.MulVec(p.two, mat.NewVecDense(dim, b))
		best, most := -1, enough
		for j := range b {
			if free[j] {
				continue
			}
			slope := p.slope.AtVec(j) - bent.AtVec(j)
			if gain := slope * slope / (2 * p.two.At(j, j)); slope > 0 && gain > most {
				best, most = j, gain
			}
		}
		if best < 0 {
			break
		}
		free[best] = true
	}
	for j := range b {
		if bounded[j] {
			b[j] = max(0, b[j])
		}
	}
	return b, free
}

// over returns the maximum with all but the free b at 0.
func (p parabola) over(free []bool) []float64 {
	b := make([]float64, len(free))
	set, cholesky, ok := p.factorized(free)
	if !ok {
		return b
	}
	slope := mat.NewVecDense(len(set), nil)
	for i, j := range set {
		slope.SetVec(i, p.slope.AtVec(j))
	}
	var solved mat.VecDense
	if err := cholesky.SolveVecTo(&solved, slope); err != nil {
		return b
	}
	for i, j := range set {
		b[j] = solved.AtVec(i)
	}
	return b
}

// inverse is the inverse of two over the free b, and 0 elsewhere. It is nil if there is none.
func (p parabola) inverse(free []bool) *mat.SymDense {
	set, cholesky, ok := p.factorized(free)
	var inverse mat.SymDense
	if !ok || cholesky.InverseTo(&inverse) != nil {
		return nil
	}
	all := mat.NewSymDense(len(free), nil)
	for i, j := range set {
		for k, l := range set {
			all.SetSym(j, l, inverse.At(i, k))
		}
	}
	return all
}

// factorized is the Cholesky factor of two over the free b. The intercept is always free.
func (p parabola) factorized(free []bool) (set []int, cholesky *mat.Cholesky, ok bool) {
	for j, f := range free {
		if f {
			set = append(set, j)
		}
	}
	sub := mat.NewSymDense(len(set), nil)
	for i, j := range set {
		for k, l := range set {
			sub.SetSym(i, k, p.two.At(j, l))
		}
	}
	cholesky = new(mat.Cholesky)
	return set, cholesky, cholesky.Factorize(sub)
}
