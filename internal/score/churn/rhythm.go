package churn

import (
	"math"
	"time"
)

// The lines of a shop do for most customers. A customer whose gaps between purchases are alike has a rhythm, and is waited for as the rhythm
// says, but never for less than the lines say; see history.Facts.LifeGapDays.
//
//	purchase          the usual gap       Late × it           Lost × it
//	├─────────────────────────┼───────────────┼───────────────────┼──────> silence
//	      no episode              no episode        episodes            lapsed
const (
	// Late is the silence, in gaps of the rhythm, before which no episode begins. A tenth more than the gap is a
	// leap year, a renewal 36 days late once a year, or 9 days late once a quarter. Of the alerts on apparel .663 are true with 1.1 (recall
	// .583), .659 with 1 (.583), .655 with 1.25 (.583), .660 without a rhythm (.618): `tidemark backtest apparel.jsonl.gz --format jsonl
	// --horizon-days 90` at the ends of June 2007, March and December 2008, September 2009 and June 2010. On CDNOW (cutoff 1998-03-31)
	// as many are true as without a rhythm, .727; the recall goes from .292 to .277. On Online Retail nothing changes.
	Late = 1.1
	// Lost is the silence, in gaps of the rhythm, before which no episode lapses. As many come back after 1.5 gaps as others do after the lapse.
	// Of the apparel customers with three purchase days or more, of those silent for 240 days 23 % came back within 90 days, 37 % within 180
	// and 53 % within 365 (566 silences). Of those with a rhythm, silent for 1.5 gaps of more than 240 days in all, 23, 36 and 52 % did (22). For
	// a lapse of 180 days these are 27, 44 and 60 % (726) and 26, 45 and 60 % (31), for one of 365 days 17, 28 and 39 % (368) and 10, 20
	// and 40 % (10). The logs of CDNOW and Online Retail are too short for it.
	Lost = 1.5
)

// Entry is the least silence at which an episode may begin, for the Usual of a customer.
func (l Lines) Entry(usual time.Duration) time.Duration { return max(l.MinSilence, usual) }

// Usual is the silence that is usual for a customer: the longer of the median gap of a year and Late times the gap of the rhythm. Either is 0
// where it is not known.
func Usual(medianGap, lifeGap time.Duration) time.Duration {
	return max(medianGap, time.Duration(Late*float64(lifeGap)))
}

// LapseOf is the silence that ends an episode, for the gap of the customer's rhythm (0 where there is none): Lapse, or Lost times the gap
// where that is longer. It is a whole number of days, rounded up.
func (l Lines) LapseOf(lifeGap time.Duration) time.Duration {
	const day = 24 * time.Hour
	whole := math.Ceil(Lost * float64(lifeGap) / float64(day))
	return max(l.Lapse, time.Duration(whole*float64(day)))
}
