package link

import "slices"

// take returns the state after a part, and the answer to it. Of one sender a newer word drops all that came under older words; an older
// word is ignored. Of one sender, word and origin, a part is ignored if none of its marks is greater.
func (me Self) take(s State, p Part) (State, []Message) {
	if s.Swallows(p.Word.At) {
		return s, me.answer(s, p)
	}
	if n, found := s.findGone(me.Hash(p.Sender)); found && p.Word.Compare(s.gone[n].until) <= 0 {
		return s, nil
	}
	n, found := s.find(p.Sender)
	if !found && p.Withdrawn() { // nothing to withdraw: whatever came before is older than a tombstone
		return s, nil
	}
	from := sender{id: p.Sender, word: p.Word, linked: p.Word.At}
	if found {
		had := s.senders[n]
		switch order := p.Word.Compare(had.word); {
		case order < 0:
			return s, nil
		case order == 0:
			from = had
		case p.Withdrawn():
			from.linked = had.linked
		}
	}
	from, changed := me.replace(from, p)
	if !changed {
		return s, nil
	}
	s.senders = put(s.senders, n, found, from)
	return s, nil
}

// answer tells the sender of a swallowed part of the erasure: the sender was linked to this id at that instant, unless the part is an old
// one that comes late. The sender knows.
func (me Self) answer(s State, p Part) []Message {
	if p.Withdrawn() {
		return nil
	}
	return []Message{{p.Sender, Erasure{From: me.ID, At: s.Erased}}}
}

// replace returns what is held of a sender after a part under the sender's word, and whether the part changed anything.
func (me Self) replace(from sender, p Part) (sender, bool) {
	if p.Withdrawn() && p.Origin == p.Sender { // the sender is linked elsewhere: the word alone keeps older parts out
		return sender{id: from.id, word: from.word, linked: from.linked}, true
	}
	hash := me.Hash(p.Origin)
	n, held := from.find(p.Origin)
	if held && !p.Marks.newer(from.parts[n].marks) {
		return from, false
	}
	m, was := from.findWithdrawn(hash)
	if was && !p.Marks.newer(from.withdrawn[m].marks) {
		return from, false
	}
	if p.Withdrawn() {
		if held {
			from.parts = drop(from.parts, n)
		}
		from.withdrawn = put(from.withdrawn, m, was, withdrawn{hash, p.Marks})
		return from, true
	}
	if was {
		from.withdrawn = drop(from.withdrawn, m)
	}
	now := part{origin: p.Origin, path: p.Path, marks: p.Marks, content: p.Content}
	if slices.Contains(p.Path, me.ID) {
		now.content = nil
	}
	from.parts = put(from.parts, n, held, now)
	return from, true
}
