package history

import "tidemark/internal/event"

// gaps collects the days between consecutive purchase days of a window.
type gaps struct {
	days        int
	first, last event.Day
	count       [window + 8]uint16 // of gaps, by their length; no window holds a longer one
}

// add takes the next purchase day, later than those before.
func (g *gaps) add(day event.Day) {
	if g.days == 0 {
		g.first = day
	} else {
		g.count[min(int(day-g.last), len(g.count)-1)]++
	}
	g.days++
	g.last = day
}

func (g *gaps) mean() float64 {
	if g.days < 2 {
		return 0
	}
	return float64(g.last-g.first) / float64(g.days-1)
}

func (g *gaps) median() float64 {
	if g.days < 2 {
		return 0
	}
	// The two gaps in the middle: one gap, taken twice, where the number of gaps is odd.
	n, low, seen := g.days-1, -1, 0
	for length, count := range g.count {
		seen += int(count)
		if low < 0 && seen > (n-1)/2 {
			low = length
		}
		if seen > n/2 {
			return float64(low+length) / 2
		}
	}
	return 0
}
