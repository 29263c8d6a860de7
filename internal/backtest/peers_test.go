package backtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
)

// searched finds peers as the words of AlertLevel.Matched say: by a look at all customers.
func searched(lives []life, l *life, own step, at event.Instant) []int {
	type peer struct {
		place int
		off   event.Day
		draw  uint64
	}
	var all []peer
	for i := range lives {
		other := &lives[i]
		if s, ok := other.at(at); ok && other != l && frequencyClass(s.days) == frequencyClass(own.days) {
			all = append(all, peer{i, max(s.last-own.last, own.last-s.last), rand.NewPCG(l.seed, other.seed).Uint64()})
		}
	}
	slices.SortFunc(all, func(a, b peer) int { return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.draw, b.draw)) })
	var places []int
	for _, p := range all[:min(len(all), peers)] {
		places = append(places, p.place)
	}
	return places
}

// The index finds those whom a search over all customers finds, in the same order: in crowds where many are equally near, and where few are
// of a class, also where a cancellation takes purchase days back.
func TestTheIndexFindsThePeersOfASearchOverAll(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		lives := make([]life, r.IntN(400))
		days := 1 + r.IntN(60) // few days: many are equally near
		for i := range lives {
			l := &lives[i]
			l.customer, l.seed = fmt.Sprint("c", i), r.Uint64()
			s := step{at: on(0), last: event.Day(r.IntN(days))}
			for range r.IntN(5) {
				s.at = s.at.Add(4 * day)
				s.days = max(0, s.days+r.IntN(5)-1)
				s.last += event.Day(r.IntN(1 + days/5))
				l.steps = append(l.steps, s)
			}
		}
		index := crowdOf(lives)
		for i := range lives {
			at := on(r.IntN(25))
			own, ok := lives[i].at(at)
			if !ok {
				continue
			}
			got, want := index.nearest(lives, &lives[i], own, at), searched(lives, &lives[i], own, at)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, customer %d at %s: got %v, want %v", seed, i, at, got, want)
			}
		}
	}
}
