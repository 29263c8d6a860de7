package shop

import "tidemark/internal/event"

// queue hands out what was put into it by time, and what is due at the same time in the order of arrival. It is a
// binary heap; container/heap would box every entry.
type queue[T any] struct {
	entries []entry[T]
	pushed  uint64
}

type entry[T any] struct {
	at     event.Instant
	ticket uint64
	what   T
}

func (e *entry[T]) before(f *entry[T]) bool {
	return e.at < f.at || e.at == f.at && e.ticket < f.ticket
}

// next is when the first entry is due; event.Never for none.
func (q *queue[T]) next() event.Instant {
	if len(q.entries) == 0 {
		return event.Never
	}
	return q.entries[0].at
}

func (q *queue[T]) push(at event.Instant, what T) {
	e := entry[T]{at, q.pushed, what}
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

// pop takes the first entry out of a queue that is not empty.
func (q *queue[T]) pop() entry[T] {
	first, n := q.entries[0], len(q.entries)-1
	e := q.entries[n]
	q.entries[n] = entry[T]{} // lets go of what it refers to
	q.entries = q.entries[:n]
	if n == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if right := child + 1; right < n && q.entries[right].before(&q.entries[child]) {
			child = right
		}
		if !q.entries[child].before(&e) {
			break
		}
		q.entries[i] = q.entries[child]
		i = child
	}
	q.entries[i] = e
	return first
}
