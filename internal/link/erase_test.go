package link_test

import (
	"bytes"
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// told is the erasure of somebody who was not linked to the receiver, or does not say so.
func told(from string, at event.Instant) link.Erasure { return link.Erasure{From: from, At: at} }

// linked is the erasure of somebody who was linked to the receiver since an instant.
func linked(from string, at, since event.Instant) link.Erasure {
	return link.Erasure{From: from, At: at, Linked: true, Since: since}
}

// TestErased says when eve is erased after some words and messages, 0 for not.
func TestErased(t *testing.T) {
	for _, row := range []struct {
		name  string
		words []link.Word
		sent  []link.Body
		want  event.Instant
	}{
		{"nobody she is linked to", nil, []link.Body{told("ann", 50)}, 0},
		{"whom she is linked to", []link.Word{said(10, "ann")}, []link.Body{told("ann", 50)}, 50},
		{"whom she was linked to, before", []link.Word{said(10, "ann"), said(20, "eve")}, []link.Body{told("ann", 50)}, 0},
		{"whom she was linked to at that instant", []link.Word{said(10, "ann"), said(60, "eve")}, []link.Body{told("ann", 50)}, 50},
		{"whom she is linked to since", []link.Word{said(60, "ann")}, []link.Body{told("ann", 50)}, 0},
		{"whom she was never linked to, by a word that came late", []link.Word{said(20, "bob"), said(10, "ann")}, []link.Body{told("ann", 15)}, 0},
		{"who was linked to her", nil, []link.Body{own("ann", 10, 1, "A"), linked("ann", 50, 10)}, 50},
		{"who was linked to her, whose part never came", nil, []link.Body{linked("ann", 50, 10)}, 50},
		{"who was linked to her before she was erased herself", nil, []link.Body{linked("bob", 30, 5), linked("ann", 50, 10)}, 30},
		{"two, in order", nil, []link.Body{linked("ann", 50, 10), linked("bob", 70, 60)}, 70},
		{"two, the later first", nil, []link.Body{linked("bob", 70, 60), linked("ann", 50, 10)}, 70},
	} {
		me := self("eve")
		var s link.State
		for _, w := range row.words {
			s = me.Say(s, w)
		}
		if got := after(me, s, row.sent...).Erased; got != row.want {
			t.Errorf("%s: erased at %d, want %d", row.name, got, row.want)
		}
	}
}

// TestTold says whom eve tells of her erasure at 50.
func TestTold(t *testing.T) {
	me := self("eve")
	s := me.Say(link.State{}, said(10, "cat"))
	s = me.Say(s, said(20, "bob"))
	s = me.Say(s, said(60, "dan")) // her target since
	s = after(me, s, own("ann", 10, 1, "A"), own("fay", 20, 1, "F"), back(own("fay", 20, 1, ""), 30, 2), own("gil", 70, 1, "G"))
	after, all := me.Erase(s, 50)
	var got string
	for _, m := range all {
		e := m.Body.(link.Erasure)
		got += fmt.Sprintf("%s %d %t %d; ", m.To, e.At, e.Linked, e.Since)
	}
	// Ann and gil send parts, fay did, cat and bob were targets: bob at that instant. Gil may have been linked at that instant by an earlier word.
	if want := "ann 50 false 0; bob 50 true 20; cat 50 false 0; fay 50 false 0; gil 50 false 0; "; got != want {
		t.Errorf("told: got %q, want %q", got, want)
	}
	if target, _ := me.Target(after); target != "dan" {
		t.Errorf("after the erasure eve is linked to %q, want dan, by a younger word", target)
	}
	if got := me.Foreign(after); len(got) != 1 || got[0].Sender != "gil" {
		t.Errorf("after the erasure eve holds %s, want the part that came under a younger word", show(got))
	}
	if again, more := me.Erase(after, 40); !bytes.Equal(again.Append(nil), after.Append(nil)) || len(more) > 0 {
		t.Errorf("an earlier erasure that comes late: %+v, tells %v, want %+v and nobody", again, more, after)
	}
}

// TestSwallowed: under a tombstone of 50, what is older is swallowed, and the sender of a part is told. What is younger is taken.
func TestSwallowed(t *testing.T) {
	me := self("eve")
	s, _ := me.Erase(link.State{}, 50)
	if got := me.Say(s, said(50, "bob")); !bytes.Equal(got.Append(nil), s.Append(nil)) {
		t.Errorf("a word of 50: got %+v, want %+v", got, s)
	}
	if target, linked := me.Target(me.Say(s, said(51, "bob"))); !linked || target != "bob" {
		t.Errorf("a word of 51: linked to %q, %t, want bob", target, linked)
	}
	old, young := via("ann", own("cat", 40, 1, "C"), 50), own("ann", 51, 2, "A")
	got, all := me.Receive(s, link.Message{To: "eve", Body: old})
	if want := (link.Message{To: "ann", Body: told("eve", 50)}); len(me.Foreign(got)) > 0 || len(all) != 1 || all[0] != want {
		t.Errorf("a part of 50: holds %s and answers %v, want nothing and %v", show(got.Parts()), all, want)
	}
	if got := me.Foreign(after(me, s, young)); len(got) != 1 {
		t.Errorf("a part of 51: holds %s, want it", show(got))
	}
}

// TestForgotten: eve is not the same customer as ann, who once was linked to her and is erased at 50. She drops the name, and old parts of ann
// stay out, also after an erasure of eve that is older. A link that is younger stands.
func TestForgotten(t *testing.T) {
	me, ann := self("eve"), own("ann", 10, 1, "A")
	late := own("ann", 45, 3, "A")
	s := me.Say(link.State{}, said(5, "ann"))
	s = me.Say(s, said(6, "eve"))
	s = after(me, s, ann, back(ann, 48, 2), told("ann", 50))
	if b := s.Append(nil); s.Erased != 0 || bytes.Contains(b, []byte("ann")) {
		t.Errorf("after the erasure of ann eve holds %q, want no ann", b)
	}
	if b := after(me, link.State{}, ann, back(ann, 60, 2), told("ann", 50)).Append(nil); bytes.Contains(b, []byte("ann")) {
		t.Errorf("ann left by a word that is younger than her erasure: eve holds %q, want no ann", b)
	}
	older, _ := me.Erase(s, 40)
	for name, s := range map[string]link.State{"erased at 50": s, "and eve at 40": older} {
		if got := me.Foreign(after(me, s, ann, late)); len(got) > 0 {
			t.Errorf("%s: an old part brings back %s", name, show(got))
		}
		if got := me.Foreign(after(me, s, own("ann", 51, 4, "new"))); len(got) != 1 {
			t.Errorf("%s: holds %s, want the part of the new customer ann", name, show(got))
		}
	}
	younger, _ := me.Erase(s, 50)
	alone, _ := me.Erase(link.State{}, 50)
	if got, want := younger.Append(nil), alone.Append(nil); !bytes.Equal(got, want) {
		t.Errorf("after her own erasure at 50 eve holds %q, want the tombstone alone: %q", got, want)
	}
	linked := after(me, link.State{}, own("ann", 51, 1, "new"), told("ann", 50))
	if got := me.Foreign(linked); len(got) != 1 {
		t.Errorf("an erasure before the link: holds %s, want the part", show(got))
	}
}

// TestManyWords: an id remembers its last 32 words. What an older word says is lost.
func TestManyWords(t *testing.T) {
	me := self("eve")
	var s link.State
	for n := range 100 {
		s = me.Say(s, said(event.Instant(10*n+1), fmt.Sprintf("id-%02d", n)))
	}
	b := s.Append(nil)
	var named []int
	for n := range 100 {
		if bytes.Contains(b, fmt.Appendf(nil, "id-%02d", n)) {
			named = append(named, n)
		}
	}
	if len(named) != 32 || named[0] != 68 {
		t.Errorf("names %d ids from %d on, want the last 32", len(named), named[0])
	}
	if got := after(me, s, told("id-68", 683)).Erased; got != 683 {
		t.Errorf("the target of a remembered word is erased: eve erased at %d, want 683", got)
	}
	if got := after(me, s, told("id-67", 673)).Erased; got != 0 {
		t.Errorf("the target of a lost word is erased: eve erased at %d, want 0", got)
	}
}
