package link_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// self is an id of the rules below.
func self(id string) link.Self { return link.Self{ID: id, Hash: hash} }

func said(at event.Instant, target string) link.Word {
	return link.Word{Stamp: link.Stamp{At: at, Event: fmt.Sprint("e", at)}, Target: target}
}

// own is a sender's own part, under a word of an instant, sent when its home had read so many records.
func own(sender string, at event.Instant, offset int64, content string) link.Part {
	return link.Part{
		Sender: sender, Origin: sender, Word: said(at, "").Stamp, Marks: link.Marks{"p": offset}, Path: []string{sender}, Content: []byte(content),
	}
}

// back is a part that its sender takes back.
func back(p link.Part, at event.Instant, offset int64) link.Part {
	return link.Part{Sender: p.Sender, Origin: p.Origin, Word: said(at, "").Stamp, Marks: link.Marks{"p": offset}}
}

// via is a part that a sender forwards.
func via(sender string, p link.Part, at event.Instant) link.Part {
	p.Sender, p.Path, p.Word = sender, append(slices.Clone(p.Path), sender), said(at, "").Stamp
	return p
}

// after returns the state of an id after some messages.
func after(me link.Self, s link.State, all ...link.Body) link.State {
	for _, m := range all {
		s, _ = me.Receive(s, link.Message{To: me.ID, Body: m})
	}
	return s
}

