package redis

import (
	"errors"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// nextLayout is the layout of a rebuild in tests.
var nextLayout = shard.Layout{Edition: 1, Shards: 128, Partitioner: shard.CRC32, Zone: "Asia/Tokyo", Base: "EUR"}

// TestRebuildSwitches walks a rebuild from the claim to the switch, with another one in its way.
func TestRebuildSwitches(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if _, ok, err := s.Rebuild(ctx); ok || err != nil {
			t.Errorf("an empty server: got %v and error %v, want no data", ok, err)
		}
		if err := s.Open(ctx); err != nil {
			t.Fatal(err)
		}
		claim := func(owner string, stage Stage) error {
			return s.ClaimRebuild(ctx, owner, nextLayout, stage, time.Minute)
		}
		for _, step := range []struct {
			name string
			do   func() error
			want error
		}{
			{"a begins", func() error { return claim("a", Filling) }, nil},
			{"b begins as well", func() error { return claim("b", Filling) }, ErrRebuildBusy},
			{"b gives it up", func() error { return s.GiveUpRebuild(ctx, "b") }, ErrRebuildBusy},
			{"a switches before it has stopped the shards", func() error { return s.SwitchEdition(ctx, "a") }, ErrRebuildGone},
			{"a stops", func() error { return claim("a", Stopping) }, nil},
			{"b switches", func() error { return s.SwitchEdition(ctx, "b") }, ErrRebuildGone},
			{"a switches", func() error { return s.SwitchEdition(ctx, "a") }, nil},
			{"a switches again", func() error { return s.SwitchEdition(ctx, "a") }, ErrRebuildGone},
			{"a gives up what is over", func() error { return s.GiveUpRebuild(ctx, "a") }, nil},
		} {
			if err := step.do(); !errors.Is(err, step.want) {
				t.Errorf("%s: got error %v, want %v", step.name, err, step.want)
			}
		}
		got, ok, err := s.Rebuild(ctx)
		if want := (Rebuild{Layout: nextLayout, Next: nextLayout}); !ok || err != nil || got != want {
			t.Errorf("after the switch: got %+v, %v and error %v, want %+v", got, ok, err, want)
		}
		if err := s.Open(ctx); !errors.Is(err, ErrLayout) {
			t.Errorf("a program of the old layout: got error %v, want %v", err, ErrLayout)
		}
		if err := newStore(t, client, nextLayout).Open(ctx); err != nil {
			t.Errorf("a program of the new layout: got error %v, want none", err)
		}
	})
}

// TestRebuildGivenUp: when the lease of a rebuild has ended, others may give it up. Only a rebuild that has stopped shards leaves its edition.
func TestRebuildGivenUp(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if err := s.Open(ctx); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			stages  []Stage
			givenUp int
		}{{[]Stage{Filling}, 0}, {[]Stage{Filling, Stopping}, 1}} {
			for _, stage := range row.stages {
				if err := s.ClaimRebuild(ctx, "a", nextLayout, stage, 0); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.ClaimRebuild(ctx, "b", nextLayout, Stopping, time.Minute); !errors.Is(err, ErrRebuildGone) {
				t.Errorf("another owner goes on with a dead rebuild: got error %v, want %v", err, ErrRebuildGone)
			}
			if err := s.GiveUpRebuild(ctx, ""); err != nil {
				t.Errorf("give up after the lease: got error %v, want none", err)
			}
			got, _, err := s.Rebuild(ctx)
			if err != nil || got.GivenUp != row.givenUp || got.Stage != "" || got.Layout != testLayout || got.Next != nextLayout {
				t.Errorf("given up at %v: got %+v and error %v, want edition %d given up, and the old layout", row.stages, got, err, row.givenUp)
			}
			if err := s.SwitchEdition(ctx, "a"); !errors.Is(err, ErrRebuildGone) {
				t.Errorf("the owner comes back: got error %v, want %v", err, ErrRebuildGone)
			}
		}
	})
}

