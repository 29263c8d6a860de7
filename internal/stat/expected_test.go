package stat

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// E[purchases | alive] where each other form of it fails: computed from the
// paper's form with 400 digits, and at its poles by adding up positive terms.
func TestExpectedIfAlive(t *testing.T) {
	for _, c := range []struct {
		why                     string
		r, alpha, a, b, t, want float64
	}{
		{"an ordinary customer", 2.243, 43.274, .793, 4.426, 39, 1.687399305805313},
		{"just bought for the first time", .243, 4.414, .793, 2.426, 52, 1.446050595396404},
		{"a span of 26,000 alphas", .243, .01, .793, 2.426, 260, 30.73275792637219},
		{"a span of 1e18 alphas", 3, 1e-9, .9, 7, 1e9, 3900.839001561061},
		{"nearly no span", 12.5, 30, .5, .5, 1e-6, 4.166666197916723e-7},
		{"nobody ever leaves", .72, 9.4, 1e-8, 1e6, 365, 27.9574468085013},
		{"nobody ever leaves, a frequent buyer", 50.72, 309.4, 1e-8, 1e6, 365, 59.83451842273546},
		{"a thousand purchases", 1000.25, 104, .8, 1002.5, 52, 422.5889250329748},
		{"ten thousand in a century, and another to go", 10000.25, 36525, .8, 10002.5, 36525, 7435.450293312952},
		{"ten thousand in two years, and ten to go", 10000.25, 104, .8, 10002.5, 520, 21550.96537901544},
		{"sixty in the first days", 60, 4, .8, 62, 365, 450.2695973312535},
		{"a billion to come", 1e4, 1, 1e-3, 1e4, 1e5, 989542413.9712636},
		{"the pole a = 1", 2.243, 43.274, 1, 4.426, 39, 1.625149536343284},
		{"the pole a + b = 1", .243, 4, .5, .5, 39, .9753469121537464},
		{"a near 2, a + b beyond", .25, 4, 2.0000001, .5, 39, .5575216412960603},
		{"all or nothing", 5, 4, 1e-3, 1e-3, 39, 24.79009328288546},
		{"b near 0", .1, 1e-6, .3, 1e-6, 1e6, 132.3073617879808},
		{"one in two leaves", 1000, 10, 1000, 1000, 10, 2.001001001001001},
		{"all leave at once", 20, 4, 30, 3, 39, 1.103448275862069},
		{"hardly ever buys", 1e-6, 4, 40, 1e6, 39, 9.748099330633086e-6},
	} {
		p := posterior{r: c.r, alpha: c.alpha, a: c.a, b: c.b}
		closeTo(t, c.why, p.ifAlive(c.t), c.want, 2e-12)
		if u := c.t / c.alpha; u <= 100 && c.r*u <= 2000 {
			closeTo(t, c.why+", by the series", p.series(u, c.r*u), c.want, 2e-12)
		}
		closeTo(t, c.why+", by the integral", p.integral(c.t/c.alpha, c.r*c.t/c.alpha), c.want, 2e-12)
	}
	p := posterior{r: 2, alpha: 40, a: .8, b: 4}
	near(t, "no span", p.ifAlive(0), 0, 0)
	near(t, "a negative span", p.ifAlive(-1), 0, 0)
}

// The forms of the literature, where they are sound, agree with the two in use.
func TestFormsOfExpectedAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := posterior{
			r:     logUniform(t, "r", 0.05, 30),
			alpha: logUniform(t, "alpha", 1, 100),
			a:     logUniform(t, "a", 0.05, 10),
			b:     logUniform(t, "b", 0.3, 40),
		}
		u := logUniform(t, "u", 0.01, 15)
		series, integral := p.series(u, p.r*u), p.integral(u, p.r*u)
		if math.Abs(series-integral) > 1e-12*integral {
			t.Errorf("series: got %v, want the integral's %v", series, integral)
		}
		if got := p.euler(u); p.eulerHolds(u) && math.Abs(got-integral) > 1e-12*integral {
			t.Errorf("euler: got %v, want the integral's %v", got, integral)
		}
		if math.Abs(p.a-1) < 1e-3 || math.Abs(p.a+p.b-1) < 1e-3 {
			return // their poles
		}
		paper, lost := p.paper(u)
		if tol := 1e-12*integral + 1e-15*lost; math.Abs(paper-integral) > tol {
			t.Errorf("the paper's form: got %v, want the integral's %v within %g", paper, integral, tol)
		}
		if p.r > 3 {
			return // its terms change sign for long, and cancel
		}
		euler, lost := p.transformed(u)
		if tol := 1e-12*integral + 1e-12*lost; math.Abs(euler-integral) > tol {
			t.Errorf("its Euler transform: got %v, want the integral's %v within %g", euler, integral, tol)
		}
	})
}

