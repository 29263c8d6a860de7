package backtest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"tidemark/internal/judge"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// Alerts judges the alerts of one cutoff, or of all cutoffs together. The model fitted at the cutoff is put in force, with the
// levels of the given model and the backtest's horizon. The engine raises the alerts at their own instants. An alert is true if
// its customer buys nothing within the horizon after the alert. Only alerts within the horizon after the cutoff are judged, and
// only those after which the log still shows a whole horizon.
type Alerts struct {
	// WatchedDays is the number of days after the cutoff in which alerts are judged. It is 0 if the log ends one horizon after
	// the cutoff.
	WatchedDays Number `json:"watched_days"`
	// CustomerMonths is the time for which customers were watched, in months of 365/12 days, added up over the customers.
	// CountedMonths counts only the time in which an alert was possible: the customer had the purchase days and the spend that
	// the levels require, and had not lapsed.
	CustomerMonths Number `json:"customer_months"`
	CountedMonths  Number `json:"counted_months"`
	// Active is the number of customers for whom an alert was possible at the cutoff, who had bought within the horizon before
	// the cutoff, and who were in no episode. Leavers is the number of active customers who bought nothing within the horizon
	// after the cutoff. Warned is the number of customers who would be leavers, but were already in an episode at the cutoff.
	Active  int `json:"active"`
	Leavers int `json:"leavers"`
	Warned  int `json:"leavers_in_an_episode_before"`
	// Levels are WATCH, AT_RISK and CRITICAL. An alert counts when its episode first reaches the level.
	Levels []AlertLevel `json:"levels"`
}

// AlertLevel judges the alerts that reached a level or a higher one.
type AlertLevel struct {
	Level  string `json:"level"`
	Alerts int    `json:"alerts"`
	// Precision is the share of alerts that were true, in [0, 1]. ValuePrecision weighs each alert with its value at stake.
	Precision      Number `json:"precision"`
	ValuePrecision Number `json:"value_precision"`
	// Matched is the precision that the alerts would have had with other customers of equal frequency and recency. For each
	// alert the peers are customers with as many purchase days (see frequencyClass) whose silence at the instant of the alert
	// is nearest. Over is Precision less Matched. Lift is Precision over Matched.
	Matched Number   `json:"matched_precision"`
	Over    Interval `json:"precision_over_matched"`
	Lift    Number   `json:"lift_over_matched"`
	// Recall is the share of leavers who reached the level within the horizon after the cutoff, in [0, 1].
	Recall Number `json:"recall"`
	// PerThousand is the number of alerts per 1,000 customer-months; PerThousandCounted, per 1,000 counted months.
	PerThousand        Number `json:"per_1000_customer_months"`
	PerThousandCounted Number `json:"per_1000_counted_months"`
	// Lead is the median number of days from a true alert to the lapse, when the loss is plain to everybody. BeforeRule is the
	// median number of days from a true alert to the 90th day of silence. It is negative if a rule of 90 days would have told
	// earlier.
	Lead       Number `json:"lead_days"`
	BeforeRule Number `json:"days_before_90_silent"`
	// Returned is the median number of days from a false alert to the next purchase.
	Returned Number `json:"false_returned_after_days"`
}

const (
	// ruleDays is the fixed silence that a rule of thumb waits for.
	ruleDays = 90
	month    = 365. / 12
)

// tally holds the sums behind Alerts, so that the sums of several cutoffs can be added before anything is divided.
type tally struct {
	watched, known, counted float64 // days
	active, leavers, warned int
	levels                  [churn.Levels - 1]levelTally
}

type levelTally struct {
	alerts, right, recalled int
	stake, lost             float64
	silent, lead, returned  []float64 // in days: the first two of true alerts, the last of false ones
	matches                 []match
}

// match is an alert that has peers: right is 1 if the alert was true, and left is the share of the peers who left.
type match struct {
	customer string
	right    float64
	left     float64
}

// tally adds up what was judged, customer by customer: so the sums are always rounded alike.
func (w *scoredLog) tally() *tally {
	t := &tally{watched: days(w.until.Sub(w.cutoff))}
	for i := range w.lives {
		l := &w.lives[i]
		t.known, t.counted = t.known+l.known, t.counted+l.counted
		t.recall(l)
		for k := range l.moments {
			if m := &l.moments[k]; m.judged {
				t.levels[m.level-1].add(l.customer, m)
			}
		}
	}
	return t
}

