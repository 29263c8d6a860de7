package backtest

import (
	"fmt"
	"math"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/judge"
)

// level is the share of the intervals of sums that is to hold.
const level = .8

// Bands are the intervals of sums: of the purchase days and of the spend of the customers known at a cutoff, within the horizon after it.
// Customers who first buy later are in no sum.
type Bands struct {
	// Level is the share of the intervals that is to hold, in (0, 1).
	Level Number `json:"level"`
	// Cutoffs are the judged cutoffs, and at last the end of the log, of which nobody knows yet what comes.
	Cutoffs []BandsAt `json:"cutoffs"`
	// Skipped are the earlier cutoffs at which no sums could be forecast.
	Skipped []Failed `json:"skipped,omitempty"`
}

// BandsAt are the intervals of one cutoff.
type BandsAt struct {
	Date string `json:"date"`
	// Ahead says that this is the end of the log.
	Ahead bool   `json:"ahead,omitempty"`
	Sums  []Band `json:"sums"`
}

// Band is a sum with its interval, Low to High.
type Band struct {
	// Of is PurchaseDays or SpendToCome. Group is "all", or a number of repeat purchase days before the cutoff.
	Of       string `json:"of"`
	Group    string `json:"group"`
	Forecast Number `json:"forecast"`
	Came     Number `json:"came"` // NaN at the end of the log
	Low      Number `json:"low"`
	High     Number `json:"high"`
	// Errors is the number of earlier cutoffs whose errors made the interval, Windows how many horizons side by side these cover.
	Errors  int    `json:"errors"`
	Windows Number `json:"horizons_side_by_side"`
	// Earlier is the number of earlier cutoffs that have an interval made in the same way, of which it was known by this cutoff what came.
	// EarlierHeld is the number of these at which the interval held.
	Earlier     int `json:"earlier_intervals"`
	EarlierHeld int `json:"earlier_intervals_held"`
	// Why says why there is no interval. Low and High are then NaN.
	Why string `json:"why_none,omitempty"`
}

// Held says whether what came lies in the interval: yes, no, or a dash where either is not known.
func (b *Band) Held() string {
	switch {
	case b.Why != "" || !b.Came.finite():
		return dash
	case b.Low <= b.Came && b.Came <= b.High:
		return "yes"
	}
	return "no"
}

// Record says how often earlier intervals held.
func (b *Band) Record() string {
	if b.Earlier == 0 {
		return dash
	}
	return fmt.Sprintf("%d of %d", b.EarlierHeld, b.Earlier)
}

// make gives the sums of the judged cutoffs, and of the end of the log, their intervals. The origins are sorted by time.
func (b *Bands) make(origins []*origin, calendar event.Calendar) {
	var shown []int
	for i, o := range origins {
		if o.judged || o.ahead {
			shown = append(shown, i)
			b.Cutoffs = append(b.Cutoffs, BandsAt{Date: calendar.Day(o.at).String(), Ahead: o.ahead})
		}
	}
	for _, m := range measures {
		for g := range origins[0].sums {
			series := make([]judge.Sum, len(origins))
			for i, o := range origins {
				series[i] = *o.sums[g][m]
			}
			rolled := judge.Rolling(series, level)
			for n, i := range shown {
				b.Cutoffs[n].Sums = append(b.Cutoffs[n].Sums, bandOf(m, groupName(g), series[i], rolled[i]))
			}
		}
	}
}

func groupName(g int) string {
	if g == 0 {
		return Everybody
	}
	return className(g - 1)
}

func bandOf(of, group string, s judge.Sum, r judge.Rolled) Band {
	none := Number(math.NaN())
	b := Band{
		Of: of, Group: group, Forecast: Number(s.Forecast), Came: Number(s.Came), Low: none, High: none,
		Errors: r.Errors, Windows: Number(r.Windows), Earlier: r.Judged, EarlierHeld: r.Held,
	}
	if r.Why != nil {
		b.Why = r.Why.Error()
		return b
	}
	b.Low, b.High = Number(r.Low), Number(r.High)
	return b
}

// BandWords say what the sums and their intervals are.
const BandWords = "The sums are of the customers known at the cutoff; who first buys later is in none. An interval is made of the chance of single " +
	"customers and the errors of earlier cutoffs."

// Verdicts say for the sums of all customers how often their intervals held.
func (b *Bands) Verdicts() []string {
	var all []string
	for _, m := range measures {
		var newest *Band
		held, known := 0, 0
		for i := range b.Cutoffs {
			for k := range b.Cutoffs[i].Sums {
				x := &b.Cutoffs[i].Sums[k]
				if x.Of != m || x.Group != Everybody {
					continue
				}
				newest = x
				if h := x.Held(); h != dash {
					known++
					if h == "yes" {
						held++
					}
				}
			}
		}
		if newest == nil || known+newest.Earlier == 0 {
			all = append(all, fmt.Sprintf("%s: no interval could be held against what came yet.", capital(m)))
			continue
		}
		said := fmt.Sprintf("%s: of the %s judged here %d held", capital(m), plural(known, "interval"), held)
		if newest.Earlier > 0 {
			said += fmt.Sprintf("; of all %d made in the same way before the newest, %d", newest.Earlier, newest.EarlierHeld)
		}
		all = append(all, fmt.Sprintf("%s. The level is %.0f %%.", said, 100*b.Level))
	}
	return all
}

func capital(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

// Reasons say, once each, why sums have no interval.
func (b *Bands) Reasons() []string {
	var all []string
	seen := map[string]bool{}
	for i := range b.Cutoffs {
		for k := range b.Cutoffs[i].Sums {
			x := &b.Cutoffs[i].Sums[k]
			kind := number.ReplaceAllString(x.Why, "#")
			if x.Why == "" || seen[kind] {
				continue
			}
			seen[kind] = true
			all = append(all, fmt.Sprintf("No interval of the %s of %s at %s: %s.", x.Of, customersOf(x.Group), b.Cutoffs[i].Date, x.Why))
		}
	}
	if n := len(b.Skipped); n > 0 {
		all = append(all, fmt.Sprintf("%s made no forecast and no interval, the first at %s: %s.", plural(n, "earlier cutoff"), b.Skipped[0].Date, b.Skipped[0].Why))
	}
	return all
}

func customersOf(group string) string {
	if group == Everybody {
		return "all customers"
	}
	return "customers with " + group + " repeats"
}
