package backtest

import (
	"sort"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/score"
	"tidemark/internal/stat"
)

// Spend judges forecasts of what customers spend within the horizon, in major units of the base currency. Spend is net of
// refunds by the end of the horizon.
type Spend struct {
	Actual      Number `json:"actual"`
	Forecast    Number `json:"forecast"`
	Bias        Number `json:"bias"`
	MAE         Number `json:"mae"`
	RMSE        Number `json:"rmse"`
	Correlation Number `json:"correlation"`
	// Gini is the Gini coefficient of what was spent, in the order of the forecasts: 0 by chance, the greater the better.
	Gini Number `json:"gini"`
}

// The forecasts of spend.
const (
	// ExpectedSpend is the purchase days that MBG/NBD expects, times the spend per purchase day that Gamma-Gamma expects.
	ExpectedSpend = "mbg-nbd × gamma-gamma"
	// SteadySpend assumes that every customer goes on at the rate and at the average spend of the past.
	SteadySpend = "x*h/T × average"
)

func spendOf(forecast, actual []float64) Spend {
	a := judge.Counts(forecast, actual)
	return Spend{Number(a.Actual), Number(a.Forecast), Number(a.Bias), Number(a.MAE), Number(a.RMSE), Number(a.Correlation), Number(judge.Gini(forecast, actual))}
}

// Point is the number of purchase days of all customers known at the cutoff, added up from the cutoff to some day.
type Point struct {
	Days   Number `json:"days"`
	Actual Number `json:"actual"`
	// Forecast is by MBG/NBD, Steady by the rate of the past.
	Forecast Number `json:"forecast"`
	Steady   Number `json:"steady"`
}

const week = 7

// courseOf adds up the purchase days week by week. The last week may be short.
func (f *forecasts) courseOf(w *scoredLog, e *score.Engine, bought *learn.Buying, unitDays float64, horizon time.Duration) []Point {
	rhythms := make([]stat.Rhythm, len(f.cases))
	var rate float64 // purchase days a day, at the rate of the past
	for i := range f.cases {
		p := f.cases[i].Pattern
		rhythms[i] = p.Rhythm(unitDays)
		rate += float64(p.Repeats) / max(1, p.Age)
	}
	groups := fit.Groups(rhythms)
	var all []Point
	for until := float64(week); ; until += week {
		until = min(until, days(horizon))
		x := Point{Days: Number(until), Steady: Number(rate * until)}
		span := e.Ahead(f.at, until) / unitDays
		if bought.Mixed() { // customers of one rhythm differ in their gaps
			x.Forecast = f.regularOf(bought, span, unitDays)
		} else {
			for _, g := range groups {
				x.Forecast += Number(float64(g.Customers) * bought.Model.Expected(g.History, span))
			}
		}
		x.Actual = Number(w.bought(f, f.at.Add(time.Duration(until)*24*time.Hour)))
		if all = append(all, x); until >= days(horizon) {
			return all
		}
	}
}

// bought is the number of purchase days of the cases' customers from the cutoff until an instant.
func (w *scoredLog) bought(f *forecasts, until event.Instant) (n int) {
	for i := range f.cases {
		l := w.life(f.cases[i].Customer)
		n += l.history.Between(w.cutoff, until).Days
	}
	return n
}

// life finds the life of a customer of the log.
func (w *scoredLog) life(customer string) *life {
	return &w.lives[sort.Search(len(w.lives), func(i int) bool { return w.lives[i].customer >= customer })]
}
