package learn

import (
	"cmp"
	"math"
	"slices"

	"tidemark/internal/score/clv"
)

// Comebacks collects how long customers who came back had been away, in days. The zero value has seen nobody.
//
// A history tells two things of the gaps between the purchase days of a customer: the first gap, and the mean of the later gaps. So a later
// gap counts as the mean of the customer's later gaps. Silences that have not ended are not counted: a young shop looks quicker than it is.
type Comebacks struct {
	first []float64
	gaps  []gap
}

// gap is the length of some gaps, in days.
type gap struct {
	days float64
	n    int
}

// usual is the share of the gaps that a usual gap does not exceed. rare is the share of the gaps that hardly ever are so short.
const usual, rare = .9, .1

const (
	// LongestHorizon is the longest horizon of a churn risk, in days.
	LongestHorizon = 728
	// fewestGaps is the least number of gaps that ask for another horizon.
	fewestGaps = 20
)

// Add counts in a customer. second is the number of days from the first to the second purchase day, if secondKnown.
func (c *Comebacks) Add(p clv.Pattern, second int, secondKnown bool) {
	if p.Repeats < 1 {
		return
	}
	rest := gap{p.Last, p.Repeats}
	if secondKnown {
		c.first = append(c.first, float64(second))
		c.gaps = append(c.gaps, gap{float64(second), 1})
		rest = gap{p.Last - float64(second), p.Repeats - 1}
	}
	if rest.n > 0 {
		c.gaps = append(c.gaps, gap{rest.days / float64(rest.n), rest.n})
	}
}

// Second is the median of the days from the first to the second purchase day; 0 if nobody came back.
func (c *Comebacks) Second() int {
	if len(c.first) == 0 {
		return 0
	}
	slices.Sort(c.first)
	return int(c.first[(len(c.first)-1)/2]) // the lower one of two in the middle: a window opens on a whole day
}

// Usual is the number of days, rounded up, within which nine of ten gaps had ended; 0 if nobody came back.
func (c *Comebacks) Usual() int { return c.within(usual) }

// within is the number of days, rounded up, within which a share of the gaps had ended; 0 if nobody came back.
func (c *Comebacks) within(share float64) int {
	slices.SortFunc(c.gaps, func(a, b gap) int { return cmp.Compare(a.days, b.days) })
	all, seen := c.count(), 0
	for _, g := range c.gaps {
		if seen += g.n; float64(seen) >= share*float64(all) {
			return int(math.Ceil(g.days))
		}
	}
	return 0
}

func (c *Comebacks) count() (n int) {
	for _, g := range c.gaps {
		n += g.n
	}
	return n
}

// Horizon is the horizon of a churn risk, in days, that suits these customers: the one that is given, if more than one gap of ten had ended
// within it. Else hardly anybody buys within the horizon after a purchase, as in a yearly business, and nobody can be told from who left: then
// Horizon is Usual, at most LongestHorizon. Twenty gaps are asked for.
func (c *Comebacks) Horizon(given int) int {
	if c.count() < fewestGaps || c.within(rare) <= given {
		return given
	}
	return max(given, min(c.Usual(), LongestHorizon))
}

// Lapse is the silence, in days, after which a customer counts as lost, for a horizon of a risk in days. It is a horizon longer than a usual
// gap, and than the window for a second order: so an alert of a customer who comes back once a year comes in time, and is told true or
// false before the customer is lost. Lapse is at least a number of days, which is what the model had before: a log that is too short to
// show long gaps shortens nothing.
func (c *Comebacks) Lapse(horizon, least int) int {
	if len(c.gaps) == 0 {
		return least
	}
	return max(least, max(c.Usual(), c.Second())+horizon)
}
