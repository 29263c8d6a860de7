package pipeline

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/shard"
)

// TestOutboxMoves: every move shifts one border between segments. No entry is lost, and the order of entries stays.
func TestOutboxMoves(t *testing.T) {
	commit := func(appended, removed int) func(*outbox) {
		return func(o *outbox) { o.commit(make([]shard.Output, appended), removed) }
	}
	send, release, begin, end := (*outbox).send, (*outbox).release, (*outbox).beginTurn, (*outbox).endTurn
	for _, c := range []struct {
		name  string
		from  segments
		moves []func(*outbox)
		want  segments
	}{
		{"a commit appends at the tail", segments{}, []func(*outbox){commit(3, 0)}, segments{unpublished: 3}},
		{"a published entry is not removable while its work goes on", segments{}, []func(*outbox){commit(3, 0), send}, segments{published: 3}},
		{"when the work ends it is, without a turn: if the lane dies, the event is read again", segments{}, []func(*outbox){commit(3, 0), send, release}, segments{removable: 3}},
		{"the next commit removes a removable entry", segments{removable: 3}, []func(*outbox){commit(2, 3)}, segments{unpublished: 2}},
		{"a commit of another batch does not publish it", segments{published: 1, unpublished: 1}, []func(*outbox){release}, segments{removable: 1, unpublished: 1}},
		{"leftovers wait for a turn", segments{unprojected: 4}, []func(*outbox){release}, segments{unprojected: 4}},
		{"a turn covers the leftovers", segments{unprojected: 4}, []func(*outbox){begin}, segments{projecting: 4}},
		{"the end of the turn makes the leftovers removable", segments{unprojected: 4}, []func(*outbox){begin, end}, segments{removable: 4}},
		{"nothing passes leftovers that wait", segments{unprojected: 4}, []func(*outbox){commit(1, 0), send, release}, segments{unprojected: 5}},
		{"nothing passes leftovers in a turn, nor joins that turn", segments{unprojected: 4}, []func(*outbox){begin, commit(1, 0), send, release}, segments{projecting: 4, unprojected: 1}},
		{"an entry that came after the turn began waits for the next turn", segments{unprojected: 4}, []func(*outbox){begin, commit(1, 0), send, release, end}, segments{removable: 4, unprojected: 1}},
		{"the next turn makes it removable too", segments{unprojected: 4}, []func(*outbox){begin, commit(1, 0), send, release, end, begin, end}, segments{removable: 5}},
	} {
		o := outbox{c.from, make([]string, c.from.unprojected+c.from.removable+c.from.published+c.from.unpublished)}
		for _, move := range c.moves {
			move(&o)
		}
		if o.segments != c.want {
			t.Errorf("%s: want %+v, got %+v", c.name, c.want, o.segments)
		}
	}
}

// TestOutboxKeepsItsOrder: whatever the moves, the counters equal the segments of a list of entries that are kept in order.
func TestOutboxKeepsItsOrder(t *testing.T) {
	const removable, projecting, unprojected, published, unpublished = 0, 1, 2, 3, 4
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3).Draw(t, "leftovers")
		o, list, committed := leftovers(make([]string, n)), slices.Repeat([]int{unprojected}, n), 0
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
				var outputs []shard.Output
				for range rapid.IntRange(0, 3).Draw(t, "appended") {
					committed++
					outputs = append(outputs, shard.Output{ID: strconv.Itoa(committed)})
				}
				removed := o.removable
				o.commit(outputs, removed)
				list = append(list[removed:], slices.Repeat([]int{unpublished}, len(outputs))...)
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
			if len(o.ids) != len(list) || len(list) > 0 && committed > 0 && o.ids[len(list)-1] != strconv.Itoa(committed) && counts[unpublished] > 0 {
				t.Fatalf("ids %q of %d entries", o.ids, len(list))
			}
			if got := len(o.sent()); got != len(list)-counts[unpublished] {
				t.Fatalf("sent: want %d, got %d", len(list)-counts[unpublished], got)
			}
			if got := [5]int{o.removable, o.projecting, o.unprojected, o.published, o.unpublished}; got != counts {
				t.Fatalf("want %v, got %v", counts, got)
			}
		}
	})
}
