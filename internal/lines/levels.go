package lines

import "math"

// share is a range of shares of WATCH's alerts that may reach a higher level. A level that nobody reaches says nothing, nor does a level that
// all reach.
type share struct{ least, most float64 }

var atRisk, critical = share{.5, .8}, share{.25, .5}

// off is how far a share lies outside of the range, 0 within.
func (s share) off(n float64) float64 { return max(0, s.least-n, n-s.most) }

// levels returns the lines of WATCH, AT_RISK and CRITICAL above a combination for WATCH. They are told apart by the shares of WATCH's alerts that
// reach them. Where nearly all who are alerted leave, nearly all reach every line, and the share of the false alerts tells the levels apart:
//
//	WATCH     ████████████████████████████░░░░░░░   █ leave, ░ come back
//	AT_RISK   ████████████████████████████░░░       .5 to .8 of the false alerts
//	CRITICAL  ████████████████████████████░         .25 to .5 of them
func (c *chooser) levels(watch spot) [3]spot {
	all, off := c.pair(watch, alerts)
	if f := &c.figures[watch.place()]; off > 0 && falseAlerts(f) >= fewLeavers {
		if other, away := c.pair(watch, falseAlerts); away == 0 {
			return other
		}
	}
	return all
}

func alerts(f *Figures) float64 { return float64(f.Alerts) }

// falseAlerts is the number of alerts whose customers came back; 0 where there is no alert.
func falseAlerts(f *Figures) float64 {
	if f.Alerts == 0 {
		return 0
	}
	return float64(f.Alerts) * (1 - f.True)
}

// pair returns the levels whose shares of a count of WATCH's lie in the ranges, and how far off the ranges they are together.
func (c *chooser) pair(watch spot, of func(*Figures) float64) (levels [3]spot, off float64) {
	risk, away := c.above(watch, 1, watch, of, atRisk)
	last, more := c.above(risk, 0, watch, of, critical)
	return [3]spot{watch, risk, last}, away + more
}

// above returns the truest line above a line that has a share of a count of WATCH's. left is how many levels come above it: the next rise must
// still reach the least share of CRITICAL, so that there is room for these levels. Without such a line it is the line nearest to the share. off
// is how far away from the share that is.
func (c *chooser) above(below spot, left int, watch spot, of func(*Figures) float64, want share) (best spot, off float64) {
	whole := of(&c.figures[watch.place()])
	best = spot{below.purchases, below.silence, below.floor, below.rise + 1}
	good := math.Inf(-1)
	off = math.Inf(1)
	for f := below.floor; f < len(floors); f++ {
		for r := below.rise + 1; r < len(rises)-left; r++ {
			s := spot{below.purchases, below.silence, f, r}
			x := &c.figures[s.place()]
			away := want.off(of(x) / whole)
			if left > 0 {
				away = max(away, critical.least-of(&c.figures[s.place()+1])/whole)
			}
			if g := x.True - x.TrueError; away < off || away == off && g > good {
				best, good, off = s, g, away
			}
		}
	}
	return best, off
}
