package stat

import "math"

// windowed is the most phases that within counts; a table of tableStack of them lies on the stack.
const (
	windowed   = 1 << 14
	tableStack = 1024
)

// leastQuiet is the least logarithm of P(fewer than k phases in the silence) at which no weight of a window underflows.
const leastQuiet = -500

// window are the least and the greatest number of phases, those in the silence included, that a customer who has been quiet may have until the
// end of the span. All other numbers together have a probability of less than 1e-16 of the whole.
//
// Given j < k phases in the silence, the phases in the span are negative binomial again, with r + j, and with an alpha that is greater by the
// silence. So j = 0 and j = k - 1 give the ends.
func (p phases) window() (from, until int) {
	const deviations, tail = 9, 40 // e^-40 is 4e-18
	past := float64(p.u * p.past)
	u := (p.u - past) / (1 + past) // of the span alone
	least, most := float64(p.r*u), float64((p.r+float64(p.k-1))*u)
	if p.poisson {
		least = float64(p.mean * (1 - p.past))
		most = least
	}
	from = int(max(0, least-float64(deviations*math.Sqrt(least*(1+u)))))
	return from, p.k + int(most+float64(deviations*math.Sqrt(most*(1+u)))+float64(tail*(1+u)))
}

// within is E[purchases within the span | alive, k], from numbers of phases of a window.
//
// Of n phases until the end of the span those in the silence are Binomial(n, past), and fewer than k: with P(fewer than k of n) = M(n) the
// purchases are the mean of stays(n/k) with the weights w(n) M(n). Only ratios of the weights are computed, so nothing underflows. M(n) is
// added up from the end of the window, past times P(k-1 of n) a step, so that all terms are positive.
func (p phases) within(from, until int, to *stays) float64 {
	var few [tableStack]float64
	count := until - from + 1
	fewer := few[:min(count, tableStack)] // M(n) at n - from
	if count > tableStack {
		fewer = make([]float64, count)
	}
	p.fewer(fewer, from)
	enough := precision / (1 + p.u)
	made, next := 0., 0
	w, all, sum, before := 1., 0., 0., 0.
	for n := from; n <= until; n++ {
		if n >= next {
			made, _ = to.of(n / p.k)
			next = (n/p.k + 1) * p.k
		}
		mass := float64(w * fewer[n-from])
		all += mass
		part := float64(mass * made)
		if sum += part; n >= 2*p.k && mass < before && part <= sum*enough {
			break
		}
		before = mass
		w *= p.ratio(float64(n))
	}
	return sum / all
}

// fewer fills in P(fewer than k of n phases are in the silence) for ascending n, but for one factor that all have in common.
func (p phases) fewer(of []float64, from int) {
	const hardly = 1e-20
	if p.past < hardly {
		for i := range of {
			of[i] = 1
		}
		return
	}
	k := p.k - 1 // phases in the silence at most
	first := max(from, k)
	last := from + len(of) - 1
	now := 1. // P(k of n), and the same for each n after
	if first == k {
		now = math.Pow(p.past, float64(k))
	}
	stays := 1 - p.past
	for n := first; n < last; n++ {
		of[n-from] = now
		now *= stays * float64(n+1) / float64(n+1-k)
	}
	sum, term := 0., now
	for j := k; j >= 0; j-- { // P(j of last)
		sum += term
		term *= float64(j) / float64(last-j+1) * stays / p.past
	}
	of[len(of)-1] = sum
	for i := len(of) - 2; i >= 0; i-- {
		sum += float64(p.past * of[i])
		of[i] = sum
	}
}

// oneAfterAnother is within for any number of phases, and for any silence. quiet is the logarithm of P(fewer than k phases in the silence). It
// keeps w(n) P(j of the n phases in the silence) for each j < k. All terms are positive.
func (p phases) oneAfterAnother(quiet float64, to *stays) float64 {
	var in [13]float64 // by j, times e^-scale
	in[0] = 1
	const tiny = 1e-200
	scale := p.none() - quiet
	enough := precision / (1 + p.u)
	var sum, mass, made float64
	for n := range 4 * maxPhases {
		if n%p.k == 0 {
			made, _ = to.of(n / p.k)
		}
		before := mass
		mass = 0
		for _, w := range in[:min(n+1, p.k)] {
			mass += w
		}
		sum += float64(mass * made)
		if n >= 2*p.k && mass < before && float64(mass*made) <= sum*enough || mass == 0 {
			break
		}
		ratio := p.ratio(float64(n))
		for j := min(n+1, p.k-1); j >= 0; j-- {
			w := float64(in[j] * (1 - p.past))
			if j > 0 {
				w += float64(in[j-1] * p.past)
			}
			in[j] = float64(w * ratio)
		}
		if mass > 1/tiny {
			for j := range in {
				in[j] *= tiny
			}
			sum, mass, scale = float64(sum*tiny), float64(mass*tiny), scale-math.Log(tiny)
		}
	}
	return float64(sum * math.Exp(scale))
}
