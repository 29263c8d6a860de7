package storetest

import (
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func testLists(t *testing.T, s harness) {
	lister, ok := s.Store.(Lister)
	if !ok {
		t.Skip("the store has no lists")
	}
	at := func(rank int64) shard.Place { return shard.Place{Listed: true, Rank: rank} }
	off := shard.Place{Unlisted: true}
	update := func(customer string, work, value shard.Place) shard.Update {
		return shard.Update{Customer: customer, Profile: []byte("p"), Due: event.Never, Worklist: work, Value: value}
	}
	want := func(when string, list shard.List, want ...shard.Listed) {
		t.Helper()
		if got, err := lister.Listed(t.Context(), 3, list, 0, 10); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, list %d: got %v and error %v, want %v", when, list, got, err, want)
		}
	}
	s.must(shard.Commit{Shard: 3, Token: "one", Updates: []shard.Update{
		update("a", at(-5), at(shard.MaxRank)), update("b", at(7), at(0)), update("c", shard.Place{}, at(0)), update("d", off, off),
	}})
	want("as created", shard.Worklist, shard.Listed{Customer: "b", Rank: 7}, shard.Listed{Customer: "a", Rank: -5})
	want("as created", shard.ValueList, shard.Listed{Customer: "a", Rank: shard.MaxRank}, shard.Listed{Customer: "c"}, shard.Listed{Customer: "b"})
	if got, err := lister.Listed(t.Context(), 3, shard.ValueList, 1, 1); err != nil || len(got) != 1 || got[0].Customer != "c" {
		t.Errorf("the second place: got %v and error %v, want c", got, err)
	}

	s.must(shard.Commit{
		Shard: 3, Read: "one", Token: "two", Forgotten: []string{"b"},
		Updates: []shard.Update{update("a", off, shard.Place{}), update("c", at(1), at(4))},
	})
	want("moved, left and forgotten", shard.Worklist, shard.Listed{Customer: "c", Rank: 1})
	want("moved, left and forgotten", shard.ValueList, shard.Listed{Customer: "a", Rank: shard.MaxRank}, shard.Listed{Customer: "c", Rank: 4})

	s.conflicts(shard.Commit{Shard: 3, Read: "one", Token: "three", Updates: []shard.Update{update("a", at(9), off)}})
	wrong := shard.Commit{Shard: 3, Read: "two", Token: "three", Updates: []shard.Update{update("a", at(shard.MaxRank+1), off)}}
	if err := s.try(wrong); err == nil {
		t.Error("a rank out of range: got no error, want one")
	}
	want("after a conflict and a refusal", shard.Worklist, shard.Listed{Customer: "c", Rank: 1})

	if err := s.Drop(t.Context(), []int{3}); err != nil {
		t.Fatalf("drop: got error %v, want none", err)
	}
	want("dropped", shard.Worklist)
	want("dropped", shard.ValueList)
}
