package stat

import "math"

// Expected is the mean number of purchases in (T, T+span], 0 or more. Unlike MBG/NBD's it need not fall in silence.
func (m Regular) Expected(h Paced, span float64) float64 {
	b := m.Believe(h)
	return b.Expected(h.T, span)
}

// Expected is the mean number of purchases within the span after an age, 0 or more.
func (b *Belief) Expected(age, span float64) float64 {
	if b.random() {
		return b.one().Expected(b.at(age), span)
	}
	each, quiet := b.each(b.silence(age))
	return float64(expit(quiet-b.born) * b.ifAlive(age, span, &each, quiet))
}

// ifAlive is E[purchases within the span after an age | alive], given what each says of the age.
func (b *Belief) ifAlive(age, span float64, each *[len(Regularities)]float64, quiet float64) float64 {
	if !(span > 0) {
		return 0
	}
	to := stays{stay: b.Purchases.stay(b.h)}
	var sum float64
	for i, order := range Regularities {
		weight := math.Exp(each[i] - quiet)
		switch {
		case weight < 1e-12: // a mean is at most some thousand times another
		case order == 1:
			sum += float64(weight * b.one().ifAlive(b.at(age), span))
		default:
			sum += float64(weight * b.phases(i, age, span).expected(b.Purchases, b.at(age), quietOf(each[i], b.weights[i]), &to))
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
	b := m.Believe(h)
	each, quiet := b.each(b.silence(h.T))
	var sum, before float64
	discount := 1.
	for k := range months {
		discount /= 1 + rate
		until := b.ifAlive(h.T, float64(float64(k+1)*monthLength), &each, quiet)
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

// phases are the phases of a customer with the k at a place, until a span after an age has passed.
func (b *Belief) phases(place int, age, span float64) phases {
	k, silence := float64(Regularities[place]), b.silence(age)
	time := silence + span
	p := phases{k: Regularities[place], span: span, past: silence / time}
	if b.Purchases.Rate > 0 {
		p.poisson, p.mean = true, float64(b.rates[place]*time)
		return p
	}
	p.r = b.shapes[place]
	p.u = k * time / b.rates[place]
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

// expected is E[purchases within the span | alive, k]. quiet is the logarithm of P(fewer than k phases in the silence). Beyond maxPhases the
// purchases are taken as Poisson, which is wrong by about one purchase of a thousand and more.
func (p phases) expected(of Limit, h Rhythm, quiet float64, to *stays) float64 {
	if p.tooMany() {
		return p.often(of, h)
	}
	if from, until := p.window(); until-from < windowed && quiet > leastQuiet {
		return p.within(from, until, to)
	}
	return p.oneAfterAnother(quiet, to)
}

// often is expected where phases are too many: purchases are Poisson. The rate of a customer with j phases in the silence is Gamma(r + kx + j,
// alpha + kT).
func (p phases) often(of Limit, h Rhythm) float64 {
	if of.Rate > 0 {
		return of.ifAlive(h, p.span)
	}
	k := float64(p.k)
	alpha := of.Alpha + float64(k*h.T)
	y := k * (h.T - h.TX) / alpha
	var sum, all float64
	weight := 1.
	for j := range p.k {
		post := posterior{r: p.r + float64(j), alpha: alpha, a: of.A, b: of.B + of.tosses(h)}
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
