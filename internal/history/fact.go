package history

import (
	"slices"

	"tidemark/internal/event"
)

// stamp is what every single fact carries. Facts lie in slices sorted by (day, at, event).
type stamp struct {
	at    event.Instant
	event uint64 // hash of the event id; below aggregates where the fact stands for several
	day   event.Day
	n     uint32 // how many events it stands for
}

func (f *stamp) key() *stamp { return f }

// compare is the canonical order of facts of one topic. The day comes first: so the facts of a day stay together where a
// clock was set back over midnight.
func (f *stamp) compare(g *stamp) int {
	switch {
	case f.day != g.day:
		return int(f.day) - int(g.day)
	case f.at != g.at:
		return sign(f.at < g.at)
	case f.event != g.event:
		return sign(f.event < g.event)
	}
	return 0
}

func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

// stamped is a pointer to a fact.
type stamped[T any] interface {
	*T
	key() *stamp
}

// limits bound the facts of one sort.
type limits struct{ perDay, total int }

// outcome is what became of a fact.
type outcome uint8

const (
	added outcome = iota
	known         // nothing has changed
	full          // there is no room for it; nothing has changed
)

// admit returns facts with f, whose stamp is k. An event is known by its id on its day. Of two contents of one event the
// greater stays: greater compares f with the old content. The input is not modified.
func admit[T any, P stamped[T]](facts []T, f T, k stamp, l limits, greater func(old *T) bool) ([]T, outcome) {
	place, old, today := len(facts), -1, 0
	for i := len(facts) - 1; i >= 0; i-- {
		g := P(&facts[i]).key()
		if g.day < k.day {
			break
		}
		if k.compare(g) < 0 {
			place = i
		}
		if g.day != k.day {
			continue
		}
		if g.event == k.event {
			old = i
		}
		if g.event >= aggregates {
			today++
		}
	}
	switch {
	case old >= 0 && !greater(&facts[old]):
		return facts, known
	case old >= 0:
		if old < place {
			place--
		}
		return insert(remove(facts, old), place, f), added
	case k.event >= aggregates && (today >= l.perDay || len(facts) >= l.total):
		return facts, full
	}
	return insert(facts, place, f), added
}

// insert returns facts with f at place i, in new memory.
func insert[T any](facts []T, i int, f T) []T {
	grown := make([]T, len(facts)+1)
	copy(grown, facts[:i])
	grown[i] = f
	copy(grown[i+1:], facts[i:])
	return grown
}

// remove returns facts without the one at place i, in new memory.
func remove[T any](facts []T, i int) []T { return slices.Delete(slices.Clone(facts), i, i+1) }

// pool returns facts with f, an aggregate of its day, merged with the one that is there.
func pool[T any, P stamped[T]](facts []T, f T, merge func(into, f *T)) []T {
	k, place := P(&f).key(), 0
	for ; place < len(facts); place++ {
		g := P(&facts[place]).key()
		if g.day == k.day && g.event == k.event {
			facts = slices.Clone(facts)
			merge(&facts[place], &f)
			P(&facts[place]).key().n += k.n
			return facts
		}
		if k.compare(g) < 0 {
			break
		}
	}
	return insert(facts, place, f)
}

// since returns facts without the facts before a day. Both share memory, which nobody writes to.
func since[T any, P stamped[T]](facts []T, first event.Day) []T {
	for i := range facts {
		if P(&facts[i]).key().day >= first {
			return facts[i:]
		}
	}
	return nil
}

// apart is the number of days between two days.
func apart(a, b event.Day) event.Day { return max(a-b, b-a) }
