package shop

import "tidemark/internal/event"

// queue hands out entries in order of time, and entries of equal time in order of arrival. It is a binary heap of entries
// without pointers, which the garbage collector need not follow. The values lie in slots.
type queue[T any] struct {
	entries []entry
	slots   []T
	free    []uint32 // free slots
	pushed  uint64
}

type entry struct {
	at     event.Instant
	ticket uint64
	slot   uint32
}

func (e *entry) before(f *entry) bool {
	return e.at < f.at || e.at == f.at && e.ticket < f.ticket
}

// next is the time of the first entry. It is event.Never if there is none.
func (q *queue[T]) next() event.Instant {
	if len(q.entries) == 0 {
		return event.Never
	}
	return q.entries[0].at
}

func (q *queue[T]) push(at event.Instant, what T) {
	e := entry{at, q.pushed, q.keep(what)}
	q.pushed++
	q.entries = append(q.entries, e)
	i := len(q.entries) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(&q.entries[parent]) {
			break
		}
		q.entries[i] = q.entries[parent]
		i = parent
	}
	q.entries[i] = e
}

// pop takes the first entry out of a queue that is not empty, and returns its time.
func (q *queue[T]) pop() (T, event.Instant) {
	first, n := q.entries[0], len(q.entries)-1
	e := q.entries[n]
	q.entries = q.entries[:n]
	for i := 0; n > 0; {
		child := 2*i + 1
		if right := child + 1; right < n && q.entries[right].before(&q.entries[child]) {
			child = right
		}
		if child >= n || !q.entries[child].before(&e) {
			q.entries[i] = e
			break
		}
		q.entries[i] = q.entries[child]
		i = child
	}
	return q.release(first.slot), first.at
}

func (q *queue[T]) keep(what T) uint32 {
	if last := len(q.free) - 1; last >= 0 {
		slot := q.free[last]
		q.free = q.free[:last]
		q.slots[slot] = what
		return slot
	}
	q.slots = append(q.slots, what)
	return uint32(len(q.slots) - 1)
}

func (q *queue[T]) release(slot uint32) T {
	var none T
	what := q.slots[slot]
	q.slots[slot] = none
	q.free = append(q.free, slot)
	return what
}
