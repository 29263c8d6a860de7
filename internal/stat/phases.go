package stat

import "math"

// Expected is the mean number of purchases in (T, T+span], 0 or more. Unlike MBG/NBD's it need not fall in silence.
func (m Regular) Expected(h Paced, span float64) float64 {
	if m.random() {
		return m.one().Expected(h.Rhythm, span)
	}
	b := m.given(h)
	quiet := b.quiet(h.silence())
	return float64(expit(quiet-b.born) * b.ifAlive(span))
}

// ifAlive is E[purchases within the span | alive].
func (b *believed) ifAlive(span float64) float64 {
	if !(span > 0) {
		return 0
	}
	each, quiet := b.each(b.h.silence())
	var sum float64
	for i, order := range Regularities {
		weight := math.Exp(each[i] - quiet)
		switch {
		case weight < 1e-12: // a mean is at most some thousand times another
		case order == 1:
			sum += float64(weight * b.one().ifAlive(b.h.Rhythm, span))
		default:
			sum += float64(weight * b.phases(order, span).expected(b.Purchases, b.h, quietOf(each[i], b.weights[i])))
		}
	}
	return sum
}

// quietOf is the logarithm of P(no purchase since the last | alive after it) of one k.
func quietOf(each, weight float64) float64 { return each - weight }

// Discounted is the mean number of purchases over the next months, 0 or more. See MBGNBD.Discounted.
func (m Regular) Discounted(h Paced, months int, monthLength, rate float64) float64 {
	if m.random() {
		return m.one().Discounted(h.Rhythm, months, monthLength, rate)
	}
	b := m.given(h)
	quiet := b.quiet(h.silence())
	var sum, before float64
	discount := 1.
	for k := range months {
		discount /= 1 + rate
		until := b.ifAlive(float64(float64(k+1) * monthLength))
		sum += float64(max(0, until-before) * discount)
		before = until
	}
	return float64(expit(quiet-b.born) * sum)
}

// phases counts the phases of a customer who never leaves, from the last purchase until the end of a span. Every k-th phase is a purchase.
// Their number n is negative binomial, with r = r + kx of the model and u = time over (alpha + k t_x)/k, or Poisson with a mean:
//
//	w(n) = (r)_n / n! (1-z)^r z^n,   z = u/(1+u);   w(n) = e^-mean mean^n / n!.
type phases struct {
	k       int
	span    float64
	past    float64 // the share of the time that is before the span: the silence so far
	r, u    float64
	mean    float64
	poisson bool
}

func (b *believed) phases(order int, span float64) phases {
	k, time := float64(order), b.h.silence()+span
	p := phases{k: order, span: span, past: b.h.silence() / time}
	if b.Purchases.Rate > 0 {
		p.poisson, p.mean = true, float64(k*b.Purchases.Rate*time)
		return p
	}
	p.r = b.Purchases.R + float64(k*float64(b.h.X))
	p.u = k * time / (b.Purchases.Alpha + float64(k*b.h.TX))
	p.mean = float64(p.r * p.u)
	return p
}

// ratio is w(n+1) / w(n).
func (p phases) ratio(n float64) float64 {
	if p.poisson {
		return p.mean / (n + 1)
	}
	return p.u / (1 + p.u) * (p.r + n) / (n + 1)
}

// none is ln w(0).
func (p phases) none() float64 {
	if p.poisson {
		return -p.mean
	}
	return -float64(p.r * math.Log1p(p.u))
}

// maxPhases bounds the phases that expected counts one by one.
const maxPhases = 1 << 16

// tooMany says that expected would not end within maxPhases.
func (p phases) tooMany() bool {
	return p.mean+float64(10*math.Sqrt(p.mean*(1+p.u)))+float64(40*(1+p.u)) > maxPhases
}

// expected is E[purchases within the span | alive, k]. quiet is the logarithm of P(fewer than k phases in the silence).
//
// Given n phases until the end of the span, those in the silence are Binomial(n, past), and fewer than k. So the sum goes over n, and keeps
// w(n) P(j of the n phases in the silence) for each j < k. All terms are positive. The customer stays for stays(n/k) purchases of n/k. Beyond
// maxPhases the purchases are taken as Poisson, which is wrong by about one purchase of a thousand and more.
func (p phases) expected(of Limit, h Paced, quiet float64) float64 {
	if p.tooMany() {
		return p.often(of, h)
	}
	var in [13]float64 // by j, times e^-scale
	in[0] = 1
	const tiny = 1e-200
	scale := p.none() - quiet
	enough := precision / (1 + p.u)
	stay := of.stay(h)
	var sum, mass, stays float64
	for n := range 4 * maxPhases {
		if n > 0 && n%p.k == 0 {
			stays += stay.next()
		}
		before := mass
		mass = 0
		for _, w := range in[:min(n+1, p.k)] {
			mass += w
		}
		sum += float64(mass * stays)
		if n >= 2*p.k && mass < before && float64(mass*stays) <= sum*enough || mass == 0 {
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

// often is expected where phases are too many: purchases are Poisson. The rate of a customer with j phases in the silence is Gamma(r + kx + j,
// alpha + kT).
func (p phases) often(of Limit, h Paced) float64 {
	if of.Rate > 0 {
		return of.ifAlive(h.Rhythm, p.span)
	}
	k := float64(p.k)
	alpha := of.Alpha + float64(k*h.T)
	y := k * h.silence() / alpha
	var sum, all float64
	weight := 1.
	for j := range p.k {
		post := posterior{r: p.r + float64(j), alpha: alpha, a: of.A, b: of.B + of.tosses(h.Rhythm)}
		if of.Leaving > 0 {
			sum -= float64(weight * math.Expm1(-post.r*math.Log1p(float64(of.Leaving*p.span)/alpha)) / of.Leaving)
		} else {
			sum += float64(weight * post.ifAlive(p.span))
		}
		all += weight
		weight *= y * post.r / float64(j+1)
	}
	return sum / all
}

// stay yields E[(1-p)^n] for n = 0, 1, ...: the probability of making the purchase n+1 from now, of a customer who is still there.
type stay struct {
	n, a, b, now float64
	one          float64 // 1 - the one probability of leaving; 0 where customers differ
}

func (m Limit) stay(h Paced) stay {
	s := stay{a: m.A, b: m.B + m.tosses(h.Rhythm), now: 1}
	if m.Leaving > 0 {
		s.one = 1 - m.Leaving
	}
	return s
}

func (s *stay) next() float64 {
	now := s.now
	if s.one > 0 {
		s.now *= s.one
	} else {
		s.now *= (s.b + s.n) / (s.a + s.b + s.n)
	}
	s.n++
	return now
}
