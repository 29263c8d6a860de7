package pipeline

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestOutboxMoves: every move shifts one border between segments. No entry is lost, and the order of entries stays.
func TestOutboxMoves(t *testing.T) {
	commit := func(appended, removed int) func(*outbox) {
		return func(o *outbox) { o.commit(appended, removed) }
	}
	send, release, begin, end := (*outbox).send, (*outbox).release, (*outbox).beginTurn, (*outbox).endTurn
	for _, c := range []struct {
		name  string
		from  outbox
		moves []func(*outbox)
		want  outbox
	}{
		{"a commit appends at the tail", outbox{}, []func(*outbox){commit(3, 0)}, outbox{unpublished: 3}},
		{"a published entry is not removable while its work goes on", outbox{}, []func(*outbox){commit(3, 0), send}, outbox{published: 3}},
		{"when the work ends it is, without a turn: if the lane dies, the event is read again", outbox{}, []func(*outbox){commit(3, 0), send, release}, outbox{removable: 3}},
		{"the next commit removes a removable entry", outbox{removable: 3}, []func(*outbox){commit(2, 3)}, outbox{unpublished: 2}},
		{"a commit of another batch does not publish it", outbox{published: 1, unpublished: 1}, []func(*outbox){release}, outbox{removable: 1, unpublished: 1}},
		{"leftovers wait for a turn", leftovers(4), []func(*outbox){release}, outbox{unprojected: 4}},
		{"a turn covers the leftovers", leftovers(4), []func(*outbox){begin}, outbox{projecting: 4}},
		{"the end of the turn makes the leftovers removable", leftovers(4), []func(*outbox){begin, end}, outbox{removable: 4}},
		{"nothing passes leftovers that wait", leftovers(4), []func(*outbox){commit(1, 0), send, release}, outbox{unprojected: 5}},
		{"nothing passes leftovers in a turn, nor joins that turn", leftovers(4), []func(*outbox){begin, commit(1, 0), send, release}, outbox{projecting: 4, unprojected: 1}},
		{"an entry that came after the turn began waits for the next turn", leftovers(4), []func(*outbox){begin, commit(1, 0), send, release, end}, outbox{removable: 4, unprojected: 1}},
		{"the next turn makes it removable too", leftovers(4), []func(*outbox){begin, commit(1, 0), send, release, end, begin, end}, outbox{removable: 5}},
	} {
		o := c.from
		for _, move := range c.moves {
			move(&o)
		}
		if o != c.want {
			t.Errorf("%s: want %+v, got %+v", c.name, c.want, o)
		}
	}
}

// TestOutboxKeepsItsOrder: whatever the moves, the counters equal the segments of a list of entries that are kept in order.
func TestOutboxKeepsItsOrder(t *testing.T) {
	const removable, projecting, unprojected, published, unpublished = 0, 1, 2, 3, 4
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3).Draw(t, "leftovers")
		o, list := leftovers(n), slices.Repeat([]int{unprojected}, n)
		shift := func(from, to int) {
			for i := range list {
				if list[i] == from {
					list[i] = to
				}
			}
		}
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			switch rapid.IntRange(0, 4).Draw(t, "move") {
			case 0:
				appended, removed := rapid.IntRange(0, 3).Draw(t, "appended"), o.removable
				o.commit(appended, removed)
				list = append(list[removed:], slices.Repeat([]int{unpublished}, appended)...)
			case 1:
				o.send()
				shift(unpublished, published)
			case 2:
				o.release()
				if slices.Contains(list, projecting) || slices.Contains(list, unprojected) {
					shift(published, unprojected)
				} else {
					shift(published, removable)
				}
			case 3:
				if o.projecting == 0 { // a turn begins when the one before it has ended
					o.beginTurn()
					shift(unprojected, projecting)
				}
			case 4:
				o.endTurn()
				shift(projecting, removable)
			}
			if !slices.IsSorted(list) {
				t.Fatalf("an entry has passed another: %v", list)
			}
			var counts [5]int
			for _, segment := range list {
				counts[segment]++
			}
			if got := [5]int{o.removable, o.projecting, o.unprojected, o.published, o.unpublished}; got != counts {
				t.Fatalf("want %v, got %v", counts, got)
			}
		}
	})
}
