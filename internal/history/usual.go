package history

import (
	"math"
	"slices"

	"tidemark/internal/event"
)

const (
	// fewestDays is the least number of purchase days that show a rhythm: two gaps.
	fewestDays = 3
	// unlike is the most by which gaps of a rhythm differ: the logarithm of their mean less the mean of their logarithms. It is 0 for gaps of
	// one length; for many gaps it is ln k - digamma k, about 1/(2k), where they are Erlang-k, and .58 where purchases come at random. Two gaps
	// may be as 1 to 1.88. Random buyers have no usual gap to be waited for: with every life taken for a rhythm the recall of alerts on apparel
	// was .297 instead of .583, and the alerts were no truer (the command stands at churn.Late). With .02 it is .583, with .1 .562.
	unlike = .05
)

// LifeGapDays is the geometric mean of the gaps between all purchase days of a life, in days: exp of the mean logarithm, rounded to a
// thousandth of a day, so that every architecture has the same number. It is at least 1, or 0 where the customer has shown no rhythm: with
// fewer than three purchase days, with gaps that differ too much, and without GapsKnown. Silence does not change it.
func (f *Facts) LifeGapDays() float64 {
	if !f.GapsKnown || f.PurchaseDays < fewestDays {
		return 0
	}
	gaps := float64(f.PurchaseDays - 1)
	mean := float64(f.LogGaps) / 1e6 / gaps
	if math.Log(float64(f.LastDay-f.FirstDay)/gaps)-mean > unlike {
		return 0
	}
	return math.RoundToEven(1e3*math.Exp(mean)) / 1e3
}

// UsualGapDays is the usual gap between the customer's purchase days, in days; 0 where it is not known. While all purchase days lie within 365
// days it is their MedianGapDays. Later the median rests on fewer gaps than the customer has shown, or on none. Then the longer of the median
// and LifeGapDays counts: so nobody is waited for less than the median says.
func (f *Facts) UsualGapDays() float64 {
	if f.Days365 == f.PurchaseDays {
		return f.MedianGapDays
	}
	return max(f.MedianGapDays, f.LifeGapDays())
}

// logGapsOf are the first values of logGap, by the gap in days. Facts are derived several times an event, over all days.
var logGapsOf = slices.Collect(func(yield func(int64) bool) {
	for gap := range 2 * window {
		if !yield(int64(math.Round(1e6 * math.Log(float64(max(1, gap)))))) {
			return
		}
	}
})

// logGap is round(1e6 ln gap) of the gap between two days, the later last. The logarithm of an integer below 1e9 lies so far from a tie that
// every architecture rounds alike.
func logGap(from, to event.Day) int64 {
	gap := int64(to) - int64(from)
	if gap < int64(len(logGapsOf)) {
		return logGapsOf[gap]
	}
	return int64(math.Round(1e6 * math.Log(float64(gap))))
}
