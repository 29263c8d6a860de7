package lines

import (
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// climb is a part of a silence in which the risk only rises. A silence has one climb, unless a fact changes and the risk falls: a purchase day
// of last year comes into the window that lies ahead, a purchase leaves the trailing year, or a complaint is settled.
//
//	risk            ┌ .65      ┌ .65      alert of a line in a climb = the latest of
//	           ┌ .60│     ┌ .60│              the floor's crossing, the rise's crossing,
//	   ────────┴────┘─────┴────┴──> time      and the instant at which the silence is long enough
//	    1st climb    2nd climb            alert of the line = that of its first climb in which it comes before the climb ends
type climb struct {
	// floor and rise are the first instants of the climb at which the risk has reached each floor, and the rise each line; event.Never if not
	// by its end. Both ascend.
	floor [len(floors)]event.Instant
	rise  [len(rises)]event.Instant
	// down are the same for the rises below which the lines are left.
	down [len(rises)]event.Instant
	// usual is the first instant at which the silence is as long as is usual for the customer.
	usual event.Instant
	// begin is the first instant of the climb, end the first instant after it. top is the height just before the end.
	begin, end event.Instant
	top        height
	// atFloor, atRise and atEntry are the values at stake, in minor units, at the crossings and at the entries.
	atFloor [len(floors)]int64
	atRise  [len(rises)]int64
	atEntry [len(silences)]int64
}

// height is how many floors, rises and rises to be left at the signs of an instant have reached, and whether the silence is as long as is usual for the customer.
type height struct {
	floor, rise, down int
	usual             bool
}

func heightOf(s churn.Signs) (h height) {
	if s.Shop || s.Test {
		return height{}
	}
	excess := s.Excess()
	h.usual = s.Silence >= s.Usual
	for h.floor < len(floors) && s.Risk >= floors[h.floor] {
		h.floor++
	}
	for h.rise < len(rises) && excess >= rises[h.rise] {
		h.rise++
	}
	for h.down < len(rises) && excess >= downOf(rises[h.down]) {
		h.down++
	}
	return h
}

// below reports whether a height is in any respect less than another.
func (h height) below(other height) bool {
	return h.floor < other.floor || h.rise < other.rise || h.down < other.down || other.usual && !h.usual
}

// newClimb returns a climb without crossings.
func newClimb(begin event.Instant) (c climb) {
	c.begin, c.usual = begin, event.Never
	for i := range c.floor {
		c.floor[i] = event.Never
	}
	for i := range c.rise {
		c.rise[i], c.down[i] = event.Never, event.Never
	}
	return c
}

// reach notes that the signs are at a height from an instant on, unless they had been there before.
func (c *climb) reach(h height, at event.Instant) {
	for i := range h.floor {
		c.floor[i] = min(c.floor[i], at)
	}
	for i := range h.rise {
		c.rise[i] = min(c.rise[i], at)
	}
	for i := range h.down {
		c.down[i] = min(c.down[i], at)
	}
	if h.usual {
		c.usual = min(c.usual, at)
	}
}

// entry is when an episode may begin in a climb of q, for a place of silences.
func (c *climb) entry(q *quiet, i int) event.Instant { return max(q.long[i], c.usual) }

// fine is how exactly crossings are found.
const fine = event.Instant(time.Hour / time.Millisecond)

// climb notes the crossings of a silence in [from, to), in which no event comes. It goes from one change of a fact to the next, as the engine
// does: between two changes the risk only rises.
func (s *searcher) climb(q *quiet, h *history.Summary, from, to event.Instant) {
	to = min(to, q.until)
	if from >= to {
		return
	}
	for f := s.engine.Facts(h, from); from < to; {
		end, then := s.engine.Stretch(h, &f, to)
		s.stretch(q, &f, from, end)
		s.stakes(q, h, from, end)
		from, f = end, then
	}
}

// stretch notes the crossings of a silence in [from, to), in which no fact changes that the risk depends on.
func (s *searcher) stretch(q *quiet, f *history.Facts, from, to event.Instant) {
	high := func(at event.Instant) height { return heightOf(s.engine.Signs(f, at)) }
	low := high(from)
	if n := len(q.climbs); n == 0 || low.below(q.climbs[n-1].top) {
		q.climbs = append(q.climbs, newClimb(from))
	}
	c := &q.climbs[len(q.climbs)-1]
	c.reach(low, from)
	c.top, c.end = high(to-1), to
	var between func(lo, hi event.Instant, low, top height)
	between = func(lo, hi event.Instant, low, top height) {
		if low == top {
			return
		}
		if hi-lo <= fine {
			c.reach(top, hi)
			return
		}
		mid := lo + (hi-lo)/2
		m := high(mid)
		between(lo, mid, low, m)
		between(mid, hi, m, top)
	}
	between(from, to-1, low, c.top)
}

// stakes notes the values at stake at the instants in [from, to) at which an alert of the last climb may come.
func (s *searcher) stakes(q *quiet, h *history.Summary, from, to event.Instant) {
	c := &q.climbs[len(q.climbs)-1]
	earliest := max(from, s.cutoff+1, c.floor[0], c.rise[0], c.usual, slices.Min(q.long[:]))
	if earliest >= to {
		return
	}
	seen := map[event.Instant]int64{}
	at := func(at event.Instant, stake *int64) {
		if at < earliest || at >= to {
			return
		}
		if _, known := seen[at]; !known {
			f := s.engine.Facts(h, at)
			seen[at] = s.engine.AtStake(&f, at)
		}
		*stake = seen[at]
	}
	for i := range c.floor {
		at(c.floor[i], &c.atFloor[i])
	}
	for i := range c.rise {
		at(c.rise[i], &c.atRise[i])
	}
	for i := range q.long {
		at(c.entry(q, i), &c.atEntry[i])
	}
}
