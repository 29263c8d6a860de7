package fit

import (
	"context"
	"errors"
	"fmt"
	"math"

	"tidemark/internal/event"
	"tidemark/internal/season"
	"tidemark/internal/stat"
)

// Life is the purchase days of a customer, ascending, each once.
type Life []event.Day

// Seasonal is what Season has found.
type Seasonal struct {
	// Index is nil where no season is known, or where the season does not pay.
	Index season.Index
	// Years is the length of the log, from the first purchase on. Purchases counts the purchase days after each customer's first.
	Years     float64
	Purchases int
	// HeldOut says that the last year was held out. Gain is then the mean gain of log-likelihood of a purchase of that year: how much better
	// the index of the years before it tells when in the year the purchase comes.
	HeldOut bool
	Gain    float64
	// Why says in words why there is an index, or none.
	Why string
}

// Told reports whether the log is long enough to say yes or no: whether two years are known in which customers bought again.
func (s *Seasonal) Told() bool { return s.Years >= 2 && s.Purchases > 0 }

const (
	daysOfYear = 365
	// thin is the number of purchases a week of the year below which the index goes by month.
	thin = 25
	// turns is how often the index and the purchase model are fitted to each other in turn. Three rounds settle an index to a few
	// thousandths.
	turns = 3
	// modelled is the most customers that the purchase model of a season is fitted to. The index counts the purchases of all.
	modelled = 8192
)

// Season estimates the season of a shop: the purchases of each week of the year, or of each month where weeks are thin, over those that
// MBG/NBD expects of the same customers. The purchases of one year do not tell a season from a trend. So the last year is held out where
// two years or more are known, and the index is left out where it tells nothing of that year. until is the last day that is known. Errors:
// those of Purchases, but for ErrNoRepeats and ErrNoTime, after which no season is known.
//
// The estimate of an entry with O purchases, where the model expects E at the usual pace, is (O + k)/(E + k): the posterior mean under a
// Gamma(k, k) prior. 1/k is the variance of the pace over the entries, by the method of moments. Source: DerSimonian & Laird, Meta-analysis
// in clinical trials, Controlled Clinical Trials 7, 1986, with the Poisson variance 1/E of O/E.
func Season(ctx context.Context, lives []Life, until event.Day, unitDays float64, o Options) (Seasonal, error) {
	c := census(lives, until)
	out := Seasonal{Years: float64(until-c.first+1) / daysOfYear, Purchases: c.purchases}
	switch {
	case c.purchases == 0:
		out.Why = "nobody bought again"
		return out, nil
	case out.Years < 1:
		out.Why = fmt.Sprintf("the log holds %d days, and a season needs a year", until-c.first+1)
		return out, nil
	}
	index, err := c.index(ctx, lives, unitDays, o)
	if err != nil {
		return out, err
	}
	if index.Flat() {
		out.Why = "the weeks of the year differ by no more than chance"
		return out, nil
	}
	if out.Years < 2 {
		out.Index, out.Why = index, "less than two years are known: nothing shows yet that the season comes again"
		return out, nil
	}
	if out.Gain, err = gain(ctx, lives, until, unitDays, o); err != nil {
		return out, err
	}
	out.HeldOut = true
	if !(out.Gain > 0) {
		out.Why = fmt.Sprintf("the years before tell nothing of when customers bought in the last one (log-likelihood %+.4f a purchase)", out.Gain)
		return out, nil
	}
	out.Index = index
	out.Why = fmt.Sprintf("the years before tell when customers bought in the last one (log-likelihood %+.4f a purchase)", out.Gain)
	return out, nil
}

// counts are the purchases of a shop by day.
type counts struct {
	first, until event.Day
	// born and bought go by the day, from first on: the customers whose first purchase day it is, and those who bought again on it.
	born, bought []float64
	purchases    int
}

func census(lives []Life, until event.Day) *counts {
	c := &counts{first: until, until: until}
	for _, life := range lives {
		if len(life) > 0 {
			c.first = min(c.first, life[0])
		}
	}
	c.born, c.bought = make([]float64, until-c.first+1), make([]float64, until-c.first+1)
	for _, life := range lives {
		for i, day := range life {
			switch {
			case day > until:
			case i == 0:
				c.born[day-c.first]++
			default:
				c.bought[day-c.first]++
				c.purchases++
			}
		}
	}
	return c
}

