package link

import "slices"

// take returns the state after a part, and the answer to it. Of one sender a newer word drops all that came under older words; an older
// word is ignored. Of one sender, word and origin, a part is ignored if none of its marks is greater, or if there is no room for it.
func (me Self) take(s State, p Part) (State, []Message) {
	next, answer, _ := me.takeIfRoom(s, p)
	return next, answer
}

// takeIfRoom is take. It also reports whether there was no room for the part.
func (me Self) takeIfRoom(s State, p Part) (_ State, _ []Message, leftOut bool) {
	if s.Swallows(p.Word.At) {
		// The sender was linked to this id when this id was erased, unless the part is an old one that comes late. The sender knows.
		return s, []Message{{p.Sender, Erasure{From: me.ID, At: s.Erased}}}, false
	}
	if n, found := s.findGone(me.Hash(p.Sender)); found && p.Word.At <= s.gone[n].at {
		return s, nil, false
	}
	n, found := s.find(p.Sender)
	if !found && p.Withdrawn() { // nothing to withdraw: whatever came before is older than a tombstone
		return s, nil, false
	}
	if !found && len(s.senders) >= MaxSenders {
		return s, nil, true
	}
	from := sender{id: p.Sender, word: p.Word, linked: p.Word.At}
	var had sender
	if found {
		had = s.senders[n]
		switch order := p.Word.Compare(had.word); {
		case order < 0:
			return s, nil, false
		case order == 0:
			from = had
		case p.Withdrawn():
			from.linked = had.linked
		}
	}
	if p.First {
		from = from.since(p.Marks)
	}
	next := me.replace(from, p)
	if leftOut = !s.fits(had, next); leftOut {
		next = from
	}
	s.senders = put(s.senders, n, found, next)
	return s, nil, leftOut
}

// since returns what is held of a sender, without what a state of its home sent that is not at least as new. That state was lost in a
// failover: what comes after these marks does not build on it.
func (from sender) since(marks Marks) sender {
	from.parts = slices.DeleteFunc(slices.Clone(from.parts), func(p part) bool { return marks.newer(p.marks) })
	return from
}

// replace returns what is held of a sender after a part under the sender's word.
func (me Self) replace(from sender, p Part) sender {
	if p.Withdrawn() && p.Origin == p.Sender { // the sender is linked elsewhere: the word alone keeps older parts out
		return sender{id: from.id, word: from.word, linked: from.linked}
	}
	hash := me.Hash(p.Origin)
	n, held := from.find(p.Origin)
	m, was := from.findWithdrawn(hash)
	if held && !p.Marks.newer(from.parts[n].marks) || was && !p.Marks.newer(from.withdrawn[m].marks) {
		return from
	}
	if p.Withdrawn() {
		if held {
			from.parts = drop(from.parts, n)
		}
		from.withdrawn = put(from.withdrawn, m, was, withdrawn{hash, p.Marks})
		return from
	}
	if was {
		from.withdrawn = drop(from.withdrawn, m)
	}
	now := part{origin: p.Origin, path: p.Path, marks: p.Marks, content: p.Content}
	if slices.Contains(p.Path, me.ID) {
		now.content = nil
	}
	from.parts = put(from.parts, n, held, now)
	return from
}