// recall counts a customer among the active and the leavers, if the customer belongs there.
func (t *tally) recall(l *life) {
	switch {
	case !l.active:
	case l.before != churn.None && l.left:
		t.warned++
	case l.before != churn.None:
	case !l.left:
		t.active++
	default:
		t.active++
		t.leavers++
		highest := churn.None
		for _, m := range l.moments {
			highest = max(highest, m.level)
		}
		for level := range highest {
			t.levels[level].recalled++
		}
	}
}

// add adds one alert to the sums of a level.
func (t *levelTally) add(customer string, m *moment) {
	t.alerts++
	t.stake += float64(m.stake)
	if m.left {
		t.right++
		t.lost += float64(m.stake)
		t.silent, t.lead = append(t.silent, m.silent), append(t.lead, m.lead)
	} else if m.back {
		t.returned = append(t.returned, m.returned)
	}
	if m.matched {
		t.matches = append(t.matches, match{customer, oneIf(m.left), m.share})
	}
}

// add adds the sums of another cutoff.
func (t *tally) add(u *tally) {
	t.watched, t.known, t.counted = t.watched+u.watched, t.known+u.known, t.counted+u.counted
	t.active, t.leavers, t.warned = t.active+u.active, t.leavers+u.leavers, t.warned+u.warned
	for i := range t.levels {
		a, b := &t.levels[i], &u.levels[i]
		a.alerts, a.right, a.recalled = a.alerts+b.alerts, a.right+b.right, a.recalled+b.recalled
		a.stake, a.lost = a.stake+b.stake, a.lost+b.lost
		a.silent, a.lead, a.returned = append(a.silent, b.silent...), append(a.lead, b.lead...), append(a.returned, b.returned...)
		a.matches = append(a.matches, b.matches...)
	}
}

// alerts divides the sums.
func (t *tally) alerts() *Alerts {
	a := &Alerts{
		WatchedDays: Number(t.watched), CustomerMonths: Number(t.known / month), CountedMonths: Number(t.counted / month),
		Active: t.active, Leavers: t.leavers, Warned: t.warned,
	}
	for i := range t.levels {
		of := &t.levels[i]
		n, silent := float64(of.alerts), median(of.silent)
		level := AlertLevel{
			Level: score.Level(i + 1).String(), Alerts: of.alerts,
			Precision: Number(float64(of.right) / n), ValuePrecision: Number(of.lost / of.stake),
			Recall:      Number(float64(of.recalled) / float64(t.leavers)),
			PerThousand: Number(1000 * n / (t.known / month)), PerThousandCounted: Number(1000 * n / (t.counted / month)),
			Lead: Number(median(of.lead)), BeforeRule: Number(ruleDays - silent), Returned: Number(median(of.returned)),
		}
		var right, left float64
		for _, m := range of.matches {
			right, left = right+m.right, left+m.left
		}
		level.Matched, level.Lift, level.Over = Number(left/float64(len(of.matches))), Number(right/left), over(of.matches)
		a.Levels = append(a.Levels, level)
	}
	return a
}

// over estimates the precision of the alerts less that of their peers.
func over(matches []match) Interval {
	n := float64(len(matches))
	var mean float64
	for _, m := range matches {
		mean += (m.right - m.left) / n
	}
	off := map[string]float64{}
	for _, m := range matches {
		off[m.customer] += m.right - m.left - mean
	}
	var square float64
	for _, customer := range slices.Sorted(maps.Keys(off)) { // a fixed order, so that the sum is always rounded alike
		square += float64(off[customer] * off[customer])
	}
	if n == 0 {
		mean = math.NaN()
	}
	return intervalOf(judge.Estimate{Value: mean, StandardError: math.Sqrt(square) / n})
}

// median is the middle value, or the mean of the two middle values. It is NaN if there are no values.
func median(x []float64) float64 {
	slices.Sort(x)
	if len(x) == 0 {
		return math.NaN()
	}
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

func days(d time.Duration) float64 { return d.Hours() / 24 }

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// AlertWords explain the figures of alerts to a reader.
func AlertWords(r *Result) []string {
	return []string{
		"An alert is the moment at which an episode first reaches its level or a higher one.",
		"Matched: the precision of other customers with as many purchase days and the nearest silence, at the same instants; lift is the true share over theirs, the interval that of the difference, 95 % by customer.",
		fmt.Sprintf("Recall: of the customers with the purchase days and the spend for alerts who bought within %[1]g days before the cutoff, were in no episode and bought nothing in the %[1]g days after it, those alerted in these.", r.HorizonDays),
		"Per 1,000 customer-months: of all customers, and of those with the purchase days and the spend for alerts who have not lapsed.",
		fmt.Sprintf("Lead: median days from a true alert to the lapse; before %d: to %[1]d days of silence, negative if later; returned: from a false alert to the purchase.", ruleDays),
	}
}
