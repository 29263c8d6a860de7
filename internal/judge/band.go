package judge

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Sum is a forecast of a sum over customers, such as the purchase days of a shop
// from a cutoff to a horizon later, and what came of it.
type Sum struct {
	// At is the cutoff and Span the horizon, in days of one calendar.
	At, Span float64
	// Forecast and Came are the sums. Came is NaN while it is not known.
	Forecast, Came float64
	// Squares is the sum over the customers of (came - forecast)².
	Squares float64
	// Events is the forecast number of events that make up the sum: of a count the
	// forecast itself, of a spend the forecast number of purchase days.
	Events float64
}

// Band is a prediction interval of a sum: Low to High, both at least 0.
type Band struct {
	Low, High float64
	// Errors is the number of earlier sums whose errors made the interval. Windows
	// is the number of horizons that fit side by side into the time from the first
	// of the cutoffs to the end of the last horizon: overlapping horizons do not
	// count as independent.
	Errors  int
	Windows float64
	// Shock is the standard deviation of what hits all customers at once, as a
	// logarithm of actual over forecast.
	Shock float64
	// Deviation is the standard deviation of ln(came/forecast), the sampling error
	// included, and Quantile how many of it the interval reaches to either side.
	Deviation, Quantile float64
}

// Reasons why a sum has no interval.
var (
	ErrFewEvents = errors.New("the forecast is too small")
	ErrFewErrors = errors.New("too few earlier cutoffs")
	ErrNotHeld   = errors.New("such intervals did not hold")
)

const (
	// fewestEvents is the least number of events of a sum with an interval: below,
	// the logarithm of the sum is far from normal.
	fewestEvents = 10
	// fewestWindows is the least number of horizons side by side. From two or fewer
	// nothing shows how much quarters differ.
	fewestWindows = 3
	// smallest is the least share of the forecast that counts as having come: a
	// logarithm needs more than nothing, and refunds may exceed a spend.
	smallest = .01
	// enoughJudged is the number of earlier intervals from which on these show
	// whether intervals hold.
	enoughJudged = 10
	// beyondChance is the number of standard errors by which fewer intervals than
	// the level says must have held, for that to be no chance.
	beyondChance = 2
)

// BandOf is the interval of a sum at a level in (0, 1), from earlier sums of which
// it is known what came. It adds two variances of ln(came/forecast):
//
//   - The sampling error, phi/Forecast. The dispersion phi is the sum of Squares of
//     the earlier sums over the sum of their forecasts: 1 for Poisson counts of
//     equal rates.
//   - The shock, what hits all customers at once: the mean square of the earlier
//     ln(came/forecast) less what the sampling error explains of it, at least 0.
//     The mean is not taken out, so a steady bias widens the interval.
//
// The interval is Forecast times exp(±q sd), with q the quantile of Student's t with
// Windows degrees of freedom. ErrFewEvents, ErrFewErrors say why there is none.
//
// Source: the random-effects variance by the method of moments, as in DerSimonian &
// Laird, Meta-analysis in Clinical Trials, Controlled Clinical Trials 7, 1986.
func BandOf(now Sum, past []Sum, level float64) (Band, error) {
	if !(now.Events >= fewestEvents && now.Forecast > 0) {
		return Band{}, fmt.Errorf("%w: %.1f purchase days, and an interval needs %d", ErrFewEvents, now.Events, fewestEvents)
	}
	var b Band
	var squares, forecasts, first, last float64
	for _, s := range past {
		if !s.counts() {
			continue
		}
		if b.Errors == 0 {
			first, last = s.At, s.At
		}
		first, last = min(first, s.At), max(last, s.At)
		b.Errors++
		squares, forecasts = squares+s.Squares, forecasts+s.Forecast
	}
	if b.Errors > 0 {
		b.Windows = min(1+(last-first)/now.Span, float64(b.Errors))
	}
	if b.Windows < fewestWindows {
		return b, fmt.Errorf("%w: the errors of %.1f horizons side by side are known, and an interval needs %d", ErrFewErrors, b.Windows, fewestWindows)
	}
	phi := squares / forecasts
	var shock float64
	for _, s := range past {
		if s.counts() {
			e := s.off()
			shock += (float64(e*e) - phi/s.Forecast) / float64(b.Errors)
		}
	}
	shock = max(0, shock)
	b.Shock = math.Sqrt(shock)
	b.Deviation = math.Sqrt(shock + phi/now.Forecast)
	b.reach(now, distuv.StudentsT{Mu: 0, Sigma: 1, Nu: b.Windows}.Quantile((1+level)/2))
	return b, nil
}

