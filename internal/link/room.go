package link

// Bounds of what an id holds of others. A state is stored whole with each change, so it must fit into one commit, and so must the messages
// that an erasure sends to all senders. An id that so many others are linked to is no person: a guest account, or a robot's.
const (
	// MaxParts is how many parts an id holds, MaxPartBytes how long their contents, paths and marks are together.
	MaxParts     = 1000
	MaxPartBytes = 4 << 20
	// MaxSenders is how many senders an id remembers, those included whose parts it has no room for, and those that have left.
	MaxSenders = 5000
	// markLength is about how long a mark is.
	markLength = 8
)

// size returns how many parts of a sender are held, and about how long they are.
func (from sender) size() (parts, bytes int) {
	for _, p := range from.parts {
		bytes += len(p.content) + len(p.marks)*markLength
		for _, id := range p.path {
			bytes += len(id)
		}
	}
	return len(from.parts), bytes
}

// size returns how many parts the state holds, and about how long they are.
func (s State) size() (parts, bytes int) {
	for _, from := range s.senders {
		n, length := from.size()
		parts, bytes = parts+n, bytes+length
	}
	return parts, bytes
}

// Crowded reports whether there may be no room for a further part.
func (s State) Crowded() bool {
	parts, bytes := s.size()
	return parts >= MaxParts || bytes >= MaxPartBytes*3/4 || len(s.senders) >= MaxSenders
}

// fits reports whether there is room for what is held of a sender to become next. What does not grow always fits. before is what is held of
// the sender now, nothing of a new one.
func (s State) fits(before, next sender) bool {
	parts, bytes := s.size()
	hadParts, hadBytes := before.size()
	hasParts, hasBytes := next.size()
	return hasParts <= hadParts && hasBytes <= hadBytes ||
		parts-hadParts+hasParts <= MaxParts && bytes-hadBytes+hasBytes <= MaxPartBytes
}

// LeavesOut reports whether there is no room for the part of a message: the id's labels are not read from it, or from the part as it was.
// The sender is remembered, so that an erasure of the id reaches it, unless the id remembers MaxSenders already.
func (me Self) LeavesOut(s State, m Message) bool {
	p, ok := m.Body.(Part)
	if !ok || !s.Crowded() {
		return false
	}
	_, _, out := me.takeIfRoom(s, p)
	return out
}
