package stat

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// limits are the three limits, each beside the model that it is the limit of, with parameters so large that customers hardly differ.
func limits(first bool, rate, leaving, r, alpha, a, b float64) map[string][2]lifetimesModel {
	const large = 1e7
	near := func(r, alpha, a, b float64) lifetimesModel {
		if first {
			return BGNBD{r, alpha, a, b}
		}
		return MBGNBD{r, alpha, a, b}
	}
	return map[string][2]lifetimesModel{
		"one rate":     {Limit{FirstStays: first, Rate: rate, A: a, B: b}, near(large, large/rate, a, b)},
		"one leaving":  {Limit{FirstStays: first, Leaving: leaving, R: r, Alpha: alpha}, near(r, alpha, large*leaving, large*(1-leaving))},
		"one for both": {Limit{FirstStays: first, Rate: rate, Leaving: leaving}, near(large, large/rate, large*leaving, large*(1-leaving))},
	}
}

type lifetimesModel interface {
	PurchaseModel
	LogLikelihood(h Rhythm) float64
	Gradient(h Rhythm) (float64, [4]float64)
}

// Every answer is what the model comes to where customers hardly differ.
func TestLimitsAreLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Rhythm{X: rapid.IntRange(0, 30).Draw(t, "x"), T: rapid.Float64Range(0, 300).Draw(t, "T")}
		if h.X > 0 {
			h.TX = h.T * rapid.Float64Range(0, 1).Draw(t, "t_x/T")
		}
		first, span, q := rapid.Bool().Draw(t, "first stays"), logUniform(t, "span", .1, 300), rapid.Float64Range(.01, .99).Draw(t, "q")
		for name, m := range limits(first, logUniform(t, "rate", .005, 1), rapid.Float64Range(.02, .9).Draw(t, "leaving"),
			logUniform(t, "r", .1, 10), logUniform(t, "alpha", 1, 100), logUniform(t, "a", .1, 10), logUniform(t, "b", .1, 10)) {
			is, of := m[0], m[1]
			same := func(what string, got, want float64) {
				if got == want || math.Abs(got-want) <= 3e-4*(math.Abs(want)+1e-9)+1e-7 {
					return
				}
				t.Errorf("%s, %s of %+v by %+v: got %v, want %v", name, what, h, is, got, want)
			}
			same("P(alive)", is.Alive(h), of.Alive(h))
			same("P(no purchase)", is.NoPurchase(h, span), of.NoPurchase(h, span))
			same("E[purchases]", is.Expected(h, span), of.Expected(h, span))
			same("discounted", is.Discounted(h, 12, span/12, .01), of.Discounted(h, 12, span/12, .01))
			same("P(purchase | alive)", is.NextWithin(h, span), of.NextWithin(h, span))
			same("quantile of the gap", is.NextGapQuantile(h, q), of.NextGapQuantile(h, q))
			// The terms of a likelihood of thirty purchases cancel, and their squares are not nothing against 1e7.
			if got, want := is.LogLikelihood(h), of.LogLikelihood(h); !(math.Abs(got-want) <= 1e-3+3e-4*math.Abs(want)) {
				t.Errorf("%s, log-likelihood of %+v by %+v: got %v, want %v", name, h, is, got, want)
			}
			// A crossing is where P(alive) is theta, or before the last purchase where it was less by then.
			born := Rhythm{X: h.X, TX: h.TX, T: h.TX}
			switch at := is.AliveCrossing(h, q); {
			case at < h.TX:
				if is.Alive(born) > q+1e-9 {
					t.Errorf("%s: crossing %v of %v is before the last purchase, at which P(alive) was %v", name, at, q, is.Alive(born))
				}
			case at < 1e6:
				if got := is.Alive(Rhythm{X: h.X, TX: h.TX, T: at}); math.Abs(got-q) > 1e-9 {
					t.Errorf("%s: at the crossing %v P(alive) is %v, want %v", name, at, got, q)
				}
			}
		}
	})
}