// reach gives b a quantile, and the bounds that follow.
func (b *Band) reach(now Sum, quantile float64) {
	wide := math.Exp(quantile * b.Deviation)
	b.Quantile, b.Low, b.High = quantile, now.Forecast/wide, now.Forecast*wide
}

// counts reports whether the error of s is known and is not all chance.
func (s Sum) counts() bool {
	return s.Events >= fewestEvents && s.Forecast > 0 && !math.IsNaN(s.Came)
}

// off is ln(came/forecast).
func (s Sum) off() float64 { return math.Log(max(s.Came/s.Forecast, smallest)) }

// Rolled is the interval of a sum of a series, and what intervals made in the same
// way were worth before.
type Rolled struct {
	Band
	// Why is nil where there is an interval.
	Why error
	// Judged is the number of earlier sums that had an interval, and of which it was
	// known at the cutoff of this one what came. Held is the number of those within
	// their intervals.
	Held, Judged int
}

// Rolling gives each sum of a series its interval from the sums whose horizons had
// ended at its cutoff. Where at least 10 earlier intervals are known, an interval
// is at least so wide that as wide a one would have held at the level before: its
// Quantile is at least the level's quantile of the earlier |ln(came/forecast)| over
// their Deviation, as in split conformal prediction (Lei et al., Distribution-Free
// Predictive Inference for Regression, JASA 113, 2018). If fewer earlier intervals
// held than the level says, by more than chance explains, there is none:
// ErrNotHeld. All else is as for BandOf. The series is sorted by At.
func Rolling(series []Sum, level float64) []Rolled {
	all := make([]Rolled, len(series))
	made := make([]bool, len(series)) // also where it turns out that such intervals did not hold: so intervals can come back
	for i, s := range series {
		var past []Sum
		var off []float64 // of the earlier intervals, in deviations
		var first, last float64
		r := &all[i]
		for k, p := range series[:i] {
			if !p.ended(s.At) {
				continue
			}
			past = append(past, p)
			if !made[k] || math.IsNaN(p.Came) {
				continue
			}
			if r.Judged == 0 {
				first = p.At
			}
			last = p.At
			r.Judged++
			off = append(off, math.Abs(p.off())/all[k].Deviation)
			if all[k].Low <= p.Came && p.Came <= all[k].High {
				r.Held++
			}
		}
		r.Band, r.Why = BandOf(s, past, level)
		if made[i] = r.Why == nil; !made[i] || r.Judged < enoughJudged {
			continue
		}
		slices.Sort(off)
		r.reach(s, max(r.Quantile, off[min(len(off), int(math.Ceil(level*float64(len(off)+1))))-1]))
		windows := min(1+(last-first)/s.Span, float64(r.Judged))
		if share := float64(r.Held) / float64(r.Judged); share < level-beyondChance*math.Sqrt(level*(1-level)/windows) {
			r.Why = fmt.Errorf("%w: at %d of %d earlier cutoffs", ErrNotHeld, r.Held, r.Judged)
		}
	}
	return all
}

// ended reports whether the horizon of s has ended at a day.
func (s Sum) ended(day float64) bool { return s.At+s.Span <= day+1e-9 }
