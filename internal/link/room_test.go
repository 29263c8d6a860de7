package link_test

import (
	"bytes"
	"fmt"
	"testing"

	"tidemark/internal/link"
)

// crowd sends parts of so many ids to one, each of so many bytes, and returns the state and how many parts were left out.
func crowd(me link.Self, ids, size int) (s link.State, out int) {
	for n := range ids {
		m := partOf(me, n, size, 1)
		if me.LeavesOut(s, m) {
			out++
		}
		s, _ = me.Receive(s, m)
	}
	return s, out
}

// partOf is the part of an id with a number.
func partOf(me link.Self, n, size int, mark int64) link.Message {
	id := fmt.Sprintf("guest %06d", n)
	return link.Message{To: me.ID, Body: link.Part{
		Sender: id, Origin: id, Word: link.Stamp{At: 10, Event: id}, First: mark == 1,
		Marks: link.Marks{"purchases": mark}, Path: []string{id}, Content: bytes.Repeat([]byte{1}, size),
	}}
}

// TestNoRoom: an id into which too many others are merged holds as many parts as fit into a commit. An erasure reaches all ids that it remembers.
// Once an id leaves, the part of another is taken when it comes next.
func TestNoRoom(t *testing.T) {
	me := link.Self{ID: "bob", Hash: hash}
	for _, c := range []struct{ ids, size, parts, out, remembered int }{
		{link.MaxParts, 100, link.MaxParts, 0, link.MaxParts},
		{link.MaxParts + 50, 100, link.MaxParts, 50, link.MaxParts + 50},
		{20, 1 << 18, 15, 5, 20},
		{link.MaxSenders + 10, 1, link.MaxParts, link.MaxSenders + 10 - link.MaxParts, link.MaxSenders},
	} {
		s, out := crowd(me, c.ids, c.size)
		if got := len(s.Parts()); got != c.parts || out != c.out {
			t.Errorf("%d parts of %d bytes: %d are held and %d left out, want %d and %d", c.ids, c.size, got, out, c.parts, c.out)
		}
		if got := len(s.Append(nil)); got > 5<<20 {
			t.Errorf("%d parts of %d bytes: the state has %d bytes, want at most 5 MiB", c.ids, c.size, got)
		}
		if s.Crowded() != (c.parts == link.MaxParts || c.out > 0) {
			t.Errorf("%d parts of %d bytes: crowded %t", c.ids, c.size, s.Crowded())
		}
		if _, told := me.Erase(s, 20); len(told) != c.remembered {
			t.Errorf("%d parts: an erasure tells %d ids, want %d", c.ids, len(told), c.remembered)
		}
		if c.out == 0 {
			continue
		}
		last := min(c.ids, link.MaxSenders) - 1
		next := partOf(me, last, c.size, 2)
		if !me.LeavesOut(s, next) {
			t.Errorf("%d parts of %d bytes: the next part of one that was left out is taken", c.ids, c.size)
		}
		leave := partOf(me, 0, 0, 3)
		body := leave.Body.(link.Part)
		body.Path, body.Content, body.Word = nil, nil, link.Stamp{At: 11, Event: "gone"}
		leave.Body = body
		s, _ = me.Receive(s, leave)
		if s, _ = me.Receive(s, next); len(s.Parts()) != c.parts || me.LeavesOut(s, partOf(me, last, c.size, 3)) {
			t.Errorf("%d parts of %d bytes: once one has left, %d parts are held, want %d again", c.ids, c.size, len(s.Parts()), c.parts)
		}
	}
}

// TestAPartThatOutgrowsItsRoom stays as it was.
func TestAPartThatOutgrowsItsRoom(t *testing.T) {
	me := link.Self{ID: "bob", Hash: hash}
	s, _ := crowd(me, 15, 1<<18)
	larger := partOf(me, 3, 1<<20, 2)
	if !me.LeavesOut(s, larger) {
		t.Error("want it left out")
	}
	after, _ := me.Receive(s, larger)
	if !after.Equal(s) {
		t.Error("the state has changed")
	}
	smaller := partOf(me, 3, 10, 3)
	if me.LeavesOut(s, smaller) {
		t.Error("a smaller part is left out")
	}
	if after, _ = me.Receive(s, smaller); len(after.Parts()[3].Content) != 10 {
		t.Error("a smaller part is not taken")
	}
}
