package link

import (
	"bytes"
	"slices"
)

// Own is what an id itself has to send: its state, and its own history.
type Own struct {
	State   State
	Content []byte
}

// Outgoing returns the parts that the id's target must hold, the own part first, then by origin. It is empty for an id that is not linked.
// Whoever is the least id of a cycle sends its own part alone: the part comes back as long as the cycle stands. Marks are the marks of the
// id's home.
func (me Self) Outgoing(own Own, marks Marks) []Part {
	w, linked := me.link(own.State)
	if !linked {
		return nil
	}
	parts := []Part{{Sender: me.ID, Origin: me.ID, Word: w.Stamp, Marks: marks, Path: []string{me.ID}, Content: own.Content}}
	if me.rules(own.State) {
		return parts
	}
	for _, p := range me.Foreign(own.State) {
		path := append(slices.Clone(p.Path), me.ID)
		parts = append(parts, Part{Sender: me.ID, Origin: p.Origin, Word: w.Stamp, Marks: marks, Path: path, Content: p.Content})
	}
	return parts
}

// Messages returns what the id sends when its state or history changes from before to after: the difference of what it must have sent.
// Marks are the marks of the id's home after the change.
//
// A word, an erasure and a message of links are each a change of their own. Changes of the history in between may be taken together.
func (me Self) Messages(before, after Own, marks Marks) []Message {
	was, linked := me.link(before.State)
	now, links := me.link(after.State)
	last, said := after.State.last()
	var all []Message
	if linked && said && was.Target != last.Target {
		all = append(all, Message{was.Target, Part{Sender: me.ID, Origin: me.ID, Word: last.Stamp, Marks: marks}})
	}
	if !links {
		return all
	}
	var had []Part
	has := me.Outgoing(after, marks)
	has[0].First = true
	if linked && was == now {
		had = me.Outgoing(before, marks)
		has[0].First = false
	}
	for _, p := range has {
		if n := indexOf(had, p.Origin); n < 0 || !alike(had[n], p) {
			all = append(all, Message{now.Target, p})
		}
	}
	for _, p := range had {
		if indexOf(has, p.Origin) < 0 {
			p.Path, p.Content = nil, nil
			all = append(all, Message{now.Target, p})
		}
	}
	return all
}

func indexOf(parts []Part, origin string) int {
	return slices.IndexFunc(parts, func(p Part) bool { return p.Origin == origin })
}

// alike reports whether two parts of one sender and origin say the same.
func alike(a, b Part) bool {
	return a.Word == b.Word && slices.Equal(a.Path, b.Path) && bytes.Equal(a.Content, b.Content)
}