// paper is E[purchases | alive] as Fader, Hardie & Lee wrote it, and the
// magnitude of what it takes the difference of.
func (p posterior) paper(u float64) (expected, lost float64) {
	z, c := u/(1+u), p.a+p.b-1
	f := hyp2f1(p.r, p.b, c, z) * math.Pow(1-z, p.r)
	return c / (p.a - 1) * (1 - f), 1e3 * math.Abs(c/(p.a-1)) * (1 + math.Abs(f))
}

// transformed is the same with x gone from the exponents.
func (p posterior) transformed(u float64) (expected, lost float64) {
	z, c := u/(1+u), p.a+p.b-1
	f := hyp2f1(c-p.r, p.a-1, c, z) * math.Pow(1-z, p.a-1)
	return c / (p.a - 1) * (1 - f), math.Abs(c/(p.a-1)) * (1 + math.Abs(f))
}

// hyp2f1 is the Gauss hypergeometric function by its series.
func hyp2f1(a, b, c, z float64) float64 {
	sum, term := 1., 1.
	for n := 0.; n < 1e5; n++ {
		term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
		sum += term
		if math.Abs(term) < 1e-17*(1-z)*math.Abs(sum) && n > math.Abs(a) {
			break
		}
	}
	return sum
}

func TestHyp2f1(t *testing.T) {
	for _, z := range []float64{.01, .5, .9} {
		closeTo(t, fmt.Sprintf("2F1(1, 1; 2; %v) = -ln(1-z)/z", z), hyp2f1(1, 1, 2, z), -math.Log1p(-z)/z, 1e-14)
		closeTo(t, fmt.Sprintf("2F1(3, 2; 2; %v) = (1-z)^-3", z), hyp2f1(3, 2, 2, z), math.Pow(1-z, -3), 1e-13)
		closeTo(t, fmt.Sprintf("2F1(1/2, 1; 3/2; %v) = atanh(sqrt z)/sqrt z", z),
			hyp2f1(.5, 1, 1.5, z), math.Atanh(math.Sqrt(z))/math.Sqrt(z), 1e-14)
	}
}

// Brute force: the mean over the dropout probability by tanh-sinh quadrature in
// logit(p), as if nothing was known of its ends.
func TestIntegralAgainstBruteForce(t *testing.T) {
	for _, p := range []posterior{
		{r: 2.243, alpha: 43.274, a: .793, b: 4.426},
		{r: .25, alpha: 4, a: .1, b: .2},
		{r: .25, alpha: 4, a: .4, b: 3},
		{r: .25, alpha: 4, a: 3, b: .4},
		{r: 200, alpha: 40, a: 1, b: 203},
		{r: 3, alpha: 1, a: 20, b: 30},
	} {
		for _, u := range []float64{.01, 1, 50, 1e4} {
			var want float64
			const step = 1. / 256
			for v := -6.; v <= 6; v += step {
				y := math.Pi * math.Sinh(v)
				q := expit(y)
				if q == 0 {
					continue
				}
				density := math.Exp(-p.a*softplus(-y) - p.b*softplus(y) - lbeta(p.a, p.b))
				want += step * math.Pi * math.Cosh(v) * density * -math.Expm1(-p.r*math.Log1p(q*u)) / q
			}
			closeTo(t, fmt.Sprintf("%+v over %v", p, u), p.integral(u, p.r*u), want, 1e-11)
		}
	}
}
