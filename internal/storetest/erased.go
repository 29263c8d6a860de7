package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// erasure is a commit that erases customers of shard 3, all at the same instant.
func erasure(read, token shard.Token, at event.Instant, customers ...string) shard.Commit {
	c := shard.Commit{Shard: 3, Read: read, Token: token, Forgotten: customers}
	for _, customer := range customers {
		c.Erased = append(c.Erased, shard.Tombstone{Customer: customer, At: at})
	}
	return c
}

func testErased(t *testing.T, s harness) {
	s.must(first())
	if got := s.erased(3, "a", "nobody"); got != nil {
		t.Errorf("before anybody is erased: got %v, want nil", got)
	}
	expect := func(step string, want event.Instant) {
		t.Helper()
		if got := s.erased(3, "b", "a", "nobody"); !slices.Equal(got, []event.Instant{0, want, 0}) {
			t.Errorf("%s: b, a and nobody were erased at %v, want only a, at %d", step, got, want)
		}
		if audit := s.audit(3); !audit.Intact() || audit.Actual.Erased != 1 {
			t.Errorf("%s: got %+v in the head and %+v in the keys, want one tombstone in both", step, audit.Meta.Counts, audit.Actual)
		}
	}
	s.must(erasure("one", "two", 2000, "a"))
	expect("erased", 2000)
	want := s.state(3)
	s.must(erasure("one", "two", 2000, "a"))
	s.conflicts(erasure("one", "other", 9000, "a", "b"))
	if got := s.state(3); got != want {
		t.Errorf("after a repetition and a conflict:\n got %s\nwant %s", got, want)
	}
	s.must(erasure("two", "three", 1999, "a"))
	expect("erased earlier", 2000)
	s.must(erasure("three", "four", 2001, "a"))
	expect("erased later", 2001)
	s.must(shard.Commit{Shard: 3, Read: "four", Token: "five", Updates: []shard.Update{{Customer: "b", Profile: []byte("b5"), Due: event.Never}}})
	expect("a commit that has nothing to do with it", 2001)

	s.must(of(erasure("", "beside", 7, "a"), 4))
	if err := s.Drop(t.Context(), []int{3}); err != nil {
		t.Fatal(err)
	}
	if audit := s.audit(3); audit.Meta.Token != "" || !audit.Intact() || audit.Actual != (shard.Counts{Erased: 1}) {
		t.Errorf("dropped: got %+v, want nothing but the tombstone, and that intact", audit)
	}
	if got := s.erased(3, "a", "nobody"); !slices.Equal(got, []event.Instant{2001, 0}) {
		t.Errorf("dropped: a and nobody were erased at %v, want only a, at 2001", got)
	}
	s.conflicts(erasure("five", "six", 9000, "a"))
	anew := erasure("", "anew", 500, "c", "a")
	s.must(anew)
	s.must(anew)
	if got := s.erased(3, "c", "a"); !slices.Equal(got, []event.Instant{500, 2001}) {
		t.Errorf("the shard that begins again: c and a were erased at %v, want 500 and 2001", got)
	}
	if audit := s.audit(3); !audit.Intact() || audit.Actual.Erased != 2 {
		t.Errorf("the shard that begins again: got %+v, want it intact with two tombstones", audit)
	}
	if got := s.erased(4, "a"); !slices.Equal(got, []event.Instant{7}) {
		t.Errorf("the shard beside it: a was erased at %v, want 7", got)
	}
}

