package link

import (
	"slices"

	"tidemark/internal/event"
)

// Message goes over the topic of links. To is the receiving id, and the key of the record.
type Message struct {
	To   string
	Body Body
}

// Body is what a message says: a Part or an Erasure.
//
//sumtype:decl
type Body interface{ sealed() }

// Part is the history of one id, sent by an id that is linked to the receiver. A part without a path is withdrawn: the sender no longer
// sends this origin to the receiver.
type Part struct {
	// Sender is the id that sends the part, Origin the id whose history it is.
	Sender, Origin string
	// Word is the sender's last word. First says that this is the first part that the sender sends under the word: what the receiver has got
	// of the sender from an earlier state of its home is void.
	Word  Stamp
	First bool
	// Marks are the marks of the sender's home at the state sent.
	Marks Marks
	// Path are the ids that the part has passed, from the origin to the sender.
	Path []string
	// Content is the encoded history. Whoever is linked before anything is known has no content yet.
	Content []byte
}

func (Part) sealed() {}

// Withdrawn reports whether the sender takes the part back.
func (p Part) Withdrawn() bool { return len(p.Path) == 0 }

// Valid reports whether the part is one that Outgoing or Messages may have made: the path leads from the origin to the sender, and passes
// no id twice.
func (p Part) Valid() bool {
	if p.Withdrawn() {
		return p.Sender != "" && p.Origin != "" && len(p.Content) == 0
	}
	for n, id := range p.Path {
		if id == "" || slices.Contains(p.Path[:n], id) {
			return false
		}
	}
	return p.Path[0] == p.Origin && p.Path[len(p.Path)-1] == p.Sender
}

// Erasure tells the receiver that somebody who may be the same customer was erased.
type Erasure struct {
	From string
	// At is the instant of the erasure.
	At event.Instant
	// Linked says that From was linked to the receiver at that instant, by a word of the instant Since.
	Linked bool
	Since  event.Instant
}

func (Erasure) sealed() {}

// Receive returns the state after a message to the id, and what the id answers. Parts must be valid, from another id. If Erased of the new state is later, the id itself was
// erased by the message: the caller removes its history.
func (me Self) Receive(s State, m Message) (State, []Message) {
	switch body := m.Body.(type) {
	case Part:
		return me.take(s, body)
	case Erasure:
		return me.hear(s, body)
	}
	return s, nil
}
