package population

import (
	"fmt"
	"math"
	"slices"

	"tidemark/internal/score/tier"
)

// Least numbers behind cut points from the population.
const (
	LeastBuyers = 500
	LeastDays   = 180
	// mostInOne is the most customers of one value, as a share.
	mostInOne = .10
	// worthMoving is the least distance of ranks, as a share, from which a new cut point is worth proposing.
	worthMoving = .02
	// MostMoved is the most customers, as a share, whose label one version changes without acceptance.
	MostMoved = .01
)

// Ranks are shares of the ranked values, ascending, at which cut points lie.
type Ranks []float64

// The ranks of quintiles, of the bounds of scales, and of the lines of the tiers General, Potential and High: 20 % of the ranked are Low, 50 %
// General, 20 % Potential and 10 % High.
var (
	Quintiles = Ranks{.2, .4, .6, .8}
	Bounds    = Ranks{.05, .95}
	TierRanks = Ranks{.2, .7, .9}
)

// Refusal says why no cut points are drawn.
type Refusal struct {
	// Buyers or Days are set where there are too few, Share and Value where one value holds too many.
	Buyers, Days int64
	Share, Value float64
}

func (r *Refusal) Error() string {
	switch {
	case r.Share > 0:
		return fmt.Sprintf("one value, %g, holds %.1f %% of the customers: more than %g %%", r.Value, 100*r.Share, 100*mostInOne)
	case r.Days > 0:
		return fmt.Sprintf("%d days of history: at least %d are needed", r.Days, LeastDays)
	}
	return fmt.Sprintf("%d buyers: at least %d are needed", r.Buyers, LeastBuyers)
}

// Refuse returns why no cut points may be drawn from values that go back for some days; nil where they may.
func Refuse(h *Histogram, days int) error {
	if h.n < LeastBuyers {
		return &Refusal{Buyers: h.n}
	}
	if days < LeastDays {
		return &Refusal{Days: int64(max(1, days))}
	}
	if share, bin := h.Fullest(); share > mostInOne {
		return &Refusal{Share: share, Value: bin.Middle()}
	}
	return nil
}

// Cuts returns the cut points at ranks, in units of the histogram, ascending: the values from which the part above begins. A value on a cut
// point belongs to the higher part, so ties take the higher tier. The part above holds at least 1 − rank of the values; how much more
// is what stands on the value of the cut point.
func Cuts(h *Histogram, at Ranks) []int64 {
	cuts := make([]int64, len(at))
	for i, rank := range at {
		cuts[i] = h.cut(rank)
	}
	return cuts
}

// cut is the least value of the bin in which the value of the last place of the part above lies.
func (h *Histogram) cut(rank float64) int64 {
	above, left := int64(math.Ceil((1-rank)*float64(h.n)-1e-9)), int64(0)
	for _, bin := range slices.Backward(h.Bins()) {
		if left += h.counts[bin]; left >= above {
			return bin.least()
		}
	}
	return 0
}

// least is the least value of a bin.
func (b Bin) least() int64 {
	if b >= 0 {
		low, _ := b.bounds()
		return int64(low)
	}
	low, width := (-b).bounds()
	return -int64(low + width - 1)
}

// WorthProposing reports whether a rank of the cut points in force is off by more than 2 points: off is the greatest distance, as a share.
func WorthProposing(h *Histogram, now []int64, at Ranks) (off float64, worth bool) {
	for i, cut := range now {
		off = max(off, math.Abs(h.Rank(cut)-at[i]))
	}
	off = math.Round(off*1e9) / 1e9 // 2 points are 2 points on every machine
	return off, off > worthMoving
}

// Moved counts the values whose part another set of cut points changes. It is exact where the cut points lie on edges of bins, as those of Cuts
// do; else the values of the bins that hold one may count or not.
func Moved(h *Histogram, now, next []int64) int64 {
	n := int64(0)
	for b, count := range h.counts {
		if part(now, b.least()) != part(next, b.least()) {
			n += count
		}
	}
	return n
}

func part(cuts []int64, v int64) int {
	n := 0
	for _, c := range cuts {
		if v >= c {
			n++
		}
	}
	return n
}

// Limited returns the cut points between now and next that are as near to next as a change of at most a share of the customers allows, and the
// number of these. All cut points go the same share of their way, in 1024 steps. count says how many labels a set of cut points changes: Moved, or
// a count over the live histories; it rises with the steps.
func Limited(now, next []int64, customers int64, count func(cuts []int64) int64) (cuts []int64, moved int64) {
	const steps = 1024
	most := int64(MostMoved * float64(customers))
	between := func(step int64) []int64 {
		c := make([]int64, len(now))
		for i := range now {
			c[i] = now[i] + int64(math.RoundToEven(float64(next[i]-now[i])*float64(step)/steps))
		}
		return c
	}
	if n := count(next); n <= most {
		return next, n
	}
	low, high := int64(0), int64(steps)
	for high-low > 1 {
		if middle := (low + high) / 2; count(between(middle)) <= most {
			low = middle
		} else {
			high = middle
		}
	}
	cuts = between(low)
	return cuts, count(cuts)
}

// TierLines are the scores, in hundredths of a point, from which General, Potential and High begin by TierRanks, over the scores of the ranked.
func TierLines(ranked *Histogram) (lines [tier.Tiers - 2]int64) {
	copy(lines[:], Cuts(ranked, TierRanks))
	return lines
}

// Percentile is the share of the values in bins below that of v, with half of those in its bin: percentile normalisation, in [0, 1].
func (h *Histogram) Percentile(v int64) float64 {
	if h.n == 0 {
		return math.NaN()
	}
	return h.Rank(v) + float64(h.counts[BinOf(v)])/float64(2*h.n)
}
