package score

import "tidemark/internal/link"

// Linked reports whether p knows anything of links: only then can an event of the customer be something to tell other ids.
func (p *Profile) Linked() bool { return p.links != nil }

// Feeders calls yield for each id through which a part has come that p's labels are read from, and with the number of messages from this id
// to p: 1 for who sends to p. An id through which several parts have come is named as often.
func (p *Profile) Feeders(yield func(id string, steps int)) {
	if p.links == nil || p.links.away {
		return
	}
	for _, part := range (link.Self{ID: p.Customer}).Foreign(p.links.state) {
		for n, id := range part.Path {
			yield(id, len(part.Path)-n)
		}
	}
}