// testCut: a tombstone keeps the instant at which the links are cut, where that is another one, also when the shard is dropped. Of two
// tombstones the later one stays, whole; of two of the same instant, the one that cuts more links.
func testCut(t *testing.T, s harness) {
	s.must(first())
	stone := func(read, token shard.Token, at, links event.Instant) {
		c := shard.Commit{Shard: 3, Read: read, Token: token, Forgotten: []string{"a"}, Erased: []shard.Tombstone{{Customer: "a", At: at, Links: links}}}
		s.must(c)
	}
	expect := func(step string, at, links event.Instant) {
		t.Helper()
		loaded, err := s.Load(t.Context(), []shard.Query{{Shard: 3, Customers: []string{"nobody", "a"}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := loaded[0]; !slices.Equal(got.Erased, []event.Instant{0, at}) || got.Cut["a"] != links || got.Cut["nobody"] != 0 {
			t.Errorf("%s: erased at %v, links cut at %v, want a at %d and %d", step, got.Erased, got.Cut, at, links)
		}
	}
	stone("one", "two", 2000, 1500)
	expect("erased late", 2000, 1500)
	stone("two", "three", 1900, 1800)
	expect("an earlier one", 2000, 1500)
	stone("three", "four", 2000, 1800)
	expect("one of the same instant, which cuts more links", 2000, 1800)
	stone("four", "five", 2000, 1500)
	expect("one of the same instant, which cuts fewer", 2000, 1800)
	if err := s.Drop(t.Context(), []int{3}); err != nil {
		t.Fatal(err)
	}
	expect("dropped", 2000, 1800)
	stone("", "again", 2000, 0)
	expect("erased at the same instant, by itself", 2000, 0)
	stone("again", "anew", 3000, 0)
	expect("erased at one instant", 3000, 0)
}

// of makes a commit one of another shard.
func of(c shard.Commit, n int) shard.Commit {
	c.Shard = n
	return c
}

func testErasedLoad(t *testing.T, s harness) {
	s.must(erasure("", "one", 2000, "a", "b"))
	s.must(shard.Commit{Shard: 3, Read: "one", Token: "two", Updates: []shard.Update{{Customer: "a", Profile: []byte("a2"), Due: event.Never}}})
	if got := s.erased(3, "c", "b", "a"); !slices.Equal(got, []event.Instant{0, 2000, 0}) {
		t.Errorf("c, b and a, who has a profile again: got %v, want only b told, at 2000", got)
	}
	if got := s.erased(3, "a"); len(got) != 1 || got[0] != 0 {
		t.Errorf("a alone: got %v, want one zero", got)
	}
	if got := s.erased(3); len(got) != 0 {
		t.Errorf("nobody: got %v, want no entry", got)
	}
	// A customer can be erased and come back within one commit.
	both := erasure("two", "three", 3000, "c")
	both.Forgotten, both.Updates = nil, []shard.Update{{Customer: "c", Profile: []byte("c3"), Due: event.Never}}
	s.must(both)
	s.must(shard.Commit{Shard: 3, Read: "three", Token: "four", Forgotten: []string{"c"}})
	if got := s.erased(3, "c"); !slices.Equal(got, []event.Instant{3000}) {
		t.Errorf("c, who was erased, came back and was forgotten: got %v, want 3000", got)
	}
}

func testBlanked(t *testing.T, s harness) {
	s.must(first())
	s.must(shard.Commit{Shard: 3, Read: "one", Token: "two", Blanked: []int{1}})
	expect := func(step string, want ...string) {
		t.Helper()
		if got := s.outbox(3); !slices.Equal(got, want) {
			t.Errorf("%s: got outbox %q, want %q", step, got, want)
		}
		if audit := s.audit(3); !audit.Intact() || audit.Actual.Outbox != int64(len(want))+1 {
			t.Errorf("%s: got %+v in the head and %+v in the keys, want %d outputs in both", step, audit.Meta.Counts, audit.Actual, len(want))
		}
	}
	expect("the second is blanked", "o1", "", "o3")
	outbox, err := s.Outbox(t.Context(), 3)
	if err != nil || fmt.Sprint(outbox.Outputs[1]) != fmt.Sprint(shard.Output{}) {
		t.Errorf("the blank: got %+v and error %v, want the zero output", outbox.Outputs, err)
	}
	// The positions are those before the confirmed entries go, and know nothing of the new ones.
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three", Confirmed: 1, Blanked: []int{2, 0}, Outbox: []shard.Output{output("o4")}})
	expect("confirmed, blanked and added at once", "", "", "o4")
	s.must(shard.Commit{Shard: 3, Read: "three", Token: "four", Confirmed: 3})
	expect("all confirmed")
}

func testErasedLarge(t *testing.T, s harness) {
	const n = 2500
	var all []string
	c := shard.Commit{Shard: 3, Token: "one"}
	for i := range n {
		all = append(all, fmt.Sprintf("customer-%04d", i))
		c.Updates = append(c.Updates, shard.Update{Customer: all[i], Profile: []byte{1}, Due: event.Instant(i)})
		c.Outbox = append(c.Outbox, output(all[i]))
	}
	s.must(c)
	erase := erasure("one", "two", 5, all...)
	for i := range n {
		erase.Blanked = append(erase.Blanked, i)
	}
	s.must(erase)
	audit := s.audit(3)
	if want := (shard.Counts{Profiles: 1, Due: 1, Outbox: n + 1, Erased: n}); !audit.Intact() || audit.Actual != want {
		t.Errorf("after %d are erased: got %+v in the head and %+v in the keys, want %+v in both", n, audit.Meta.Counts, audit.Actual, want)
	}
	for i, at := range s.erased(3, all...) {
		if at != 5 {
			t.Fatalf("%s was erased at %d, want 5", all[i], at)
		}
	}
	for i, id := range s.outbox(3) {
		if id != "" {
			t.Fatalf("output %d: got %q, want a blank", i, id)
		}
	}
}

func testLostTombstones(t *testing.T, s harness, b Breakable) {
	s.must(first())
	s.must(erasure("one", "two", 2000, "a", "b"))
	b.LoseTombstones(t, 3)
	audit := s.audit(3)
	if audit.Intact() || audit.Meta.Counts.Erased != 2 || audit.Actual.Erased != 0 {
		t.Errorf("tombstones lost: got %+v in the head and %+v in the keys, want two and none", audit.Meta.Counts, audit.Actual)
	}
	s.must(shard.Commit{Shard: 3, Read: "two", Token: "three"})
	if s.audit(3).Intact() {
		t.Error("tombstones lost, and a commit later: got the shard intact, want it damaged")
	}
	if err := s.Drop(t.Context(), []int{3}); err != nil {
		t.Fatal(err)
	}
	s.must(shard.Commit{Shard: 3, Token: "anew"})
	if audit := s.audit(3); !audit.Intact() || audit.Actual.Erased != 0 {
		t.Errorf("the shard that begins again: got %+v, want it intact without tombstones", audit)
	}
}

func testSpoiledTombstones(t *testing.T, s harness, b Breakable) {
	s.must(first())
	s.must(erasure("one", "two", 2000, "a"))
	want := s.state(3)
	mend := b.Spoil(t, 3, "erased")
	err, damaged := s.try(erasure("two", "three", 3000, "b")), (*shard.DamagedError)(nil)
	if !errors.As(err, &damaged) || damaged.Shard != 3 {
		t.Errorf("with tombstones spoiled: got error %v, want one that says that shard 3 is damaged", err)
	}
	mend()
	if got := s.state(3); got != want {
		t.Fatalf("with tombstones spoiled:\n got %s\nwant %s", got, want)
	}
	s.must(erasure("two", "three", 3000, "b"))
}