// TestRead says what an id reads after some messages.
func TestRead(t *testing.T) {
	ann, bob := own("ann", 10, 5, "A"), own("bob", 10, 5, "B")
	for _, row := range []struct {
		name string
		sent []link.Body
		want string
	}{
		{"what two have sent", []link.Body{bob, ann}, "ann=A bob=B "},
		{"a repetition", []link.Body{ann, ann}, "ann=A "},
		{"a later state under the same word", []link.Body{ann, own("ann", 10, 6, "AA")}, "ann=AA "},
		{"an earlier state that comes late", []link.Body{own("ann", 10, 6, "AA"), ann}, "ann=AA "},
		{"nothing of whom is linked elsewhere", []link.Body{ann, via("ann", bob, 10), back(ann, 11, 6)}, ""},
		{"nothing of whom is linked elsewhere, when an old part comes late", []link.Body{ann, back(ann, 11, 6), ann}, ""},
		{"a link that is said again", []link.Body{ann, back(ann, 11, 6), own("ann", 12, 7, "AA")}, "ann=AA "},
		{"nothing that came under an older word", []link.Body{ann, via("ann", bob, 10), own("ann", 11, 6, "AA")}, "ann=AA "},
		{"nothing that is not forwarded any more", []link.Body{ann, via("ann", bob, 10), back(via("ann", bob, 10), 10, 6)}, "ann=A "},
		{"nothing that is not forwarded any more, when it comes late", []link.Body{ann, via("ann", bob, 10), back(via("ann", bob, 10), 10, 6), via("ann", bob, 10)}, "ann=A "},
		{"once what comes by two, by the newer word", []link.Body{via("cat", ann, 20), via("dan", own("ann", 10, 6, "AA"), 30)}, "ann=AA "},
		{"once what comes by two, by the newer word, of the lesser id", []link.Body{via("cat", own("ann", 10, 6, "AA"), 30), via("dan", ann, 20)}, "ann=AA "},
		{"once what comes by two under like words, by the lesser id", []link.Body{via("dan", ann, 20), via("cat", own("ann", 10, 6, "AA"), 20)}, "ann=AA "},
		{"not what has passed the reader", []link.Body{via("cat", via("eve", ann, 10), 20)}, ""},
	} {
		me := self("eve")
		var got string
		for _, p := range me.Foreign(after(me, link.State{}, row.sent...)) {
			got += fmt.Sprintf("%s=%s ", p.Origin, p.Content)
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

// TestForwardedAgain: what comes again after it was withdrawn is kept as if it had never been away.
func TestForwardedAgain(t *testing.T) {
	me, bob := self("eve"), own("bob", 10, 5, "B")
	last := via("ann", own("bob", 10, 7, "B"), 10)
	once := after(me, link.State{}, own("ann", 10, 5, "A"), last)
	again := after(me, link.State{}, own("ann", 10, 5, "A"), via("ann", bob, 10), back(via("ann", bob, 10), 10, 6), last)
	if got, want := again.Append(nil), once.Append(nil); !bytes.Equal(got, want) {
		t.Errorf("forwarded, withdrawn, forwarded again: got %q, want %q", got, want)
	}
}

// TestUnlinked: an id that takes its link back leaves no content anywhere, and reads what it read before.
func TestUnlinked(t *testing.T) {
	net := newNetwork(4)
	run := func(id, target string) {
		net.write(id, words, record{word: link.Word{Stamp: link.Stamp{At: net.clock + 1, Event: "e"}, Target: target}})
		if !net.drain(100) {
			t.Fatalf("%s to %s: no rest", id, target)
		}
	}
	for n, id := range net.ids {
		net.write(id, facts, record{fact: n + 1, stated: 1})
	}
	run("id-b", "id-a")
	before := show(net.homes["id-b"].state.Parts())
	run("id-c", "id-b")
	run("id-d", "id-c")
	run("id-b", "id-c") // now b and c are a cycle, and a reads nobody
	for id, want := range map[string]string{"id-a": "", "id-b": "id-c id-d ", "id-c": "id-b id-d ", "id-d": ""} {
		if got := origins(net.homes[id]); got != want {
			t.Errorf("linked: %s reads %q, want %q", id, got, want)
		}
	}
	run("id-b", "id-a")
	run("id-c", "id-c")
	for id, want := range map[string]string{"id-a": "id-b ", "id-b": "", "id-c": "id-d ", "id-d": ""} {
		if got := origins(net.homes[id]); got != want {
			t.Errorf("c took its link back: %s reads %q, want %q", id, got, want)
		}
	}
	if got := show(net.homes["id-b"].state.Parts()); got != before {
		t.Errorf("id-b holds %s, want %s as before", got, before)
	}
}

func origins(h *home) string {
	var all string
	for _, p := range h.me.Foreign(h.state) {
		all += p.Origin + " "
	}
	return all
}

// TestFailoverBeforeALink: before a failover ann was linked to eve, and forwarded bob. After the failover ann hears that bob has left before
// it hears of its own word. Then it never forwards bob under the word, and withdraws nothing: its first part under the word does.
func TestFailoverBeforeALink(t *testing.T) {
	ann, eve := self("ann"), self("eve")
	history, bob := []byte("A"), own("bob", 5, 1, "B")
	for name, before := range map[string]link.State{
		"a first link":            {},
		"a link that is repeated": ann.Say(link.State{}, said(7, "eve")),
	} {
		linked := ann.Say(before, said(10, "eve"))
		sent := ann.Messages(link.Own{State: before, Content: history}, link.Own{State: linked, Content: history}, link.Marks{"i": 1, "p": 9})
		sent = append(sent, ann.Messages(link.Own{State: linked, Content: history}, link.Own{State: after(ann, linked, bob), Content: history}, link.Marks{"i": 1, "l": 1, "p": 9})...)
		state := receive(eve, link.State{}, sent)
		if got := eve.Foreign(state); len(got) != 2 {
			t.Fatalf("%s: before the failover eve reads %s, want ann and bob", name, show(got))
		}
		left := after(ann, before, bob, back(bob, 6, 2))
		sent = ann.Messages(link.Own{State: left, Content: history}, link.Own{State: ann.Say(left, said(10, "eve")), Content: history}, link.Marks{"i": 1, "l": 2, "p": 3})
		state = receive(eve, state, sent)
		if got := eve.Foreign(state); len(got) != 1 || got[0].Origin != "ann" {
			t.Errorf("%s: after the failover eve reads %s, want ann alone", name, show(got))
		}
		if got := eve.Foreign(receive(eve, state, sent)); len(got) != 1 {
			t.Errorf("%s: after a repetition eve reads %s, want ann alone", name, show(got))
		}
	}
}

// TestFirstPartLate: the first part under a word, sent again, leaves what came after it.
func TestFirstPartLate(t *testing.T) {
	me := self("eve")
	first := own("ann", 10, 5, "A")
	first.First = true
	forwarded := via("ann", own("bob", 10, 5, "B"), 10)
	state := after(me, link.State{}, first, forwarded, first)
	if got := me.Foreign(state); len(got) != 2 {
		t.Errorf("eve reads %s, want ann and bob, who came at the same state", show(got))
	}
}

func receive(me link.Self, s link.State, all []link.Message) link.State {
	for _, m := range all {
		s, _ = me.Receive(s, m)
	}
	return s
}

// TestCycleOfAnOldLink: a part that has passed an id over a link that the id has no more shows no cycle, however late its sender takes it back.
// Otherwise two ids would survive, and the members of a new cycle would start and stop forwarding until then.
func TestCycleOfAnOldLink(t *testing.T) {
	me := self("cat")
	s := me.Say(link.State{}, said(5, "dan"))
	s = after(me, s, via("dan", own("cat", 5, 5, "C"), 6))
	if !me.Survives(s) {
		t.Fatal("cat is the least of the cycle of cat and dan")
	}
	s = me.Say(s, said(7, "bob"))
	if me.Survives(s) {
		t.Error("cat is linked to bob, and no more on a cycle with dan: it does not survive")
	}
	s = me.Say(s, said(8, "dan"))
	if !me.Survives(s) {
		t.Error("cat is linked to dan again")
	}
}
