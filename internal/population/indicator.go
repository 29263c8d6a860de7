package population

import (
	"math"
	"slices"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score/value"
)

// Indicator is an entry of the catalogue that has a histogram.
type Indicator struct {
	*catalogue.Entry
	// Scale is the number of the histogram's units in one unit of the entry.
	Scale int64
}

// cutBy are the entries that cut points of a model file are drawn on.
var cutBy = []string{"recency_days", "orders_365d", "spend_365d", "value_score", contribution}

// contribution is the indicator whose sums the groups have.
const contribution = "contribution_365d"

// Indicators are the entries that have a histogram, in the order of the catalogue. These are the numbers that
//
//   - are a field of tm:score, or are always a member of tm:detail and neither tell who somebody is nor how somebody ranks;
//   - or are weighed by the scorecard;
//   - or are what cut points are drawn on.
//
// Words, instants and flags have none, nor grades.
func Indicators(card *value.Scorecard, base event.Currency) []Indicator {
	var all []Indicator
	for i, e := range catalogue.All() {
		seen := e.Seen&catalogue.InScore != 0 || e.Seen&catalogue.InBrief != 0 && e.Group != catalogue.Identity && e.Group != catalogue.Rank
		weighed := slices.ContainsFunc(card.Lines, func(l value.Line) bool { return string(l.Indicator) == e.Name })
		number := e.Kind == catalogue.Number || e.Kind == catalogue.Count || e.Kind == catalogue.Money
		if number && (seen || weighed || slices.Contains(cutBy, e.Name)) {
			all = append(all, Indicator{&catalogue.All()[i], scaleOf(&e, base)})
		}
	}
	return all
}

// scaleOf is the unit of a histogram: minor units of money, whole counts, millionths of a share or a probability, hundredths of points, else
// thousandths.
func scaleOf(e *catalogue.Entry, base event.Currency) int64 {
	switch {
	case e.Kind == catalogue.Money:
		digits, _ := base.Digits()
		return int64(math.Pow10(digits))
	case e.Kind == catalogue.Count:
		return 1
	case e.High == 1:
		return 1_000_000
	case e.Unit == "points":
		return 100
	}
	return 1000
}

// units returns a number in units of the histogram, rounded half to even.
func (x *Indicator) units(v float64) int64 {
	const most = 1 << 62
	return int64(max(-most, min(most, math.RoundToEven(v*float64(x.Scale)))))
}
