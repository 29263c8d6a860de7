package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ofMBG is a mixture of which MBG/NBD has the parameters.
func ofMBG(m MBGNBD, weights ...float64) Regular {
	r := Regular{Purchases: Limit{R: m.R, Alpha: m.Alpha, A: m.A, B: m.B}}
	copy(r.Weights[:], weights)
	return r
}

// yearly buyers and others, in days.
var mixed = ofMBG(MBGNBD{R: .9, Alpha: 90, A: .6, B: 2.4}, .3, .2, .1, .1, .1, .2)

// equal is a customer with equal gaps and a silence.
func equal(x int, gap, silence float64) Paced {
	n := float64(x)
	return Paced{Rhythm: Rhythm{X: x, TX: n * gap, T: n*gap + silence}, LogGaps: n * math.Log(gap)}
}

// With k = 1 alone every answer is MBG/NBD's to the last bit, and the formulas of the mixture come to the same.
func TestRegularIsMBGNBDForRandomBuyers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Paced{Rhythm: anyRhythm(t), LogGaps: 1}
		span, q := logUniform(t, "span", 1, 400), rapid.Float64Range(.01, .99).Draw(t, "q")
		m := MBGNBD{R: logUniform(t, "r", .1, 10), Alpha: logUniform(t, "alpha", 1, 100), A: logUniform(t, "a", .1, 10), B: logUniform(t, "b", .1, 10)}
		r := ofMBG(m, 1)
		for what, x := range map[string][2]float64{
			"P(alive)":             {r.Alive(h), m.Alive(h.Rhythm)},
			"P(no purchase)":       {r.NoPurchase(h, span), m.NoPurchase(h.Rhythm, span)},
			"P(purchase | alive)":  {r.NextWithin(h, span), m.NextWithin(h.Rhythm, span)},
			"E[purchases]":         {r.Expected(h, span), m.Expected(h.Rhythm, span)},
			"discounted":           {r.Discounted(h, 12, span/12, .01), m.Discounted(h.Rhythm, 12, span/12, .01)},
			"crossing":             {r.AliveCrossing(h, q), m.AliveCrossing(h.Rhythm, q)},
			"quantile of the gap":  {r.NextGapQuantile(h, q), m.NextGapQuantile(h.Rhythm, q)},
			"log-likelihood":       {r.LogLikelihood(h), m.LogLikelihood(h.Rhythm)},
			"probability of k = 1": {r.Posterior(h)[0], 1},
		} {
			if x[0] != x[1] && !(what == "probability of k = 1" && math.Abs(x[0]-1) < 1e-9) {
				t.Errorf("%s of %+v by %+v: got %v, MBG/NBD says %v", what, h, m, x[0], x[1])
			}
		}
		b := r.Believe(h)
		quiet := b.quiet(h.T - h.TX)
		same := func(what string, got, want, tol float64) {
			if !(math.Abs(got-want) <= tol*(math.Abs(want)+1)) {
				t.Errorf("%s of %+v by the formulas of the mixture: got %v, MBG/NBD says %v", what, h, got, want)
			}
		}
		same("P(alive)", expit(quiet-b.born), m.Alive(h.Rhythm), 1e-10)
		same("log-likelihood", b.density+lbeta(m.A, m.B+float64(h.X+1))-lbeta(m.A, m.B)+quiet+softplus(b.born-quiet), m.LogLikelihood(h.Rhythm), 1e-10)
		if p := b.phases(0, h.T, span); !p.tooMany() {
			same("E[purchases | alive]", p.expected(r.Purchases, h.Rhythm, quiet, &stays{stay: b.Purchases.stay(h)}), m.ifAlive(h.Rhythm, span), 1e-9)
		}
	})
}

// erlang are answers by integration over the purchase rate and the probability of leaving, for one k, from nothing but the story: phases of
// the rate k lambda, a toss after each purchase.
type erlang struct {
	likelihood, alive, noPurchase, expected float64 // all but the first times the likelihood
}

