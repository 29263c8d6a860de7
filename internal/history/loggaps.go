package history

import (
	"cmp"
	"math"
	"slices"

	"tidemark/internal/event"
)

// LogGaps returns the sum of round(1e6 ln gap) over the gaps, in days, between consecutive purchase days that stand at an instant, sealed days
// included. Together with the number of the purchase days and the first and the last it tells how regularly the customer buys. What is sealed
// stands at every instant.
//
// It is false, until a rebuild, where a former format has sealed three purchase days or more. Of several ids together it is false where one
// has purchase days between the first and the last sealed day of another: totals no longer tell where their days lie.
func (s *Summary) LogGaps(at event.Instant) (sum int64, known bool) {
	var g logGaps
	if s.past != nil {
		g = s.past.logGaps()
	}
	var l ledger
	l.claimed = s.unclaimed()
	for l.open(s, at, noDay); l.next(); {
		if l.orders > 0 {
			g.add(l.day)
		}
	}
	return g.known()
}

// logGaps are purchase days and the sum of the logarithms of their gaps: forgotten where it is not known.
type logGaps struct {
	any         bool
	first, last event.Day
	sum         int64
}

// add takes a purchase day. A day between the first and the last divides a gap that nobody knows any more.
func (g *logGaps) add(day event.Day) { g.join(logGaps{any: true, first: day, last: day}) }

// join takes the purchase days of another part.
func (g *logGaps) join(of logGaps) {
	if !g.any || !of.any {
		if of.any {
			*g = of
		}
		return
	}
	gap := int64(forgotten)
	switch {
	case g.sum == forgotten || of.sum == forgotten:
	case of.first > g.last:
		gap = logGap(g.last, of.first)
	case of.last < g.first:
		gap = logGap(of.last, g.first)
	}
	g.first, g.last = min(g.first, of.first), max(g.last, of.last)
	if g.sum += of.sum + gap; gap == forgotten {
		g.sum = forgotten
	}
}

// known returns the sum, and false where it is forgotten.
func (g *logGaps) known() (sum int64, known bool) { return max(0, g.sum), g.sum != forgotten }

// shortGaps are logGap of the gaps that most customers have.
var shortGaps = func() (of [512]int64) {
	for n := 1; n < len(of); n++ {
		of[n] = roundLog(int64(n))
	}
	return of
}()

func roundLog(days int64) int64 { return int64(math.Round(1e6 * math.Log(float64(days)))) }

// logGap is round(1e6 ln gap) of the gap between two days, the later last. The logarithm of an integer below 1e9 lies so far from a tie that
// every architecture rounds alike.
func logGap(from, to event.Day) int64 {
	n := int64(to) - int64(from)
	if n > 0 && n < int64(len(shortGaps)) {
		return shortGaps[n]
	}
	return roundLog(n)
}

func (p *past) logGaps() logGaps {
	return logGaps{any: p.days > 0, first: p.firstDay, last: p.lastDay, sum: p.gaps}
}

// addGap takes a purchase day. It comes before add: firstDay and lastDay are still those of the days before.
func (p *past) addGap(day event.Day) {
	g := p.logGaps()
	g.add(day)
	p.gaps = g.sum
}

// uniteGaps sums over the sealed days of all parts. It goes by their first days, so that the order of the parts does not matter.
func (u *union) uniteGaps() {
	var all []logGaps
	for i := range u.parts {
		if p := u.parts[i].past; p != nil && p.days > 0 {
			all = append(all, p.logGaps())
		}
	}
	if len(all) < 2 {
		return // u.past has the sum, and may be the part's own
	}
	slices.SortFunc(all, func(a, b logGaps) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
	var g logGaps
	for _, part := range all {
		g.join(part)
	}
	u.past.gaps = g.sum
}

// tellsGaps reports whether the sum is to be stored: where it is known, and does not follow from the first and the last day.
func (p *past) tellsGaps() bool { return p != nil && p.days > 2 && p.gaps != forgotten }
