package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// anyModel draws a purchase model that Validate accepts, mostly of a sane size.
func anyModel(t *rapid.T) PurchaseModel {
	lo, hi := 0.05, 20.
	if rapid.Bool().Draw(t, "extreme") {
		lo, hi = minParam, maxParam
	}
	r, alpha := logUniform(t, "r", lo, hi), logUniform(t, "alpha", lo, hi)
	a, b := logUniform(t, "a", lo, hi), logUniform(t, "b", lo, hi)
	return rapid.SampledFrom([]PurchaseModel{
		BGNBD{r, alpha, a, b}, MBGNBD{r, alpha, a, b}, ParetoNBD{r, alpha, a, b},
	}).Draw(t, "model")
}

// anyRhythm draws a history of up to 10,000 purchases and a century of days.
func anyRhythm(t *rapid.T) Rhythm {
	h := Rhythm{T: rapid.Float64Range(0, 36525).Draw(t, "T")}
	if h.X = rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 10000)).Draw(t, "x"); h.X > 0 {
		h.TX = h.T * rapid.Float64Range(0, 1).Draw(t, "t_x/T")
	}
	return h
}

func logUniform(t *rapid.T, name string, lo, hi float64) float64 {
	e := rapid.Float64Range(math.Log(lo), math.Log(hi)).Draw(t, "ln "+name)
	return min(hi, max(lo, math.Exp(e)))
}

func TestAnswersAreInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := anyModel(t), anyRhythm(t)
		checkRange(t, m, h, logUniform(t, "span", 1e-9, 36525), rapid.Float64Range(0, 1).Draw(t, "q"))
	})
}

// lifetimes is what the purchase models answer beyond a score's questions.
type lifetimes interface {
	LogLikelihood(h Rhythm) float64
	Gradient(h Rhythm) (logLikelihood float64, by [4]float64)
	DERT(h Rhythm, rate float64) float64
}

// checkRange holds every answer of a model to the range it promises.
func checkRange(t interface{ Errorf(string, ...any) }, m PurchaseModel, h Rhythm, span, q float64) {
	between := func(what string, got, lo, hi float64) {
		if !(got >= lo && got <= hi) {
			t.Errorf("%s of %+v by %#v, span %v: got %v, want it in [%v, %v]", what, h, m, span, got, lo, hi)
		}
	}
	inf := math.Inf(1)
	between("P(alive)", m.Alive(h), 0, 1)
	between("P(no purchase)", m.NoPurchase(h, span), 0, 1)
	between("P(purchase | alive)", m.NextWithin(h, span), 0, 1)
	between("quantile of the gap", m.NextGapQuantile(h, q), 0, inf)
	between("E[purchases]", m.Expected(h, span), 0, math.MaxFloat64)
	between("discounted purchases", m.Discounted(h, 3, span, .01), 0, math.MaxFloat64)
	between("crossing", m.AliveCrossing(h, q), -inf, inf)
	l := m.(lifetimes)
	between("log-likelihood", l.LogLikelihood(h), -math.MaxFloat64, math.MaxFloat64)
	between("DERT", l.DERT(h, .01), 0, math.MaxFloat64)
	value, by := l.Gradient(h)
	between("log-likelihood, less that with its gradient", l.LogLikelihood(h)-value, 0, 0)
	for i := range by {
		between("derivative", by[i], -math.MaxFloat64, math.MaxFloat64)
	}
}

// Callers look for the moment of a crossing by bisection: in silence, each
// answer goes one way.
func TestAnswersAreMonotoneInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := anyModel(t), anyRhythm(t)
		span := logUniform(t, "span", 1e-3, 3650)
		later := h
		later.T += logUniform(t, "silence", 1e-9, 3650)

		if was, is := m.Alive(h), m.Alive(later); is > was*(1+1e-12) {
			t.Errorf("P(alive) after silence: got %v, want at most the %v before", is, was)
		}
		if was, is := m.NoPurchase(h, span), m.NoPurchase(later, span); is < was*(1-1e-12) {
			t.Errorf("P(no purchase) after silence: got %v, want at least the %v before", is, was)
		}
		if was, is := m.Expected(h, span), m.Expected(later, span); is > was*(1+1e-10) {
			t.Errorf("E[purchases] after silence: got %v, want at most the %v before", is, was)
		}
		if was, is := m.Expected(h, span), m.Expected(h, 1.01*span); is < was*(1-1e-10) {
			t.Errorf("E[purchases] in a longer span: got %v, want at least the %v in the shorter", is, was)
		}
		if was, is := m.NoPurchase(h, span), m.NoPurchase(h, 1.01*span); is > was*(1+1e-12) {
			t.Errorf("P(no purchase) in a longer span: got %v, want at most the %v in the shorter", is, was)
		}
	})
}

// A millisecond of silence is 1e-8 days: the answers move smoothly on that
// scale, far below the 1e-6 that callers round to.
func TestAnswersAreSmoothOnMilliseconds(t *testing.T) {
	const ms = 1. / (24 * 60 * 60 * 1000)
	days := MBGNBD{R: .525, Alpha: 7 * 6.183, A: .891, B: 1.614}
	for _, start := range []float64{20, 90, 400} {
		h := Rhythm{X: 5, TX: 15, T: start}
		for range 2000 {
			later := h
			later.T += ms
			if was, is := days.NoPurchase(h, 90), days.NoPurchase(later, 90); is < was-2e-16 || is > was+1e-9 {
				t.Fatalf("P(no purchase) a millisecond after %v: got %v, want just above %v", h.T, is, was)
			}
			if was, is := days.Expected(h, 365), days.Expected(later, 365); is > was+1e-14 || is < was-1e-8 {
				t.Fatalf("E[purchases] a millisecond after %v: got %v, want just below %v", h.T, is, was)
			}
			h = later
		}
	}
}

func TestAliveCrossingIsWhereAliveCrosses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, h := anyModel(t), anyRhythm(t)
		theta := rapid.Float64Range(.01, .99).Draw(t, "theta")
		at := m.AliveCrossing(h, theta)
		if at < h.TX || at > 36525 {
			return
		}
		before, after := h, h
		before.T, after.T = at*(1-1e-12), at*(1+1e-12)
		if was, is := m.Alive(before), m.Alive(after); was < theta*(1-1e-12) || is > theta*(1+1e-12) {
			t.Errorf("P(alive) around its crossing %v of %v: got %v before and %v after", at, theta, was, is)
		}
	})
}

func TestQuantileInvertsNextWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, q := anyRhythm(t), rapid.Float64Range(.001, .999).Draw(t, "q")
		if got := mbg.NextWithin(h, mbg.NextGapQuantile(h, q)); math.Abs(got-q) > 1e-9 {
			t.Errorf("P(purchase | alive) within its %v quantile: got %v", q, got)
		}
	})
}

func TestExpectedSpendIsBetweenOwnMeanAndPopulations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, mean := rapid.IntRange(1, 10000).Draw(t, "x"), logUniform(t, "mean", .01, 1e6)
		lo, hi := min(mean, gg.PopulationMean()), max(mean, gg.PopulationMean())
		if got := gg.ExpectedSpend(x, mean*float64(x)); !(got >= lo*(1-1e-12) && got <= hi*(1+1e-12)) {
			t.Errorf("expected spend for a mean of %v over %d: got %v, want it in [%v, %v]", mean, x, got, lo, hi)
		}
	})
}
