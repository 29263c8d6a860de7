package lines

import "tidemark/internal/event"

// episode is what one combination of a floor, a rise and a minimum silence has raised in a silence so far.
type episode struct {
	// since is when the alert came that is still standing; 0 if there is none.
	since event.Instant
	// told says that the customer counts as told of already. A customer who leaves is told of once, however often.
	told bool
}

// episodes are those of a silence whose risk falls at times: an alert whose line is left may come again. By silence, floor and rise.
type episodes [len(silences)][len(floors)][len(rises)]episode

// silence adds the alerts of one silence to the tally: one of every combination whose floor and rise are reached in a climb before it ends.
func (t *tally) silence(s *searcher, q *quiet, leaver bool) {
	var all *episodes // nil where the risk never falls, as mostly
	if len(q.climbs) > 1 {
		all = new(episodes)
	}
	for i := range q.climbs {
		c := &q.climbs[i]
		if i > 0 {
			all.each(func(n, f, r int, x *episode) {
				if left, ended := c.leaves(q, f, r, x.since, s); ended {
					t.ended(s, q, spot{0, n, f, r}, x, left, leaver)
				}
			})
		}
		t.climb(s, q, c, all, leaver)
	}
	if all != nil {
		all.each(func(n, f, r int, x *episode) { t.ended(s, q, spot{0, n, f, r}, x, event.Never, leaver) })
	}
}

// each calls do for each combination with a standing alert.
func (all *episodes) each(do func(n, f, r int, x *episode)) {
	for n := range all {
		for f := range all[n] {
			for r := range all[n][f] {
				if x := &all[n][f][r]; x.since != 0 {
					do(n, f, r, x)
				}
			}
		}
	}
}

// leaves reports whether an alert that has come before a climb is taken back in the climb because the risk has fallen, and when: at the climb's
// beginning, or at the end of the minimum stay. See churn.Lines.Next.
func (c *climb) leaves(q *quiet, floor, rise int, since event.Instant, s *searcher) (event.Instant, bool) {
	at := c.begin
	if stay := since.Add(s.lines.MinStay); c.usual <= at {
		at = max(at, stay)
	}
	return at, at < min(c.end, q.until) && (c.floor[floor] > at || c.down[rise] > at)
}

// climb adds the alerts of one climb.
func (t *tally) climb(s *searcher, q *quiet, c *climb, all *episodes, leaver bool) {
	end := min(c.end, q.until, s.end+1)
	for n := range silences {
		for f := range floors {
			if c.floor[f] >= end {
				break
			}
			from, stake := c.entry(q, n), c.atEntry[n]
			if c.floor[f] > from {
				from, stake = c.floor[f], c.atFloor[f]
			}
			for r := range rises {
				if c.rise[r] >= end {
					break
				}
				at, worth := from, stake
				if c.rise[r] > at {
					at, worth = c.rise[r], c.atRise[r]
				}
				if at < end {
					t.raise(s, q, spot{0, n, f, r}, at, worth, all, leaver)
				}
			}
		}
	}
}

// raise adds an alert of a combination, for all numbers of purchase days that the customer has. A standing alert is not raised again.
func (t *tally) raise(s *searcher, q *quiet, at spot, when event.Instant, stake int64, all *episodes, leaver bool) {
	once := leaver
	if all != nil {
		x := &all[at.silence][at.floor][at.rise]
		if x.since != 0 {
			return
		}
		x.since = when
		once = leaver && !x.told
		x.told = x.told || when > s.cutoff
		if when <= s.cutoff {
			return // whether it stands at the cutoff is known when it ends
		}
	}
	t.each(s, q, at, func(c *count) {
		if when <= s.cutoff {
			c.warn(s, leaver)
			return
		}
		c.alert(s, q, when, stake, once)
	})
}

// ended notes that an alert stood until an instant. One that stood at the cutoff has told of the customer before.
func (t *tally) ended(s *searcher, q *quiet, at spot, x *episode, until event.Instant, leaver bool) {
	if x.since <= s.cutoff && until > s.cutoff {
		x.told = true
		t.each(s, q, at, func(c *count) { c.warn(s, leaver) })
	}
	x.since = 0
}

// each calls do for the counts of a combination: those of all numbers of purchase days that the customer has.
func (t *tally) each(s *searcher, q *quiet, at spot, do func(*count)) {
	for k := range min(morePurchases, q.days-s.fewest+1) {
		at.purchases = k
		do(&t.counts[at.place()])
	}
}

// warn notes that a customer is in an episode at the cutoff.
func (c *count) warn(s *searcher, leaver bool) {
	if leaver {
		c.warned++
		c.warnedLately += s.counted()
	}
}

// alert adds an alert that comes at an instant after the cutoff. told says that it tells of a leaver, and is the first to do so.
func (c *count) alert(s *searcher, q *quiet, at event.Instant, stake int64, told bool) {
	if told {
		c.recalled++
		c.recalledLately += s.counted()
	}
	if at > s.until {
		return
	}
	c.alerts++
	c.stake += stake
	if q.back > at.Add(s.lines.Horizon) {
		c.right++
		c.lost += stake
		c.lead += int64(q.lapse.Sub(at).Hours())
	}
}
