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
	n := g.days - 1
	low, high := g.nth((n-1)/2), g.nth(n/2)
	return float64(low+high) / 2
}

// nth returns the n-th shortest gap, from 0.
func (g *gaps) nth(n int) int {
	for length, count := range g.count {
		if n -= int(count); n < 0 {
			return length
		}
	}
	return 0
}
