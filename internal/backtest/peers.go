package backtest

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"tidemark/internal/event"
)

// peers is the number of customers that each alert is compared with.
const peers = 10

// frequencyClass is the class of a number of purchase days: each number up to 5 is a class, then 6–7, 8–10, 11–15, and more.
func frequencyClass(days int) int {
	for i, first := range []int{16, 11, 8, 6} {
		if days >= first {
			return 9 - i
		}
	}
	return days
}

// crowd is the index by which peers are found: the states of all customers from the cutoff on, by class of frequency and newest purchase
// day. A search looks only at the customers whose silence is nearest. A search over all customers for each alert would take the square of
// their number.
//
//	class 3:  [ 14 May: stays ] [ 15 May: stays ] [ 18 May: stays ] …
//	                    <-- next nearest | nearest -->
type crowd map[int][]bucket

// bucket is the stays of one class with one newest purchase day. The buckets of a class are sorted by day.
type bucket struct {
	last  event.Day
	stays []stay
}

// stay is the time in which a customer, by place in scoredLog.lives, is in a bucket: [from, to).
type stay struct {
	life     int
	from, to event.Instant
}

// crowdOf makes the index of lives that have been scored.
func crowdOf(lives []life) crowd {
	type place struct {
		class int
		last  event.Day
	}
	stays := map[place][]stay{}
	for i := range lives {
		steps := lives[i].steps
		for k, s := range steps {
			to := event.Never
			if k+1 < len(steps) {
				to = steps[k+1].at
			}
			if s.days > 0 && s.at < to {
				at := place{frequencyClass(s.days), s.last}
				stays[at] = append(stays[at], stay{i, s.at, to})
			}
		}
	}
	c := crowd{}
	for at, list := range stays {
		c[at.class] = append(c[at.class], bucket{at.last, list})
	}
	for _, buckets := range c {
		slices.SortFunc(buckets, func(a, b bucket) int { return cmp.Compare(a.last, b.last) })
	}
	return c
}

// matched is the share of a customer's peers who bought nothing in the horizon after an instant from the cutoff on. It is false if the
// customer has no peers. A hash chooses among peers whose silence is equally near.
func (w *scoredLog) matched(l *life, at event.Instant) (share float64, ok bool) {
	own, _ := l.at(at)
	near := w.crowd.nearest(w.lives, l, own, at)
	for _, i := range near {
		share += oneIf(w.left(&w.lives[i], at)) / float64(len(near))
	}
	return share, len(near) > 0
}

// nearest returns the places of up to peers customers other than l: at the instant they are of the class of own, and their newest purchase
// days are nearest to its day.
func (c crowd) nearest(lives []life, l *life, own step, at event.Instant) []int {
	buckets := c[frequencyClass(own.days)]
	after, _ := slices.BinarySearchFunc(buckets, own.last, func(b bucket, day event.Day) int { return cmp.Compare(b.last, day) })
	before := after - 1 // the two buckets that are looked at next
	near := make([]int, 0, peers)
	for len(near) < peers && (before >= 0 || after < len(buckets)) {
		off := event.Day(0)
		switch {
		case after == len(buckets):
			off = own.last - buckets[before].last
		case before < 0:
			off = buckets[after].last - own.last
		default:
			off = min(own.last-buckets[before].last, buckets[after].last-own.last)
		}
		draw := lottery{places: peers - len(near)}
		if before >= 0 && own.last-buckets[before].last == off {
			draw.enter(buckets[before].stays, lives, l, at)
			before--
		}
		if after < len(buckets) && buckets[after].last-own.last == off {
			draw.enter(buckets[after].stays, lives, l, at)
			after++
		}
		for _, t := range draw.drawn {
			near = append(near, t.life)
		}
	}
	return near
}

// lottery chooses among customers who are equally near. Each customer with an alert draws other numbers, and the same ones each time.
type lottery struct {
	places int
	drawn  []ticket // the lowest numbers, in ascending order
}

type ticket struct {
	life   int
	number uint64
}

// enter draws a number for each customer of a bucket who is there at the instant.
func (d *lottery) enter(stays []stay, lives []life, l *life, at event.Instant) {
	for _, s := range stays {
		other := &lives[s.life]
		if at < s.from || at >= s.to || other == l {
			continue
		}
		t := ticket{s.life, rand.NewPCG(l.seed, other.seed).Uint64()}
		if len(d.drawn) == d.places && t.number >= d.drawn[d.places-1].number {
			continue
		}
		k, _ := slices.BinarySearchFunc(d.drawn, t, func(a, b ticket) int { return cmp.Compare(a.number, b.number) })
		d.drawn = slices.Insert(d.drawn, k, t)
		d.drawn = d.drawn[:min(len(d.drawn), d.places)]
	}
}
