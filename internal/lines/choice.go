package lines

import (
	"math"
	"slices"
	"time"

	"tidemark/internal/score/churn"
)

// Chosen are lines that were chosen on the past of a shop.
type Chosen struct {
	Wish Wish
	// Levels, MinPurchaseDays and MinSilence are the lines.
	Levels          [3]churn.Line
	MinPurchaseDays int
	MinSilence      time.Duration
	// Figures are what the lines of each level did.
	Figures [3]Figures
	// Granted says that the wish is fulfilled; else the lines are those that come nearest.
	Granted bool
	// Kept says that the lines are those of the base: no other lines are better for certain.
	Kept bool
	// Curve are the truest lines for more and more recall.
	Curve []Point
	// Leavers is how many customers left at the cutoffs; Cutoffs are their dates, Failed the cutoffs at which no model could be fitted.
	Leavers int
	Cutoffs []string
	Failed  []Failed
}

// Point is WATCH at other lines.
type Point struct {
	Line            churn.Line
	MinPurchaseDays int
	MinSilence      time.Duration
	Figures
}

// chooser chooses among the combinations of the grid.
type chooser struct {
	base    churn.Lines
	tally   *tally
	overlap float64
	fewest  int
	figures [spots]Figures
}

func newChooser(base churn.Lines, t *tally, overlap float64, fewest int) *chooser {
	c := &chooser{base: base, tally: t, overlap: overlap, fewest: fewest}
	for i := range c.figures {
		c.figures[i] = t.figures(i, overlap)
	}
	return c
}

// watches yields the combinations that may be WATCH, the usual ones first: two greater rises are left for the levels above.
func (c *chooser) watches(yield func(place int, s spot)) {
	for _, usual := range []bool{true, false} {
		for place := range spots {
			if s := spotAt(place); s.usual() == usual && s.rise < len(rises)-2 && c.figures[place].Alerts >= fewAlerts {
				yield(place, s)
			}
		}
	}
}

// earliest returns the combination whose true alerts come earliest before the lapse, of those that fulfil a wish as well as the best combination:
// alike in what the wish asks for, and then alike in the second share.
func (c *chooser) earliest(wish Wish, best int) int {
	good, _ := wish.grants(&c.figures[best])
	usual := spotAt(best).usual()
	same := func(yield func(place int, f *Figures)) {
		c.watches(func(place int, s spot) {
			f := &c.figures[place]
			if g, ok := wish.grants(f); ok && s.usual() == usual && g >= good-alike {
				yield(place, f)
			}
		})
	}
	most := math.Inf(-1)
	same(func(_ int, f *Figures) { most = max(most, wish.second(f)) })
	out, lead := best, math.Inf(-1)
	same(func(place int, f *Figures) {
		if wish.second(f) >= most-alike && f.Lead > lead {
			out, lead = place, f.Lead
		}
	})
	return out
}

// best returns the place of the combination that fulfils a wish best, and of the one that comes nearest; -1 if there is none. A combination that
// is not usual is the best one only if no usual one fulfils the wish, or if it is better than all usual ones for certain.
func (c *chooser) best(wish Wish) (best, nearest int) {
	best, nearest = -1, -1
	low := -1 // the best of those that are not usual
	var good, lowGood, near float64
	c.watches(func(place int, s spot) {
		f := &c.figures[place]
		switch g, ok := wish.grants(f); {
		case !ok:
		case s.usual() && (best < 0 || g > good):
			best, good = place, g
		case !s.usual() && (low < 0 || g > lowGood):
			low, lowGood = place, g
		}
		if g := wish.nearest(f); nearest < 0 || g > near {
			nearest, near = place, g
		}
	})
	if low >= 0 && (best < 0 || lowGood > good+certain*wish.within(&c.figures[low])) {
		best = low
	}
	return best, nearest
}

// choose returns the lines that fulfil a wish best. It is false if no lines raise enough alerts.
func (c *chooser) choose(wish Wish) (Chosen, bool) {
	best, nearest := c.best(wish)
	out := Chosen{Wish: wish, Granted: best >= 0, Leavers: c.tally.leavers}
	if levels, ok := c.stays(wish, best); ok {
		out.Kept, out.Levels, out.MinPurchaseDays, out.MinSilence = true, c.base.Levels, c.base.MinPurchaseDays, c.base.MinSilence
		for i, s := range levels {
			out.Figures[i] = c.figures[s.place()]
		}
		out.Curve = c.curve()
		return out, true
	}
	switch {
	case best >= 0:
		best = c.earliest(wish, best)
	case nearest >= 0:
		best = nearest
	default:
		return out, false
	}
	at := spotAt(best)
	out.MinPurchaseDays, out.MinSilence = c.fewest+at.purchases, time.Duration(silences[at.silence])*24*time.Hour
	for i, s := range c.levels(at) {
		out.Levels[i], out.Figures[i] = s.line(), c.figures[s.place()]
	}
	out.Curve = c.curve()
	return out, true
}

// certain is how many standard errors better other lines must be: with two, chance alone explains one case in twenty.
const certain = 2

// leastAtRisk and leastCritical are the least shares of WATCH's alerts that must reach the higher levels of the base for the base to stay.
const leastAtRisk, leastCritical = .25, .1

// stays reports whether the lines of the base fulfil a wish, and whether the best lines are not better for certain, and returns their places.
// Then they stay: of thousands of lines some look better by chance. Lines that are not of the grid do not stay, nor do levels that coincide.
func (c *chooser) stays(wish Wish, best int) (levels [3]spot, ok bool) {
	k, n := c.base.MinPurchaseDays-c.fewest, slices.Index(silences[:], int(c.base.MinSilence/day))
	if best < 0 || k < 0 || k >= morePurchases || n < 0 {
		return levels, false
	}
	for i, line := range c.base.Levels {
		levels[i] = spot{k, n, slices.Index(floors[:], line.Floor), slices.Index(rises[:], line.Up)}
		if levels[i].floor < 0 || levels[i].rise < 0 {
			return levels, false
		}
	}
	f, top := &c.figures[levels[0].place()], &c.figures[best]
	good, granted := wish.grants(f)
	much, _ := wish.grants(top)
	watch, risk, last := f.Alerts, c.figures[levels[1].place()].Alerts, c.figures[levels[2].place()].Alerts
	return levels, granted && watch >= fewAlerts && good >= much-certain*wish.within(top) && watch > risk && risk > last &&
		float64(risk) >= leastAtRisk*float64(watch) && float64(last) >= leastCritical*float64(watch)
}

// curve returns the truest lines for recalls of .1, .2 and so on, each line once.
func (c *chooser) curve() (curve []Point) {
	last := -1
	for tenths := 1; tenths < 10; tenths++ {
		best, good := -1, 0.
		c.watches(func(place int, _ spot) {
			f := &c.figures[place]
			if f.Recall >= float64(tenths)/10 && (best < 0 || f.True-f.TrueError > good) {
				best, good = place, f.True-f.TrueError
			}
		})
		if best >= 0 && best != last {
			s := spotAt(best)
			curve = append(curve, Point{s.line(), c.fewest + s.purchases, time.Duration(silences[s.silence]) * 24 * time.Hour, c.figures[best]})
			last = best
		}
	}
	return curve
}