// index is the index of the purchases of c. It is nil where the entries differ by no more than chance, and where no purchase model can be
// fitted.
func (c *counts) index(ctx context.Context, lives []Life, unitDays float64, o Options) (season.Index, error) {
	entries := season.Weeks
	if c.purchases < thin*season.Weeks {
		entries = season.Months
	}
	var index season.Index
	var clock *season.Clock
	for range turns {
		m, err := modelOf(ctx, lives, c.until, clock, unitDays, o)
		if m == nil || err != nil {
			return nil, err
		}
		seen, usual := make([]float64, entries), make([]float64, entries)
		for i, n := range c.expected(m, unitDays, clock) {
			day := c.first + event.Day(i)
			at := season.Entry(entries, day)
			seen[at] += c.bought[i]
			usual[at] += n / clock.Pace(day)
		}
		if index = shrunk(seen, usual); index == nil {
			return nil, nil
		}
		if clock, err = season.NewClock(index); err != nil {
			return nil, err
		}
	}
	return index, nil
}

// modelOf fits the purchase model in the time of a clock. It returns nil where the customers allow no model.
func modelOf(ctx context.Context, lives []Life, until event.Day, clock *season.Clock, unitDays float64, o Options) (stat.PurchaseModel, error) {
	var rhythms []stat.Rhythm
	step := max(1, (len(lives)+modelled-1)/modelled)
	for i := 0; i < len(lives); i += step {
		if h, ok := lives[i].rhythm(until, clock, unitDays); ok {
			rhythms = append(rhythms, h)
		}
	}
	r, err := Purchases(ctx, Groups(rhythms), false, o)
	if errors.Is(err, ErrNoRepeats) || errors.Is(err, ErrNoTime) || errors.Is(err, ErrNoCustomers) {
		return nil, nil
	}
	return r.Model, err
}

// rhythm is what the purchase model knows of a life at the end of a day.
func (l Life) rhythm(until event.Day, clock *season.Clock, unitDays float64) (h stat.Rhythm, ok bool) {
	if len(l) == 0 || l[0] > until {
		return h, false
	}
	last := l[0]
	for _, day := range l[1:] {
		if day <= until {
			h.X, last = h.X+1, day
		}
	}
	h.TX = clock.Seasonal(l[0], float64(last-l[0])) / unitDays
	h.T = clock.Seasonal(l[0], float64(until+1-l[0])) / unitDays
	return h, true
}

// expected is the number of repeat purchases that a model expects on each day, of the customers born before it.
func (c *counts) expected(m stat.PurchaseModel, unitDays float64, clock *season.Clock) []float64 {
	days := len(c.born)
	time := make([]float64, days+1) // seasonal, from c.first on
	for i := range time {
		time[i] = clock.Seasonal(c.first, float64(i))
	}
	// curve[t] is the mean number of repeat purchases within t seasonal days. Between two days it is taken as straight.
	curve := make([]float64, int(time[days])+2)
	for t := range curve {
		curve[t] = m.Expected(stat.Rhythm{}, float64(t)/unitDays)
	}
	within := func(t float64) float64 {
		whole := int(t)
		return curve[whole] + float64((t-float64(whole))*(curve[whole+1]-curve[whole]))
	}
	out := make([]float64, days)
	for born, n := range c.born {
		if n == 0 {
			continue
		}
		before := 0. // a customer buys again on the day after the first at the earliest
		for i := born + 1; i < days; i++ {
			by := within(time[i+1] - time[born+1])
			out[i] += float64(n * (by - before))
			before = by
		}
	}
	return out
}

// shrunk is the index of entries with so many purchases seen, where so many come at the usual pace. It is nil where the entries differ by
// no more than chance.
func shrunk(seen, usual []float64) season.Index {
	var allSeen, allUsual float64
	for i := range seen {
		allSeen, allUsual = allSeen+seen[i], allUsual+usual[i]
	}
	if allSeen == 0 || allUsual == 0 {
		return nil
	}
	var off, sum, squares, known float64
	scaled := make([]float64, len(usual))
	for i, n := range usual {
		if n == 0 {
			continue
		}
		e := n * allSeen / allUsual
		scaled[i] = e
		off += float64((seen[i] - e) * (seen[i] - e) / e)
		sum, squares, known = sum+e, squares+float64(e*e), known+1
	}
	variance := (off - (known - 1)) / (sum - squares/sum)
	if !(variance > 0) {
		return nil
	}
	k := 1 / variance
	pace, mean := make([]float64, len(seen)), 0.
	for i := range seen {
		pace[i] = (seen[i] + k) / (scaled[i] + k)
		mean += pace[i] / float64(len(seen))
	}
	index := make(season.Index, len(seen))
	for i := range index {
		index[i] = int(min(max(math.Round(season.Usual*pace[i]/mean), season.Least), season.Most))
	}
	if index.Flat() {
		return nil
	}
	return index
}
