package link_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// TestEveryStateIsKept: every state that a network comes to is the same after Append and Decode, and its bytes say the same again.
func TestEveryStateIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := life{t: t, net: newNetwork(rapid.IntRange(2, 4).Draw(t, "ids")), mix: everything}
		l.run(rapid.IntRange(1, 60).Draw(t, "steps"))
		for _, h := range l.net.homes {
			b := h.state.Append([]byte("before"))[len("before"):]
			got, err := link.Decode(b)
			if err != nil || show(got.Parts()) != show(h.state.Parts()) {
				t.Fatalf("round trip of %q: got %+v, %v; want %+v", b, got, err, h.state)
			}
			if again := got.Append(nil); !bytes.Equal(again, b) {
				t.Fatalf("second encoding: got %q, want %q", again, b)
			}
			for n := 1; n < len(b); n++ {
				if cut, err := link.Decode(b[:n]); err == nil {
					t.Fatalf("the first %d of %d bytes decode: %+v", n, len(b), cut)
				}
			}
		}
	})
}

// sample is a state with every part of the encoding: bob was erased once, was linked to carol, takes parts of ann, who forwards eve, and of
// dan, who has left.
func sample() (link.Self, link.State) {
	me := link.Self{ID: "bob", Hash: hash}
	s, _ := me.Erase(link.State{}, 1_000)
	s = me.Say(s, link.Word{Stamp: link.Stamp{At: 2_000, Event: "w1"}, Target: "carol"})
	s = me.Say(s, link.Word{Stamp: link.Stamp{At: 3_000, Event: "w2"}, Target: "bob"})
	word := link.Stamp{At: 2_500, Event: "w3"}
	marks := link.Marks{"customer.interactions.v1/3": 40, "customer.purchases.v1/3": 1_000_000}
	for _, m := range []link.Body{
		link.Part{Sender: "ann", Origin: "ann", Word: word, Marks: marks, Path: []string{"ann"}, Content: []byte("history of ann")},
		link.Part{Sender: "ann", Origin: "eve", Word: word, Marks: marks, Path: []string{"eve", "fay", "ann"}, Content: []byte("history of eve")},
		link.Part{Sender: "ann", Origin: "gil", Word: word, Marks: marks},
		link.Part{Sender: "dan", Origin: "dan", Word: word, Marks: marks, Path: []string{"dan"}, Content: []byte("history of dan")},
		link.Part{Sender: "dan", Origin: "dan", Word: link.Stamp{At: 4_000, Event: "w4"}, Marks: marks},
		link.Part{Sender: "hal", Origin: "hal", Word: word, Marks: marks, Path: []string{"hal"}},
		link.Erasure{From: "hal", At: 5_000},
	} {
		s, _ = me.Receive(s, link.Message{To: me.ID, Body: m})
	}
	return me, s
}

const golden = "010fd00f02a01f027731056361726f6cf02e02773203626f62021a637573746f6d65722e696e746572616374696f6e732e76312f3317637573746f6d" +
	"65722e7075726368617365732e76312f330203616e6e8827027733000200000200500180897a0e686973746f7279206f6620616e6e0365766501036661790200" +
	"500180897a0e686973746f7279206f662065766501b87b8c5ec3b0d69b0200500180897a0364616ec03e027734b817000001fddeeae0fa616f2b904e"

func TestGolden(t *testing.T) {
	_, s := sample()
	got := hex.EncodeToString(s.Append(nil))
	if got != golden {
		t.Errorf("encoding of the sample:\n got %s\nwant %s", got, golden)
	}
	b, err := hex.DecodeString(golden)
	if err != nil {
		t.Fatal(err)
	}
	if decoded, err := link.Decode(b); err != nil || !bytes.Equal(decoded.Append(nil), b) {
		t.Errorf("decoded: got %+v, %v; want %+v", decoded, err, s)
	}
}

func TestDecodeRefuses(t *testing.T) {
	_, s := sample()
	b := s.Append(nil)
	for name, damaged := range map[string][]byte{
		"another format":            append([]byte{2}, b[1:]...),
		"a trailing byte":           append(bytes.Clone(b), 0),
		"a part nobody knows":       {1, 16},
		"no part":                   {1, 0},
		"a part that is empty":      {1, 2, 0},
		"words out of order":        {1, 2, 2, 4, 1, 'b', 1, 'x', 2, 1, 'a', 1, 'x'},
		"a length beyond the bytes": {1, 2, 0xff, 0xff, 0xff, 0xff, 0x0f},
	} {
		if got, err := link.Decode(damaged); err == nil {
			t.Errorf("%s: decodes to %+v, want an error", name, got)
		}
	}
}

// TestEncodingIsSmall holds the sizes of the states that customers have.
func TestEncodingIsSmall(t *testing.T) {
	const home, customer = "customer.%s.v1/17", "customer-%07d"
	marks := link.Marks{}
	for n, topic := range []string{"feedback", "interactions", "links", "purchases"} {
		marks[fmt.Sprintf(home, topic)] = int64(1_000_000 * (n + 1))
	}
	me := link.Self{ID: fmt.Sprintf(customer, 1), Hash: hash}
	word := link.Word{Stamp: link.Stamp{At: 1_800_000_000_000, Event: strings.Repeat("e", 36)}, Target: fmt.Sprintf(customer, 2)}
	receive := func(s link.State, senders int) link.State {
		for n := range senders {
			from := fmt.Sprintf(customer, 10+n)
			s, _ = me.Receive(s, link.Message{To: me.ID, Body: link.Part{Sender: from, Origin: from, Word: word.Stamp, Marks: marks, Path: []string{from}, Content: make([]byte, 100)}})
		}
		return s
	}
	left := func(s link.State) link.State {
		from := fmt.Sprintf(customer, 10)
		later := link.Stamp{At: word.At + 1, Event: word.Event}
		s, _ = me.Receive(s, link.Message{To: me.ID, Body: link.Part{Sender: from, Origin: from, Word: later, Marks: marks}})
		return s
	}
	erased, _ := me.Erase(receive(link.State{}, 1), event.Never-1)
	for _, row := range []struct {
		name  string
		state link.State
		want  int
	}{
		{"nobody", link.State{}, 0},
		{"erased", erased, 12},
		{"linked to another", me.Say(link.State{}, word), 63},
		{"one part of 100 bytes", receive(link.State{}, 1), 288},
		{"two parts of 100 bytes", receive(link.State{}, 2), 474},
		{"one part, taken back", left(receive(link.State{}, 1)), 67},
	} {
		if got := len(row.state.Append(nil)); got != row.want {
			t.Errorf("%s: %d bytes, want %d", row.name, got, row.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	me, s := sample()
	f.Add([]byte{})
	f.Add(s.Append(nil))
	f.Add([]byte{1, 4, 0xff, 0xff, 0xff, 0xff, 0x0f}) // a length that no memory holds
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := link.Decode(b)
		if err != nil {
			return
		}
		got, err := link.Decode(s.Append(nil))
		if err != nil || !bytes.Equal(got.Append(nil), s.Append(nil)) {
			t.Fatalf("%x decodes to %+v, and its encoding to %+v, %v", b, s, got, err)
		}
		me.Outgoing(link.Own{State: s}, nil)
		me.Survives(s)
		me.Foreign(s)
		me.Erase(s, 3_000)
	})
}
