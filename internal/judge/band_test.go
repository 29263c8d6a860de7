package judge_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/judge"
)

// shop is a shop whose customers buy at rates that differ, and which good and bad quarters hit as a whole. It gives the forecasts of the true
// rates every 28 days, a horizon of 91 days ahead each, and what came.
type shop struct {
	customers int
	rate      float64 // mean purchase days in a horizon
	shock     float64 // standard deviation of the logarithm of a month's pace
	bias      float64 // the logarithm of the forecast over the truth
	cutoffs   int
}

func (s shop) open(r *rand.Rand) []judge.Sum {
	const step, span = 28., 91.
	months := make([]float64, s.cutoffs+4)
	for i := range months {
		months[i] = math.Exp(s.shock*r.NormFloat64()*math.Sqrt(span/step) - s.shock*s.shock*span/step/2)
	}
	var series []judge.Sum
	for n := range s.cutoffs {
		pace := (months[n] + months[n+1] + months[n+2] + .25*months[n+3]) / 3.25
		x := judge.Sum{At: step * float64(n), Span: span}
		for range s.customers {
			rate := s.rate * r.ExpFloat64()
			came, forecast := poisson(r, rate*pace), rate*math.Exp(s.bias)
			x.Came, x.Forecast = x.Came+came, x.Forecast+forecast
			x.Squares += (came - forecast) * (came - forecast)
		}
		x.Events = x.Forecast
		series = append(series, x)
	}
	return series
}

func poisson(r *rand.Rand, mean float64) float64 {
	n, p := 0, math.Exp(-mean)
	for u := r.Float64(); u > p && n < 1000; n++ {
		u -= p
		p *= mean / float64(n+1)
	}
	return float64(n)
}

// Where the truth is known, intervals of 80 % hold in about 80 % of the shops, whether customers or quarters make the errors.
func TestBandsHold(t *testing.T) {
	for _, row := range []struct {
		why       string
		shop      shop
		low, high float64
	}{
		{"chance alone: nothing hits all customers at once", shop{customers: 200, rate: .5, cutoffs: 20}, .76, .95},
		{"quarters differ", shop{customers: 200, rate: .5, shock: .2, cutoffs: 20}, .72, .9},
		{"quarters differ, few are known", shop{customers: 200, rate: .5, shock: .2, cutoffs: 12}, .72, .92},
		{"a steady bias of a third is in the interval", shop{customers: 300, rate: .5, shock: .05, bias: .3, cutoffs: 20}, .9, 1},
	} {
		r := rand.New(rand.NewPCG(8, 8))
		held, wide, all := 0., 0., 0.
		for range 300 {
			series := row.shop.open(r)
			now := series[len(series)-1]
			b := judge.Rolling(series, .8)[len(series)-1]
			if b.Why != nil {
				if !errors.Is(b.Why, judge.ErrNotHeld) {
					t.Fatalf("%s: no interval: %v", row.why, b.Why)
				}
				continue
			}
			all++
			wide += math.Log(b.High / b.Low)
			if b.Low <= now.Came && now.Came <= b.High {
				held++
			}
		}
		t.Logf("%s: %.3f of %.0f intervals held, mean width of the logarithm %.3f", row.why, held/all, all, wide/all)
		if share := held / all; !(share >= row.low && share <= row.high) || all < 200 {
			t.Errorf("%s: %.3f of %.0f intervals held, want %v to %v", row.why, share, all, row.low, row.high)
		}
	}
}

// No interval is claimed that nothing supports, and an interval needs nothing that was not known at its cutoff.
func TestNoBand(t *testing.T) {
	series := shop{customers: 200, rate: .5, shock: .1, cutoffs: 20}.open(rand.New(rand.NewPCG(1, 1)))
	known := judge.Rolling(series, .8)
	for i, b := range known {
		if enough := i >= 11; enough != (b.Why == nil) || !enough && !errors.Is(b.Why, judge.ErrFewErrors) {
			t.Errorf("cutoff %d: %v, want an interval where three horizons side by side have ended: %v", i, b.Why, enough)
		}
		if b.Why == nil && !(b.Low < series[i].Forecast && b.High > series[i].Forecast && b.Errors == i-3) {
			t.Errorf("cutoff %d: %+v of a forecast of %.0f, want it inside, from %d errors", i, b, series[i].Forecast, i-3)
		}
	}
	future := append([]judge.Sum{}, series...)
	for i := 12; i < len(future); i++ {
		future[i].Came *= 5
	}
	if got := judge.Rolling(future, .8)[12]; got != known[12] {
		t.Errorf("what came later moves an interval: got %+v, want %+v", got, known[12])
	}
	small := append([]judge.Sum{}, series...)
	small[15].Events = 9
	if got := judge.Rolling(small, .8)[15]; !errors.Is(got.Why, judge.ErrFewEvents) {
		t.Errorf("nine purchase days: %v, want %v", got.Why, judge.ErrFewEvents)
	}
	none := append([]judge.Sum{}, series...)
	for i := range none {
		none[i].Came = 0 // nobody came any more
	}
	if got := judge.Rolling(none, .8)[15]; math.IsNaN(got.Low) || math.IsInf(got.High, 0) {
		t.Errorf("nothing came: %+v, want finite bounds", got)
	}
}

// Where earlier intervals did not hold, there is none.
func TestBandsThatDoNotHold(t *testing.T) {
	var series []judge.Sum
	for n := range 40 {
		came := 1000 * math.Exp(.01*float64(n*n)) // further off each time than ever before
		series = append(series, judge.Sum{At: 28 * float64(n), Span: 91, Forecast: 1000, Came: came, Squares: 1000, Events: 1000})
	}
	got := judge.Rolling(series, .8)
	last := got[len(got)-1]
	if !errors.Is(last.Why, judge.ErrNotHeld) || last.Judged < 20 || last.Held > last.Judged/2 {
		t.Errorf("after intervals that rarely held: %+v, want none", last)
	}
}