func integrate(m MBGNBD, k int, h Paced, span float64) erlang {
	var sum erlang
	order, x, tau := float64(k), float64(h.X), h.T-h.TX
	fewer := func(mean float64, n int) float64 { // P(fewer than n phases)
		p, term := 0., math.Exp(-mean)
		for j := range n {
			p += term
			term *= mean / float64(j+1)
		}
		return p
	}
	const step = .05
	for i := -1000; i <= 200; i++ { // ln lambda
		l := float64(i)*step/2 + math.Log(m.R/m.Alpha)
		lambda := math.Exp(l)
		gamma := m.R*math.Log(m.Alpha) - lgamma(m.R) + m.R*l - m.Alpha*lambda
		gaps := order*x*math.Log(order*lambda) + (order-1)*h.LogGaps - order*lambda*h.TX - x*lgamma(order)
		weight := math.Exp(gamma+gaps) * step / 2
		if weight < 1e-60 {
			continue
		}
		rate := order * lambda
		quiet, later := fewer(rate*tau, k), fewer(rate*(tau+span), k)
		// The phases in the span, given each number of phases in the silence.
		var buys []float64 // P(at least n purchases within the span and no purchase in the silence)
		for n := 1; n < 2000; n++ {
			p, term := 0., math.Exp(-rate*tau)
			for j := range k {
				p += term * (1 - fewer(rate*span, n*k-j))
				term *= rate * tau / float64(j+1)
			}
			if p < 1e-13 {
				break
			}
			buys = append(buys, p)
		}
		for j := -240; j <= 240; j++ { // logit p
			y := float64(j) * step * 3
			p, stays := expit(y), expit(-y)
			w := weight * math.Exp(m.A*math.Log(p)+m.B*math.Log(stays)-lbeta(m.A, m.B)+x*math.Log(stays)) * step * 3
			sum.likelihood += w * (p + stays*quiet)
			sum.alive += w * stays * quiet
			sum.noPurchase += w * (p + stays*later)
			here := w * stays
			for _, b := range buys {
				sum.expected += here * b
				here *= stays
			}
		}
	}
	return sum
}

func TestRegularIsWhatIntegrationGives(t *testing.T) {
	for _, h := range []Paced{{Rhythm: Rhythm{T: 100}}, equal(1, 40, 10), equal(4, 30, 29), equal(4, 30, 70), {Rhythm{X: 3, TX: 90, T: 200}, math.Log(5 * 25 * 60)}} {
		m, span := mixed, 120.
		var want erlang
		var posterior [len(Regularities)]float64
		for i, k := range Regularities {
			one := integrate(m.mbg(), k, h, span)
			w := m.Weights[i]
			posterior[i] = w * one.likelihood
			want.likelihood += w * one.likelihood
			want.alive += w * one.alive
			want.noPurchase += w * one.noPurchase
			want.expected += w * one.expected
		}
		of := fmt.Sprintf(" of %+v", h)
		near(t, "log-likelihood"+of, m.LogLikelihood(h), math.Log(want.likelihood), 1e-8)
		near(t, "P(alive)"+of, m.Alive(h), want.alive/want.likelihood, 1e-8)
		near(t, "P(no purchase)"+of, m.NoPurchase(h, span), want.noPurchase/want.likelihood, 1e-8)
		near(t, "E[purchases]"+of, m.Expected(h, span), want.expected/want.likelihood, 1e-7)
		near(t, "P(purchase | alive)"+of, m.NextWithin(h, span), (want.likelihood-want.noPurchase)/want.alive, 1e-7)
		for i, p := range m.Posterior(h) {
			near(t, fmt.Sprintf("P(k = %d)%s", Regularities[i], of), p, posterior[i]/want.likelihood, 1e-8)
		}
	}
}

// simulated is one customer of m: the history until an age, and the purchases of the span after it.
func (m Regular) simulated(from *rand.Rand, age, span float64) (h Paced, later int, alive bool) {
	k, u := 0, from.Float64()
	for k < len(m.Weights)-1 && u >= m.Weights[k] {
		u -= m.Weights[k]
		k++
	}
	p := m.Purchases
	rate, a, b := gammaDraw(from, p.R)/p.Alpha, gammaDraw(from, p.A), gammaDraw(from, p.B)
	leaving := a / (a + b)
	h.T = age
	for now := 0.; ; {
		if from.Float64() < leaving {
			return h, later, now > age
		}
		gap := 0.
		for range Regularities[k] {
			gap += from.ExpFloat64() / (rate * float64(Regularities[k]))
		}
		switch now += gap; {
		case now > age+span:
			return h, later, true
		case now > age:
			later++
		default:
			h.X, h.TX, h.LogGaps = h.X+1, now, h.LogGaps+math.Log(gap)
		}
	}
}

// gammaDraw draws from Gamma(shape, 1). Source: Marsaglia & Tsang, A simple method for generating gamma variables, 2000.
func gammaDraw(from *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gammaDraw(from, shape+1) * math.Pow(from.Float64(), 1/shape)
	}
	d := shape - 1./3
	for {
		x := from.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v > 0 && math.Log(from.Float64()) < x*x/2+d-d*v*v*v+3*d*math.Log(v) {
			return d * v * v * v
		}
	}
}