// TestStop stops a shard and one that does not exist. Neither takes a commit that was planned before; a later one, after the rebuild was
// given up, goes on from the same state.
func TestStop(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		mark := shard.Partition{Topic: event.Purchases, Index: 7}
		commit := func(n int, read, token shard.Token) error {
			return s.Commit(ctx, []shard.Commit{{
				Shard: n, Read: read, Token: token, Marks: shard.Marks{mark: 5},
				Updates: []shard.Update{{Customer: string(token), Profile: []byte("p"), Due: event.Never}},
			}})[0]
		}
		if err := commit(7, "", "t1"); err != nil {
			t.Fatal(err)
		}
		var heads []shard.Meta
		for _, token := range []shard.Token{"s1", "s2"} {
			var err error
			if heads, err = s.Stop(ctx, []int{7, 8}, 1, token); err != nil {
				t.Fatal(err)
			}
		}
		for i, head := range heads {
			if head.Moved != 1 || head.Token != "s1" || head.Format > Format {
				t.Errorf("head %d: got %+v, want it stopped for edition 1 by the first call", i, head)
			}
		}
		if heads[0].Marks[mark] != 5 || heads[0].Counts.Profiles != 2 {
			t.Errorf("the head that was there: got %+v, want its marks and counts kept", heads[0])
		}
		for name, seen := range headsOf(t, s.Of(mark), 7) {
			if seen.Moved != 1 || seen.Format > Format || seen.Marks[mark] != 5 {
				t.Errorf("the stopped head as a lane reads it by %s: got %+v, want it stopped for edition 1, with its mark", name, seen)
			}
		}
		if err := commit(7, "t1", "t2"); !errors.Is(err, shard.ErrConflict) {
			t.Errorf("a commit planned before: got error %v, want %v", err, shard.ErrConflict)
		}
		if err := commit(8, "", "t2"); !errors.Is(err, shard.ErrConflict) {
			t.Errorf("a commit that creates a stopped shard: got error %v, want %v", err, shard.ErrConflict)
		}
		if format := client.HGet(ctx, s.keys(7)[metaKey], "format").Val(); format != "1001" {
			t.Errorf("format of a stopped shard: got %s, want 1001: programs of one edition refuse that", format)
		}
		if err := commit(7, "s1", "t3"); err != nil {
			t.Errorf("a commit that has read the stopped head: got error %v, want none", err)
		}
		if audits, err := s.Audit(ctx, []int{7}); err != nil || !audits[0].Intact() || audits[0].Meta.Counts.Profiles != 3 {
			t.Errorf("the shard after that: got %+v and error %v, want both customers, intact", audits, err)
		}
		if err := s.Retire(ctx, []int{7, 8}); err != nil {
			t.Fatal(err)
		}
		if left := client.Exists(ctx, s.keys(7)[profilesKey], s.keys(7)[dueKey]).Val(); left != 0 {
			t.Errorf("a retired shard has %d of its keys, want only its head", left)
		}
		if metas, err := s.Metas(ctx, []int{7}); err != nil || metas[0].Moved != 1 {
			t.Errorf("head of a retired shard: got %+v and error %v, want it to say where the shards have moved", metas, err)
		}
	})
}

// TestEditionsLieBesideEachOther: the shards of two editions do not touch.
func TestEditionsLieBesideEachOther(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx := t.Context()
		second := testLayout
		second.Edition = 2
		for i, layout := range []shard.Layout{testLayout, second} {
			if err := newStore(t, client, layout).Commit(ctx, []shard.Commit{{
				Shard: 3, Token: shard.Token([]string{"a", "b"}[i]), Marks: shard.Marks{}, Census: map[string]int64{"customers": int64(i + 1)},
			}})[0]; err != nil {
				t.Fatal(err)
			}
		}
		for i, layout := range []shard.Layout{testLayout, second} {
			census, err := newStore(t, client, layout).Census(ctx, []int{3})
			if err != nil || census[0]["customers"] != int64(i+1) {
				t.Errorf("edition %d: got %v and error %v, want its own counter", layout.Edition, census, err)
			}
		}
		if key := newStore(t, client, second).keys(3)[metaKey]; key != "tm:{03}:e2:meta" {
			t.Errorf("head of edition 2: got %s, want tm:{03}:e2:meta", key)
		}
	})
}

// headsOf reads the head of a shard in every way in which a lane reads it.
func headsOf(t *testing.T, s *Store, n int) map[string]shard.Meta {
	t.Helper()
	ctx := t.Context()
	metas, err := s.Metas(ctx, []int{n})
	if err != nil {
		t.Fatal(err)
	}
	audits, err := s.Audit(ctx, []int{n})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := s.Load(ctx, []shard.Query{{Shard: n}})
	if err != nil {
		t.Fatal(err)
	}
	marked, err := s.Mark(ctx, []shard.Marker{{Shard: n}})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]shard.Meta{"Metas": metas[0], "Audit": audits[0].Meta, "Load": loaded[0].Meta, "Mark": marked[0]}
}
