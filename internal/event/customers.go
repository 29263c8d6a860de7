package event

import (
	"cmp"
	"slices"
)

// Customers returns the events as those of customers, for whoever learns from what customers did: without those of which no erasure knows
// (WithoutErased), and those of ids that are one customer at the end under the id that survives. The words that say so, MERGED_INTO, are left
// out. It does not modify events, and returns them as they are where there is no ERASED and no MERGED_INTO. merged counts the ids that are
// merged into another.
//
// That is what package link comes to once all messages have arrived: an id's link is its last word, an erasure erases all ids that links join
// at its instant, and of a cycle the least id survives. There a customer of two ids is read from two histories, here from one: the difference
// is what two histories count twice.
func Customers(events []Event) (theirs []Event, merged int) {
	who := identify(events)
	if who == nil {
		return WithoutErased(events), 0
	}
	survivor := map[string]string{}
	for id := range who.target {
		if into := who.survivor(id); into != id {
			survivor[id] = into
		}
	}
	for _, x := range events {
		if _, isWord := Merger(x); isWord || who.takes(x) {
			continue
		}
		if into, ok := survivor[x.Common().Customer]; ok {
			x = under(x, into)
		}
		theirs = append(theirs, x)
	}
	return theirs, len(survivor)
}

// identities are who is whom, and who is erased, at an instant.
type identities struct {
	target  map[string]string          // by id: where its link leads
	sources map[string]map[string]bool // by id: whose links lead there
	erased  map[string]Instant
}

// link links an id to another, and ends the link that it had. An id that is linked to itself has none.
func (w *identities) link(id, into string) {
	if had, linked := w.target[id]; linked {
		delete(w.sources[had], id)
		delete(w.target, id)
	}
	if into == id {
		return
	}
	w.target[id] = into
	if w.sources[into] == nil {
		w.sources[into] = map[string]bool{}
	}
	w.sources[into][id] = true
}

// identify returns who is whom, and who is erased, after all events; nil if no event says anything of it but erasures of single ids.
func identify(events []Event) *identities {
	var said []Event
	words := false
	for _, x := range events {
		_, isWord := Merger(x)
		if _, isErasure := ErasedAt(x); isWord || isErasure {
			said, words = append(said, x), words || isWord
		}
	}
	if !words {
		return nil
	}
	slices.SortStableFunc(said, func(a, b Event) int { // a word counts from its own instant on, the erasure up to its own
		_, first := ErasedAt(a)
		_, second := ErasedAt(b)
		return cmp.Or(cmp.Compare(saidAt(a), saidAt(b)), btoi(first)-btoi(second), cmp.Compare(a.Common().ID, b.Common().ID))
	})
	who := &identities{map[string]string{}, map[string]map[string]bool{}, map[string]Instant{}}
	for _, x := range said {
		id := x.Common().Customer
		if at, ok := ErasedAt(x); ok {
			who.erase(id, at)
		} else {
			into, _ := Merger(x)
			who.link(id, into)
		}
	}
	return who
}

// saidAt is the instant of a word, or of an erasure.
func saidAt(x Event) Instant {
	if at, ok := ErasedAt(x); ok {
		return at
	}
	return x.At()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Merger returns the id that a MERGED_INTO names as the other one; false if x is none.
func Merger(x Event) (into string, ok bool) {
	if i, is := x.(*Interaction); is && i.Kind == MergedInto {
		return i.OtherCustomer, true
	}
	return "", false
}

// erase erases an id at an instant, with all ids that links join to it, whichever way the links lead.
func (w *identities) erase(id string, at Instant) {
	joined, seen := []string{id}, map[string]bool{id: true}
	add := func(other string) {
		if !seen[other] {
			joined, seen[other] = append(joined, other), true
		}
	}
	for n := 0; n < len(joined); n++ {
		if into, linked := w.target[joined[n]]; linked {
			add(into)
		}
		for from := range w.sources[joined[n]] {
			add(from)
		}
	}
	for _, id := range joined {
		w.erased[id] = at
		w.link(id, id)
	}
}

// survivor follows the links from an id: to the one that is linked to nobody, or to the least id of a cycle.
func (w *identities) survivor(id string) string {
	at, seen := id, map[string]bool{}
	for !seen[at] {
		seen[at] = true
		into, linked := w.target[at]
		if !linked {
			return at
		}
		at = into
	}
	least := at // on a cycle
	for next := w.target[at]; next != at; next = w.target[next] {
		least = min(least, next)
	}
	return least
}

// takes reports whether an erasure takes x: it is an ERASED, or from before the erasure of its customer.
func (w *identities) takes(x Event) bool {
	_, ok := ErasedAt(x)
	return ok || ErasedBy(x, w.erased[x.Common().Customer])
}

// under returns x as an event of another customer.
func under(x Event, customer string) Event {
	switch x := x.(type) {
	case *Purchase:
		other := *x
		other.Customer = customer
		return &other
	case *Interaction:
		other := *x
		other.Customer = customer
		return &other
	case *Feedback:
		other := *x
		other.Customer = customer
		return &other
	case *Link: // stands in no log of what customers did
	}
	return x
}