// The answers are right on average over simulated customers, all together and by what they have told.
func TestRegularOfSimulatedCustomers(t *testing.T) {
	const customers, age, span = 20_000, 500., 180.
	from := rand.New(rand.NewPCG(1, 2))
	type group struct{ n, alive, wasAlive, quiet, wasQuiet, buys, bought, square float64 }
	groups := map[string]*group{"all": {}, "bought once": {}, "random": {}, "regular": {}, "regular and late": {}}
	for range customers {
		h, later, alive := mixed.simulated(from, age, span)
		names := []string{"all"}
		posterior := mixed.Posterior(h)
		switch {
		case h.X == 0:
			names = append(names, "bought once")
		case posterior[0] > .5:
			names = append(names, "random")
		case posterior[5]+posterior[4] > .6:
			names = append(names, "regular")
			if h.T-h.TX > 1.3*h.TX/float64(h.X) {
				names = append(names, "regular and late")
			}
		}
		for _, name := range names {
			g := groups[name]
			g.n++
			g.alive += mixed.Alive(h)
			g.quiet += mixed.NoPurchase(h, span)
			expected := mixed.Expected(h, span)
			g.buys += expected
			g.bought += float64(later)
			g.square += (float64(later) - expected) * (float64(later) - expected)
			if alive {
				g.wasAlive++
			}
			if later == 0 {
				g.wasQuiet++
			}
		}
	}
	for name, g := range groups {
		t.Logf("%-17s %5.0f customers: alive %.1f of %.1f, quiet %.1f of %.1f, purchases %.1f of %.1f", name, g.n, g.alive, g.wasAlive, g.quiet, g.wasQuiet, g.buys, g.bought)
		if g.n < 50 {
			t.Errorf("%s: %v customers, want 50 or more", name, g.n)
		}
		// Four standard errors, with a binomial's variance for the shares.
		share := func(p float64) float64 { return 4 * math.Sqrt(p*(1-p/g.n)+1) }
		near(t, name+": alive", g.alive, g.wasAlive, share(g.alive))
		near(t, name+": without a purchase", g.quiet, g.wasQuiet, share(g.quiet))
		near(t, name+": purchases", g.buys, g.bought, 4*math.Sqrt(g.square))
	}
}

// A yearly buyer is no risk before the date, and is one soon after it. MBG/NBD tells neither.
func TestAYearlyBuyer(t *testing.T) {
	renewed := equal(4, 365, 0)
	at := func(day float64) Paced {
		h := renewed
		h.T += day
		return h
	}
	var got []float64
	for _, day := range []float64{0, 180, 350, 365, 420, 550} {
		got = append(got, mixed.Alive(at(day)))
	}
	t.Logf("P(alive) of a yearly buyer on the days 0, 180, 350, 365, 420 and 550: %.3v", got)
	if born := 1 / (1 + .6/6.4); !(got[2] > .9*born) || !(got[5] < .6*born) {
		t.Errorf("P(alive) by days of silence: %.3v, want it above .9 of %.3f at day 350 and below .6 of it at day 550", got, born)
	}
	if just, due := mixed.NoPurchase(at(0), 90), mixed.NoPurchase(at(330), 90); !(just > .98 && due < .6) {
		t.Errorf("P(no purchase within 90 days): %.3f just after a purchase, %.3f at day 330; want above .98, and below .6", just, due)
	}
	if p := mixed.Posterior(at(0)); !(p[5] > .5) {
		t.Errorf("posterior weights %.3v, want k = 13 above one half", p)
	}
	if day := mixed.NextGapQuantile(at(0), .5); !(day > 300 && day < 430) {
		t.Errorf("the median of the next gap is %.0f days, want about a year", day)
	}
	if day := mixed.AliveCrossing(at(0), .5) - renewed.TX; !(day > 380 && day < 600) {
		t.Errorf("P(alive) falls to one half on day %.0f, want it soon after a year", day)
	}
}

// anyPaced draws a history of up to 10,000 purchases, and gaps from equal ones to such as no random buyer has.
func anyPaced(t *rapid.T) Paced {
	h := Paced{Rhythm: anyRhythm(t)}
	if h.TX == 0 {
		h.X = 0
	}
	if x := float64(h.X); h.X > 0 {
		h.LogGaps = x*math.Log(h.TX/x) - x*rapid.Float64Range(0, 3).Draw(t, "irregular")
	}
	return h
}

