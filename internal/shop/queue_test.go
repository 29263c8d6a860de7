package shop

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
)

// TestQueueIsAStableSort: with pushes and pops in random order, pops come in order of time, and in order of arrival where times
// are equal.
func TestQueueIsAStableSort(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	type item struct{ at, arrival int }
	var q queue[item]
	var twin []item
	for arrival := range 20_000 {
		if len(twin) > 0 && random.IntN(5) < 2 {
			slices.SortStableFunc(twin, func(a, b item) int { return cmp.Compare(a.at, b.at) })
			want := twin[0]
			twin = twin[1:]
			if next := q.next(); next != event.Instant(want.at) {
				t.Fatalf("next: got %d, want %d", next, want.at)
			}
			if got, at := q.pop(); got != want || at != event.Instant(want.at) {
				t.Fatalf("pop: got %+v due at %d, want %+v", got, at, want)
			}
			continue
		}
		if len(twin) > 50 {
			continue
		}
		i := item{random.IntN(40), arrival}
		twin = append(twin, i)
		q.push(event.Instant(i.at), i)
	}
	for range twin {
		q.pop()
	}
	if got := q.next(); got != event.Never {
		t.Errorf("next of an empty queue: got %v, want never", got)
	}
	if len(q.slots) > 52 {
		t.Errorf("slots for at most 51 entries: got %d", len(q.slots))
	}
}
