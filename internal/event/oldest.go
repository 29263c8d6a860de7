package event

import "strconv"

// Earliest is the earliest of the times that e states: occurred_at, and due_at where a purchase has one, revised_at where a version of an order has one. It is what the oldest time
// that a model takes is held against: the zero of a clock, or seconds that were sent as milliseconds, give times of 1970. A due_at or
// revised_at of 0 is no time: it says that none is known.
func Earliest(e Event) Instant {
	at := e.Common().OccurredAt
	p, ok := e.(*Purchase)
	if ok && p.DueAt != 0 {
		at = min(at, p.DueAt)
	}
	if ok && p.RevisedAt != 0 && p.revisable() {
		at = min(at, p.RevisedAt)
	}
	return at
}

// written is i for people: RFC 3339 where the year has four digits, else milliseconds.
func written(i Instant) string {
	if year := i.Time().Year(); year < 0 || year > 9999 {
		return strconv.FormatInt(int64(i), 10) + " ms"
	}
	return i.String()
}