func anyRegular(t *rapid.T) Regular {
	lo, hi := .05, 50.
	if rapid.Bool().Draw(t, "extreme") {
		lo, hi = minParam, maxParam
	}
	var m Regular
	if rapid.Bool().Draw(t, "one rate") {
		m.Purchases.Rate = logUniform(t, "rate", lo, hi)
	} else {
		m.Purchases.R, m.Purchases.Alpha = logUniform(t, "r", lo, hi), logUniform(t, "alpha", lo, hi)
	}
	if rapid.Bool().Draw(t, "one leaving") {
		m.Purchases.Leaving = rapid.Float64Range(1e-9, 1-1e-9).Draw(t, "leaving")
	} else {
		m.Purchases.A, m.Purchases.B = logUniform(t, "a", lo, hi), logUniform(t, "b", lo, hi)
	}
	left := 1.
	for i := range m.Weights {
		w := left
		if i < len(m.Weights)-1 {
			w *= rapid.OneOf(rapid.Just(0.), rapid.Just(1.), rapid.Float64Range(0, 1)).Draw(t, "weight")
		}
		m.Weights[i], left = w, left-w
	}
	return m
}

func TestRegularIsInRangeAndMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := anyRegular(t), anyPaced(t)
		if err := m.Validate(); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		if err := h.Validate(); err != nil {
			t.Skip(err)
		}
		checkRegular(t, m, h, logUniform(t, "span", 1e-9, 36525), rapid.Float64Range(0, 1).Draw(t, "q"))
	})
}

func checkRegular(t interface{ Errorf(string, ...any) }, m Regular, h Paced, span, q float64) {
	between := func(what string, got, lo, hi float64) {
		if !(got >= lo && got <= hi) {
			t.Errorf("%s of %+v by %+v, span %v: got %v, want it in [%v, %v]", what, h, m, span, got, lo, hi)
		}
	}
	inf := math.Inf(1)
	later := h
	later.T = min(MaxSpan, h.T+span)
	between("P(alive)", m.Alive(h), 0, 1)
	between("P(alive) after more silence", m.Alive(later), 0, m.Alive(h)*(1+1e-9)+1e-12)
	between("P(no purchase)", m.NoPurchase(h, span), 0, 1)
	between("P(no purchase) in twice the span", m.NoPurchase(h, 2*span), 0, m.NoPurchase(h, span)*(1+1e-9)+1e-12)
	between("P(purchase | alive)", m.NextWithin(h, span), 0, 1)
	between("quantile of the gap", m.NextGapQuantile(h, q), 0, inf)
	between("E[purchases]", m.Expected(h, span), 0, math.MaxFloat64)
	between("log-likelihood", m.LogLikelihood(h), -math.MaxFloat64, math.MaxFloat64)
	between("crossing", m.AliveCrossing(h, q), -inf, inf)
	var sum float64
	for _, p := range m.Posterior(h) {
		between("posterior weight", p, 0, 1+1e-9)
		sum += p
	}
	between("sum of the posterior weights", sum, 1-1e-9, 1+1e-9)
	if at := m.AliveCrossing(h, q); at >= h.TX && at < 1e6 {
		before, crossed := h, h
		const rounding = 4e-16 // of an instant
		before.T, crossed.T = max(h.TX, at*(1-rounding)-1e-12), at*(1+rounding)
		between("P(alive) just after its crossing", m.Alive(crossed), 0, q+1e-6)
		between("P(alive) just before its crossing", m.Alive(before), q-1e-6, 1)
	}
}

func FuzzRegular(f *testing.F) {
	f.Add(.5, 6., .9, 1.6, 0., 0., .5, 2, 30., 38., 5., 39., .5)
	f.Add(1e9, 1e-9, 1e-9, 1e9, 0., 0., 0., 10000, 1e9, 1e9, 1e5, 1e8, 1.)
	f.Add(0., 0., 0., 0., .01, .2, 0., 4, 1460., 1800., 23.5, 90., .1)
	f.Fuzz(func(t *testing.T, r, alpha, a, b, rate, leaving, random float64, x int, tx, age, logs, span, q float64) {
		m := Regular{Purchases: Limit{R: r, Alpha: alpha, A: a, B: b, Rate: rate, Leaving: leaving}}
		m.Weights[0], m.Weights[5] = random, 1-random
		h := Paced{Rhythm: Rhythm{X: x, TX: tx, T: age}, LogGaps: logs}
		if m.Validate() != nil || h.Validate() != nil || !(span >= 0 && span <= MaxSpan/2 && q >= 0 && q <= 1) {
			t.Skip("refused")
		}
		checkRegular(t, m, h, span, q)
	})
}

