package replay

import (
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Follower is told what becomes of customers on the way through a log. Its functions are called for several customers at once, for one customer in
// order of time. A nil Follower is told nothing.
type Follower struct {
	// Ends are instants, ascending.
	Ends []event.Instant
	// At is told the profile at an instant of Ends, by its place: with all events up to that instant, evaluated at it. It is not told of who is not known then.
	At func(end int, p *score.Profile)
	// Changed is told each change of a profile: the transitions between, and the instant of the event or the end of the log.
	Changed func(before, after *score.Profile, transitions []score.Transition, at event.Instant)
}

// followed is where a follower stands with a customer.
type followed struct {
	// next is the next end. now is the profile as it was looked at last, if looked says so.
	next   int
	looked bool
	now    score.Profile
}

// apply applies an event of a customer, and tells of it and of the ends before it.
func (f *Follower) apply(e *score.Engine, c *Customer, x event.Event) score.Verdict {
	if f == nil {
		return c.apply(e, x)
	}
	f.before(e, c, x.At())
	before, was := c.Profile, len(c.Transitions)
	verdict := c.apply(e, x)
	f.after(e, &before, c, was, x.At())
	return verdict
}

// endsBefore counts the ends before an instant.
func (f *Follower) endsBefore(at event.Instant) int {
	if f == nil {
		return 0
	}
	n, _ := slices.BinarySearch(f.Ends, at)
	return n
}

// before tells of the ends before an instant, up to which nothing more happens.
func (f *Follower) before(e *score.Engine, c *Customer, at event.Instant) {
	for ; c.followed.next < len(f.Ends) && f.Ends[c.followed.next] < at; c.followed.next++ {
		if c.Profile.Unknown() {
			continue
		}
		s := &c.followed
		if !s.looked {
			s.now, s.looked = e.Schedule(c.Profile), true
			s.now.Outcomes = nil // counted where the customer's own profile passes
		}
		if end := f.Ends[s.next]; !s.now.Unknown() {
			if s.now, _ = e.Review(s.now, end); !s.now.Unknown() {
				s.now = e.Schedule(s.now)
				f.At(s.next, &s.now)
			}
		}
	}
}

// after tells what has become of a profile since before, with the transitions from the place was on.
func (f *Follower) after(e *score.Engine, before *score.Profile, c *Customer, was int, at event.Instant) {
	c.followed.looked = false
	if forgets := e.Forgets(before); !before.Unknown() && forgets <= at {
		unknown := e.New(before.Customer)
		f.Changed(before, &unknown, nil, forgets)
		before = &unknown
	}
	f.Changed(before, &c.Profile, c.Transitions[was:], max(at, before.AsOf))
}

// end is Customer.end, with the ends up to the instant.
func (f *Follower) end(e *score.Engine, c *Customer, asOf event.Instant) Customer {
	if f == nil {
		return c.end(e, asOf)
	}
	f.before(e, c, asOf+1)
	before, was := c.Profile, len(c.Transitions)
	ended := c.end(e, asOf)
	if c.known {
		f.after(e, &before, c, was, asOf)
	}
	return ended
}
