package replay

import (
	"maps"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// joined are customers whom MERGED_INTO or a referral joins, as they go through the log together: whatever one of them must tell another
// arrives before the next event.
type joined struct {
	engine    *score.Engine
	customers map[string]*Customer
	// read counts what has been read. It stands for the marks of all homes.
	read int64
	// follow is told what becomes of the customers; nil for nobody.
	follow *Follower
}

// together applies the events of joined customers, in canonical order, and returns the customers.
func together(e *score.Engine, events []event.Event, asOf event.Instant, became counts, f *Follower) []Customer {
	j := joined{engine: e, customers: map[string]*Customer{}, follow: f}
	passed := 0 // ends that all customers have been told of
	for _, x := range events {
		if n := f.endsBefore(x.At()); n > passed {
			passed = n
			for _, c := range j.customers {
				f.before(e, c, x.At())
			}
		}
		became.add(x, j.apply(x))
	}
	var all []Customer
	for _, customer := range slices.Sorted(maps.Keys(j.customers)) {
		all = append(all, f.end(e, j.customers[customer], asOf))
	}
	return all
}

// apply applies an event, then the messages that follow, each after those that were sent before it. The verdict is that of the event.
func (j *joined) apply(x event.Event) score.Verdict {
	messages, verdict := j.one(x)
	for len(messages) > 0 {
		more, _ := j.one(messages[0])
		messages = append(messages[1:], more...)
	}
	return verdict
}

// one applies an event or a message, and returns the messages that follow.
func (j *joined) one(x event.Event) ([]*event.Link, score.Verdict) {
	id := x.Common().Customer
	c := j.customers[id]
	if c == nil {
		c = &Customer{Profile: j.engine.New(id)}
		j.customers[id] = c
	}
	j.read++
	before := c.Profile
	verdict := j.follow.apply(j.engine, c, x)
	messages := j.engine.Messages(&before, &c.Profile, x, map[string]int64{"replay": j.read})
	if m := j.engine.Refers(x, verdict); m != nil {
		messages = append(messages, m)
	}
	return messages, verdict
}

// groups returns the lives of which none is joined to another, and the lives that MERGED_INTO joins, merged into one run of events in
// canonical order. Where orders tell their referrers, buyer and referrer are joined too.
func groups(lives [][]event.Event, referrals bool) (single, joint [][]event.Event) {
	root := roots(lives, referrals)
	if len(root) == 0 {
		return lives, nil
	}
	at := map[string]int{}
	for _, life := range lives {
		customer := life[0].Common().Customer
		if _, ok := root[customer]; !ok {
			single = append(single, life)
			continue
		}
		group := find(root, customer)
		n, ok := at[group]
		if !ok {
			n = len(joint)
			at[group], joint = n, append(joint, nil)
		}
		joint[n] = append(joint[n], life...)
	}
	for _, events := range joint {
		slices.SortStableFunc(events, event.Compare)
	}
	return single, joint
}

// roots returns for each customer who is named by a MERGED_INTO or a referral, as the one or as the other, another customer of the same group:
// a forest, whose roots name themselves.
func roots(lives [][]event.Event, referrals bool) map[string]string {
	root := map[string]string{}
	for _, life := range lives {
		for _, x := range life {
			if into, ok := event.Merger(x); ok {
				root[find(root, x.Common().Customer)] = find(root, into)
			}
			if to := event.ReferrerOf(x); referrals && to != "" {
				root[find(root, x.Common().Customer)] = find(root, to)
			}
		}
	}
	return root
}

// find returns the root of a customer's group, and makes the way to it shorter. Who is named for the first time is a group alone.
func find(root map[string]string, customer string) string {
	up, ok := root[customer]
	if !ok {
		root[customer] = customer
		return customer
	}
	for up != root[up] {
		root[customer] = root[up]
		customer, up = up, root[up]
	}
	return up
}