func TestLimitsInClosedForm(t *testing.T) {
	m, h := Limit{Rate: .5, Leaving: .2}, Rhythm{X: 3, TX: 10, T: 14}
	alive := 1 / (1 + .25*math.Exp(2))
	near(t, "P(alive)", m.Alive(h), alive, 1e-15)
	near(t, "P(no purchase)", m.NoPurchase(h, 6), 1-alive*(1-math.Exp(-3)), 1e-15)
	near(t, "E[purchases]", m.Expected(h, 6), alive*(1-math.Exp(-.6))/.2, 1e-15)
	near(t, "log-likelihood", m.LogLikelihood(h), 3*math.Log(.5)-7+4*math.Log(.8)+math.Log(1/alive), 1e-13)
	near(t, "median gap", m.NextGapQuantile(h, .5), 2*math.Ln2, 1e-15)
	near(t, "crossing", m.AliveCrossing(h, .5), 10+2*math.Log(4), 1e-13)
	near(t, "nobody leaves at the first purchase", Limit{FirstStays: true, Rate: .5, Leaving: .2}.Alive(Rhythm{T: 99}), 1, 0)
	// With b + 1 = 1 leaving is uniform over customers, and E[purchases | alive] is Ein(mean) = ln mean + Euler's constant, for a large mean.
	long := Limit{Rate: 1, A: 1, B: 1e-9}
	near(t, "100 million purchases without leaving", long.ifAlive(Rhythm{}, 1e8), math.Log(1e8)+.57721566490153286, 1e-7)
	near(t, "8,000 purchases without leaving", long.ifAlive(Rhythm{}, 8000), math.Log(8000)+.57721566490153286, 1e-7)
	near(t, "8,200 purchases without leaving", long.ifAlive(Rhythm{}, 8200), math.Log(8200)+.57721566490153286, 1e-7)
}

func TestLimitGradients(t *testing.T) {
	for _, h := range []Rhythm{{}, {T: 39}, customer, {1, 0, 0}, {1, 1, 300}, {26, 30.86, 31}, {300, 50, 200}} {
		for _, first := range []bool{false, true} {
			for name, m := range limits(first, .3, .4, .5, 6, .9, 1.6) {
				is := m[0].(Limit)
				_, by := is.Gradient(h)
				for i, p := range [4]*float64{&is.R, &is.Alpha, &is.A, &is.B} {
					switch {
					case i == 0 && is.Rate > 0:
						p = &is.Rate
					case i == 2 && is.Leaving > 0:
						p = &is.Leaving
					}
					if *p == 0 {
						near(t, name, by[i], 0, 0)
						continue
					}
					at, d := *p, 1e-4**p
					*p = at + d
					up := is.LogLikelihood(h)
					*p = at - d
					want := (up - is.LogLikelihood(h)) / (2 * d)
					*p = at
					near(t, fmt.Sprintf("%s of %+v by parameter %d", name, h, i), by[i], want, 1e-6*math.Abs(want)+1e-5)
				}
			}
		}
	}
}

func TestLimitsAreInRangeAndMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyRhythm(t)
		span := logUniform(t, "span", 1e-9, 36525)
		for name, m := range limits(rapid.Bool().Draw(t, "first stays"), logUniform(t, "rate", minParam, 100), rapid.Float64Range(1e-9, 1-1e-9).Draw(t, "leaving"),
			logUniform(t, "r", .01, 100), logUniform(t, "alpha", .01, 100), logUniform(t, "a", .01, 100), logUniform(t, "b", .01, 100)) {
			is, later := m[0], h
			later.T += logUniform(t, "silence", 1e-6, 1000)
			if l, _ := is.Gradient(h); l != is.LogLikelihood(h) {
				t.Errorf("%s: log-likelihood of %+v by %+v: got %v with its gradient, want %v", name, h, is, l, is.LogLikelihood(h))
			}
			for what, x := range map[string][2]float64{
				"P(alive)": {is.Alive(later), is.Alive(h)}, "P(no purchase)": {is.NoPurchase(h, span), is.NoPurchase(later, span)},
				"E[purchases]": {is.Expected(later, span), is.Expected(h, span)}, "discounted": {is.Discounted(later, 12, span/12, .01), is.Discounted(h, 12, span/12, .01)},
			} {
				if !(x[0] >= 0 && x[0] <= x[1]*(1+1e-9)+1e-300) || math.IsInf(x[1], 0) {
					t.Errorf("%s: %s of %+v by %+v, after more silence %v: %v, want them in order", name, what, h, is, later.T, x)
				}
			}
		}
	})
}

func TestLimitValidate(t *testing.T) {
	for _, row := range []struct {
		m    Limit
		want string
	}{
		{Limit{Rate: 1, Leaving: .5}, ""},
		{Limit{Rate: 1, A: 1, B: 1}, ""},
		{Limit{Leaving: .5, R: 1, Alpha: 1}, ""},
		{Limit{R: 1, Alpha: 1, A: 1, B: 1}, "no limit"},
		{Limit{Rate: 1}, "a = 0"},
		{Limit{Leaving: .5}, "alpha = 0"},
		{Limit{Rate: 1, R: 1, Leaving: .5}, "also r and alpha"},
		{Limit{Rate: 1, Leaving: .5, B: 1}, "also a and b"},
		{Limit{Rate: 1, Leaving: 1}, "leaving = 1"},
		{Limit{Rate: nan, Leaving: .5}, "rate = NaN"},
		{Limit{Rate: 1, Leaving: nan}, "leaving = NaN"},
	} {
		if err := row.m.Validate(); (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%+v: got %v, want %q", row.m, err, row.want)
		}
	}
}
