package watch

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"tidemark/internal/judge"
)

// level is the share of the intervals that is to hold.
const level = .8

// Usual is the interval in which the share of customers without a purchase lies if the forecasts are off as they were in earlier half-years,
// and by the chance of single customers.
type Usual struct {
	// Low and High are shares in [0, 1]. They are NaN where there is no interval.
	Low, High float64
	// Halves is the number of earlier half-years whose errors made the interval, of any model.
	Halves int
	// Why is nil where there is an interval.
	Why error
}

// String says where the share usually lies. It is empty where nothing is known of that.
func (u Usual) String() string {
	if u.Why != nil {
		return ""
	}
	return fmt.Sprintf("; by the errors of %d half-years before, %.1f to %.1f %% are usual (%.0f %% interval)", u.Halves, 100*u.Low, 100*u.High, 100*level)
}

// usual makes the interval of a report from the half-years before it. Another model made other errors, but the half-years hit it alike, and
// hardly any model stays in force for three half-years.
func usual(models map[string]map[string]*byGroup, r *Report, observed func(half string) bool) Usual {
	before := map[string]*byGroup{}
	for _, halves := range models {
		for half, groups := range halves {
			if half >= r.Since || !observed(half) {
				continue
			}
			if before[half] == nil {
				before[half] = new(byGroup)
			}
			for g := range groups {
				before[half][g].add(&groups[g])
			}
		}
	}
	var past []judge.Sum
	for n, half := range slices.Sorted(maps.Keys(before)) {
		fair, _ := fairOf(before[half])
		past = append(past, fair.sum(float64(n)))
	}
	n := float64(r.Fair.Settled)
	now := judge.Sum{At: float64(len(past)), Span: 1, Forecast: n * (1 - r.Fair.Forecast)}
	now.Events = now.Forecast
	b, err := judge.BandOf(now, past, level)
	if err != nil {
		return Usual{math.NaN(), math.NaN(), b.Errors, err}
	}
	return Usual{Low: max(0, 1-b.High/n), High: 1 - b.Low/n, Halves: b.Errors}
}

// sum is the number of customers of a half-year who bought, as forecast and as it came: the number of those who did not says less, since it
// is nearly all of them in many shops.
func (t *tally) sum(at float64) judge.Sum {
	s := judge.Sum{At: at, Span: 1, Squares: float64(t.error) / 1e6}
	for i := range bins {
		s.Forecast += float64(t.cases[i]) - float64(t.risk[i])/1e6
		s.Came += float64(t.cases[i] - t.gone[i])
	}
	s.Events = s.Forecast
	return s
}
