package population

import (
	"maps"
	"math"
	"slices"
)

// Histogram counts values by bin, and adds them up. The zero value is empty.
type Histogram struct {
	counts map[Bin]int64
	n, sum int64
}

// Add counts a value n times. A negative n takes it away.
func (h *Histogram) Add(v, n int64) {
	h.put(BinOf(v), n)
	h.sum += v * n
}

func (h *Histogram) put(b Bin, n int64) {
	if n == 0 {
		return
	}
	if h.counts == nil {
		h.counts = map[Bin]int64{}
	}
	if h.counts[b] += n; h.counts[b] == 0 {
		delete(h.counts, b)
	}
	h.n += n
}

// Merge adds the values of another histogram.
func (h *Histogram) Merge(o *Histogram) {
	for b, n := range o.counts {
		h.put(b, n)
	}
	h.sum += o.sum
}

// Count is the number of values, Sum their sum.
func (h *Histogram) Count() int64 { return h.n }

// Sum is the exact sum of the values.
func (h *Histogram) Sum() int64 { return h.sum }

// Bins are the occupied bins, ascending.
func (h *Histogram) Bins() []Bin { return slices.Sorted(maps.Keys(h.counts)) }

// In counts the values of a bin.
func (h *Histogram) In(b Bin) int64 { return h.counts[b] }

// Quantile returns the value at a share q in [0, 1] of the ranked values: that of rank ⌈q·n⌉, at least 1. It is off by at most 0.8 % of the
// value. It is NaN where there is no value.
func (h *Histogram) Quantile(q float64) float64 {
	if h.n <= 0 {
		return math.NaN()
	}
	rank := max(1, int64(math.Ceil(q*float64(h.n)-1e-9)))
	below := int64(0)
	bins := h.Bins()
	for _, b := range bins {
		if below += h.counts[b]; below >= rank {
			return b.Middle()
		}
	}
	return bins[len(bins)-1].Middle()
}

// Rank returns the share of the values in bins below that of v. It is NaN where there is no value.
func (h *Histogram) Rank(v int64) float64 {
	below, bin := int64(0), BinOf(v)
	for b, n := range h.counts {
		if b < bin {
			below += n
		}
	}
	return float64(below) / float64(h.n)
}

// Fullest is the share of the values that lie in the fullest bin, and that bin. Below 128 a bin is one value.
func (h *Histogram) Fullest() (share float64, bin Bin) {
	most := int64(0)
	for b, n := range h.counts {
		if n > most || n == most && b < bin {
			most, bin = n, b
		}
	}
	return float64(most) / float64(max(1, h.n)), bin
}
