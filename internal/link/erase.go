package link

import (
	"maps"
	"slices"

	"tidemark/internal/event"
)

// Erase returns the state after an erasure of the id, and the messages to all whom the state names: some of them may be the same customer,
// and all of them must forget the id. Only what is younger than the erasure stays.
func (me Self) Erase(s State, at event.Instant) (State, []Message) {
	if s.Swallows(at) {
		return s, nil
	}
	after := State{Erased: at}
	for _, w := range s.words {
		if w.At > at {
			after.words = append(after.words, w)
		}
	}
	for _, from := range s.senders {
		if from.linked > at {
			after.senders = append(after.senders, from)
		}
	}
	for _, g := range s.gone {
		if g.at > at {
			after.gone = append(after.gone, g)
		}
	}
	return after, me.tell(s, at)
}

// tell returns the messages of an erasure of the id: to all who have sent it parts, and to all to whom it was linked until that instant.
func (me Self) tell(s State, at event.Instant) []Message {
	tell := map[string]Erasure{}
	for _, from := range s.senders {
		tell[from.id] = Erasure{From: me.ID, At: at}
	}
	for _, w := range s.words {
		if w.At <= at && w.Target != "" {
			tell[w.Target] = Erasure{From: me.ID, At: at}
		}
	}
	if w, ok := s.inForce(at); ok && w.Target != "" {
		tell[w.Target] = Erasure{From: me.ID, At: at, Linked: true, Since: w.At}
	}
	delete(tell, me.ID)
	var all []Message
	for _, to := range slices.Sorted(maps.Keys(tell)) {
		all = append(all, Message{to, tell[to]})
	}
	return all
}

// hear returns the state after the word that another id was erased. Whoever was linked to the other at that instant, or the other to it, is
// the same customer: it is erased at the same instant, and passes that on. Erase stops at a tombstone that is at least as young.
//
// Each link is judged by the id whose link it is, because only that id knows which of its words decided at that instant: the sender of the
// message for its own link (Linked), the receiver for its own. The receiver's tombstone cuts links that are older.
func (me Self) hear(s State, e Erasure) (State, []Message) {
	w, said := s.inForce(e.At)
	if said && w.Target == e.From || e.Linked && !s.Swallows(e.Since) {
		return me.Erase(s, e.At)
	}
	return me.forget(s, e.From, e.At), nil
}

// forget returns the state without the name of an id that was erased at an instant. The hash of the id stays, so that an old part of it
// that comes late does not bring it back.
func (me Self) forget(s State, id string, at event.Instant) State {
	if slices.ContainsFunc(s.words, func(w Word) bool { return w.Target == id && w.At <= at }) {
		s.words = slices.Clone(s.words)
		for n, w := range s.words {
			if w.Target == id && w.At <= at {
				s.words[n].Target = ""
			}
		}
	}
	n, found := s.find(id)
	if !found || s.senders[n].linked > at {
		return s
	}
	hash := me.Hash(id)
	s.senders = drop(s.senders, n)
	n, found = s.findGone(hash)
	s.gone = put(s.gone, n, found, gone{hash, at})
	return s
}