// The limits are what the mixture comes to where customers hardly differ.
func TestRegularLimits(t *testing.T) {
	const rate, leaving, large = .02, .15, 1e7
	weights := mixed.Weights
	for name, m := range map[string][2]Limit{
		"one rate":     {{Rate: rate, A: .6, B: 2.4}, {R: large, Alpha: large / rate, A: .6, B: 2.4}},
		"one leaving":  {{Leaving: leaving, R: .9, Alpha: 90}, {A: large * leaving, B: large * (1 - leaving), R: .9, Alpha: 90}},
		"one for both": {{Rate: rate, Leaving: leaving}, {R: large, Alpha: large / rate, A: large * leaving, B: large * (1 - leaving)}},
	} {
		is, of := Regular{Purchases: m[0], Weights: weights}, Regular{Purchases: m[1], Weights: weights}
		for _, h := range []Paced{{Rhythm: Rhythm{T: 100}}, equal(1, 40, 10), equal(9, 50, 60), {Rhythm{X: 3, TX: 90, T: 200}, math.Log(5 * 25 * 60)}} {
			at := fmt.Sprintf(", %s, %+v", name, h)
			near(t, "P(alive)"+at, is.Alive(h), of.Alive(h), 1e-4)
			near(t, "P(no purchase)"+at, is.NoPurchase(h, 60), of.NoPurchase(h, 60), 1e-4)
			near(t, "E[purchases]"+at, is.Expected(h, 200), of.Expected(h, 200), 1e-3)
			near(t, "discounted"+at, is.Discounted(h, 6, 30, .01), of.Discounted(h, 6, 30, .01), 1e-3)
			near(t, "log-likelihood"+at, is.LogLikelihood(h), of.LogLikelihood(h), 1e-2)
			near(t, "median gap"+at, is.NextGapQuantile(h, .5), of.NextGapQuantile(h, .5), 1e-2)
		}
	}
}

// Beyond maxPhases the purchases are taken as Poisson.
func TestExpectedOfCountlessPhases(t *testing.T) {
	for _, m := range []Regular{ofMBG(MBGNBD{R: .9, Alpha: 9, A: .6, B: 2.4}), {Purchases: Limit{Rate: .1, A: .6, B: 2.4}}, {Purchases: Limit{R: .9, Alpha: 9, Leaving: .01}}} {
		m.Weights[4] = 1
		for _, h := range []Paced{equal(9, 10, 5), equal(400, 10, 2)} {
			compared, b := 0, m.Believe(h)
			for span := 1000.; span < 1e6; span *= 1.2 {
				p := b.phases(4, h.T, span)
				if p.tooMany() || p.mean < 15e3 {
					continue
				}
				exact := p.expected(m.Purchases, h.Rhythm, b.logQuiet(4, h.T-h.TX), &stays{stay: b.Purchases.stay(h)})
				near(t, fmt.Sprintf("E[purchases within %v] by %+v of %+v", span, m, h), p.often(m.Purchases, h.Rhythm), exact, 1+.001*exact)
				compared++
			}
			if compared == 0 {
				t.Errorf("no span of %+v has so many phases that they can be compared", m)
			}
		}
	}
}

func TestRegularValidate(t *testing.T) {
	for _, row := range []struct {
		m    Regular
		want string
	}{
		{mixed, ""},
		{Regular{Purchases: Limit{Rate: 1, Leaving: .5}, Weights: mixed.Weights}, ""},
		{Regular{Purchases: mixed.Purchases}, "add up to 0"},
		{Regular{Purchases: Limit{Rate: 1, Leaving: .5, FirstStays: true}, Weights: mixed.Weights}, "not BG/NBD"},
		{Regular{Purchases: Limit{R: 1, Alpha: 1, A: 1}, Weights: mixed.Weights}, "b = 0"},
		{ofMBG(mbg, -.5, 1.5), "regularity 1: weight = -0.5"},
		{ofMBG(mbg, nan, 1), "regularity 1: weight = NaN"},
	} {
		if err := row.m.Validate(); (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%+v: got %v, want %q", row.m, err, row.want)
		}
	}
	for _, row := range []struct {
		h  Paced
		ok bool
	}{
		{Paced{}, true},
		{equal(4, 365, 10), true},
		{Paced{Rhythm: customer, LogGaps: 2*math.Log(15.215) + 1e-3}, false},
		{Paced{Rhythm: customer, LogGaps: nan}, false},
		{Paced{Rhythm: customer, LogGaps: math.Inf(-1)}, false},
		{Paced{LogGaps: -1}, false},
		{Paced{Rhythm: Rhythm{X: 1}}, false},
	} {
		if err := row.h.Validate(); (err == nil) != row.ok {
			t.Errorf("%+v: got %v, want it accepted: %t", row.h, err, row.ok)
		}
	}
}
