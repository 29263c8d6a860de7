package redis

import (
	"errors"
	"maps"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func TestDamagedHeads(t *testing.T) {
	for _, row := range []struct {
		name, field, value, want string
	}{
		{"written by a later version", "format", "2", "format 2, this program knows 1"},
		{"a sequence that is none", "sequence", "many", "field sequence"},
		{"a count that is none", "due", "", "field due"},
		{"a mark without a partition", "m:customer.purchases.v1", "1", "field m:customer.purchases.v1"},
		{"a mark of no partition", "m:customer.purchases.v1:x", "1", "field m:customer.purchases.v1:x"},
		{"a mark that is no offset", "m:customer.purchases.v1:0", "x", "field m:customer.purchases.v1:0"},
	} {
		ctx, s := t.Context(), newStore(t, openMiniredis(t), testLayout)
		if err := s.Commit(ctx, []shard.Commit{{Shard: 1, Token: "one"}})[0]; err != nil {
			t.Fatalf("commit: got error %v, want none", err)
		}
		if err := s.client.HSet(ctx, s.keys(1)[metaKey], row.field, row.value).Err(); err != nil {
			t.Fatalf("damage: %v", err)
		}
		_, metas := s.Metas(ctx, []int{1})
		_, audit := s.Audit(ctx, []int{1})
		_, load := s.Load(ctx, []shard.Query{{Shard: 1}})
		_, mark := s.Mark(ctx, []shard.Marker{{Shard: 1}})
		for call, err := range map[string]error{"metas": metas, "audit": audit, "load": load, "mark": mark} {
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%s: %s: got error %v, want one that says %q", row.name, call, err, row.want)
			}
		}
	}
}

// TestDamagedCensus: a counter that somebody has overwritten is damage, which a rebuild mends. It is no error to be tried again for ever.
func TestDamagedCensus(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		c := batch(2)
		c.Token, c.Census = "one", map[string]int64{"customers": 2}
		must(t, s.Commit(ctx, []shard.Commit{c})[0])
		must(t, client.HSet(ctx, s.keys(c.Shard)[censusKey], "customers", "many").Err())
		c.Read, c.Token = "one", "two"
		err := s.Commit(ctx, []shard.Commit{c})[0]
		if damaged := (*shard.DamagedError)(nil); !errors.As(err, &damaged) || damaged.Shard != c.Shard {
			t.Errorf("got error %v, want the shard damaged", err)
		}
	})
}

// TestDamagedMark: a mark that somebody has overwritten is damage too. It cannot be compared with the mark of the commit.
func TestDamagedMark(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		c := batch(2)
		c.Token = "one"
		must(t, s.Commit(ctx, []shard.Commit{c})[0])
		for p := range c.Marks {
			must(t, client.HSet(ctx, s.keys(c.Shard)[metaKey], markField(p), "many").Err())
		}
		c.Read, c.Token = "one", "two"
		err := s.Commit(ctx, []shard.Commit{c})[0]
		if damaged := (*shard.DamagedError)(nil); !errors.As(err, &damaged) || damaged.Shard != c.Shard {
			t.Errorf("got error %v, want the shard damaged", err)
		}
		if got, err := client.HGet(ctx, s.keys(c.Shard)[metaKey], "token").Result(); err != nil || got != "one" {
			t.Errorf("token after the refusal: got %q and error %v, want one, because nothing was written", got, err)
		}
	})
}

// TestViewOfAnotherType: a view key that somebody has set to another type holds up nobody. The next projection replaces it.
func TestViewOfAnotherType(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if err := client.Set(ctx, s.key("score", "b"), "by hand", 0).Err(); err != nil {
			t.Fatal(err)
		}
		var views []shard.View
		for _, customer := range []string{"a", "b", "c"} {
			views = append(views, shard.View{Customer: customer, Fields: []shard.Field{{Name: "tier", Value: "HIGH"}}, Detail: []byte("{}")})
		}
		if err := s.Project(ctx, views); err != nil {
			t.Fatalf("project: got error %v, want none", err)
		}
		for _, v := range views {
			if got, err := s.Score(ctx, v.Customer); err != nil || got["tier"] != "HIGH" {
				t.Errorf("score of %s: got %v and error %v, want its tier", v.Customer, got, err)
			}
		}
	})
}

// TestLostKeys removes one key of a shard. The next commit must fail, and must not create the key.
func TestLostKeys(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		for lost, name := range shardKeys {
			if lost == metaKey {
				continue
			}
			if err := s.Commit(ctx, []shard.Commit{{Shard: lost, Token: "one"}})[0]; err != nil {
				t.Fatalf("create: got error %v, want none", err)
			}
			if err := client.Del(ctx, s.keys(lost)[lost]).Err(); err != nil {
				t.Fatalf("damage: %v", err)
			}
			err := s.Commit(ctx, []shard.Commit{{
				Shard: lost, Read: "one", Token: "two", Updates: []shard.Update{{Customer: "a", Profile: []byte("a"), Due: 1}},
				Outbox: []shard.Output{{ID: "o"}}, Census: map[string]int64{"n": 1},
			}})[0]
			if err == nil || !strings.Contains(err.Error(), "DAMAGED") {
				t.Errorf("%s lost: got error %v, want one that says DAMAGED", name, err)
			}
			for _, key := range s.keys(lost) {
				if n, err := client.Exists(ctx, key).Result(); err != nil || (n == 0) != (key == s.keys(lost)[lost]) {
					t.Errorf("%s lost: %s: got %d keys and error %v, want only the lost one absent", name, key, n, err)
				}
			}
		}
	})
}

// TestLeftovers creates a shard that has lost only its head. The commit removes what the other keys still hold.
func TestLeftovers(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		full := batch(10)
		full.Shard, full.Token, full.Outbox = 1, "one", []shard.Output{{ID: "o"}}
		if err := s.Commit(ctx, []shard.Commit{full})[0]; err != nil {
			t.Fatalf("create: got error %v, want none", err)
		}
		if err := client.Del(ctx, s.keys(1)[metaKey]).Err(); err != nil {
			t.Fatalf("damage: %v", err)
		}
		mark := shard.Partition{Topic: event.Purchases, Index: 1}
		must(t, client.HSet(ctx, s.keys(1)[metaKey], markField(mark), 99).Err()) // a mark without a token: it says nothing
		query := []shard.Query{{Shard: 1, Customers: []string{full.Updates[0].Customer}}}
		if loaded, err := s.Load(ctx, query); err != nil || loaded[0].Profiles[0] != nil {
			t.Errorf("load without a head: got %q and error %v, want no profile", loaded[0].Profiles, err)
		}
		if err := s.Commit(ctx, []shard.Commit{{Shard: 1, Token: "anew", Confirmed: 1}})[0]; err == nil {
			t.Error("create anew and confirm what is left over: got no error, want one")
		}
		if n, err := client.HLen(ctx, s.keys(1)[profilesKey]).Result(); err != nil || n != 11 {
			t.Errorf("profiles left over after that refusal: got %d and error %v, want all 11 still", n, err)
		}
		if err := s.Commit(ctx, []shard.Commit{{Shard: 1, Token: "anew", Marks: shard.Marks{mark: 7}}})[0]; err != nil {
			t.Fatalf("create anew: got error %v, want none", err)
		}
		audits, err := s.Audit(ctx, []int{1})
		if want := (shard.Counts{Profiles: 1, Due: 1, Outbox: 1}); err != nil || !audits[0].Intact() || audits[0].Actual != want {
			t.Errorf("the new shard: got %+v and error %v, want only sentinels", audits, err)
		}
		if got := audits[0].Meta.Marks[mark]; got != 7 {
			t.Errorf("its mark: got %d, want 7 as committed, not what was left over", got)
		}
		if census, err := s.Census(ctx, []int{1}); err != nil || len(census[0]) != 0 {
			t.Errorf("its census: got %v and error %v, want none", census, err)
		}
	})
}

func TestMarkerLeavesNoKey(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if _, err := s.Mark(ctx, []shard.Marker{{Shard: 1, Next: shard.Marks{{Topic: event.Purchases}: 5}}}); err != nil {
			t.Fatalf("mark a shard that is not there: got error %v, want none", err)
		}
		for _, key := range s.keys(1) {
			if n, err := client.Exists(ctx, key).Result(); err != nil || n != 0 {
				t.Errorf("%s: got %d keys and error %v, want none", key, n, err)
			}
		}
	})
}

func TestDropOutOfRange(t *testing.T) {
	s := newStore(t, openMiniredis(t), testLayout)
	for _, n := range []int{-1, testLayout.Shards} {
		if err := s.Drop(t.Context(), []int{n}); err == nil {
			t.Errorf("drop shard %d of %d: got no error, want one", n, testLayout.Shards)
		}
	}
}

func TestTooLarge(t *testing.T) {
	many := batch(MaxEntries + 1)
	heavy := batch(2)
	heavy.Updates[1].Profile = make([]byte, MaxBytes)
	marked := shard.Commit{Shard: many.Shard, Marks: marks(MaxMarks + 1)}
	s := newStore(t, openMiniredis(t), testLayout)
	for name, c := range map[string]shard.Commit{"too many entries": many, "too many bytes": heavy, "too many marks": marked} {
		c.Token = "one"
		if err := s.Commit(t.Context(), []shard.Commit{c})[0]; !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got error %v, want %v", name, err, ErrTooLarge)
		}
	}
	if metas, err := s.Metas(t.Context(), []int{many.Shard}); err != nil || metas[0].Token != "" {
		t.Errorf("after them: got %+v and error %v, want no shard", metas, err)
	}
}

func marks(n int) shard.Marks {
	all := shard.Marks{}
	for i := range n {
		all[shard.Partition{Topic: event.Purchases, Index: i}] = int64(i)
	}
	return all
}

// TestManyMarks makes two commits of exactly MaxMarks.
func TestManyMarks(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		s := newStore(t, client, testLayout)
		want := marks(MaxMarks)
		must(t, s.Commit(t.Context(), []shard.Commit{{Shard: 1, Token: "one", Marks: want}})[0])
		must(t, s.Commit(t.Context(), []shard.Commit{{Shard: 1, Read: "one", Token: "two", Marks: want}})[0])
		if metas, err := s.Metas(t.Context(), []int{1}); err != nil || !maps.Equal(metas[0].Marks, want) {
			t.Errorf("got %d marks and error %v, want %d as committed", len(metas[0].Marks), err, len(want))
		}
	})
}

// TestAlmostTooLarge makes one commit of exactly MaxEntries.
func TestAlmostTooLarge(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		s := newStore(t, client, testLayout)
		c := batch(MaxEntries - 2) // one mark, one counter
		c.Token = "one"
		if err := s.Commit(t.Context(), []shard.Commit{c})[0]; err != nil {
			t.Fatalf("commit %d customers: got error %v, want none", len(c.Updates), err)
		}
		audits, err := s.Audit(t.Context(), []int{c.Shard})
		if err != nil || !audits[0].Intact() || audits[0].Actual.Profiles != MaxEntries-1 {
			t.Errorf("after it: got %+v and error %v, want %d profiles with the sentinel, intact", audits, err, MaxEntries-1)
		}
	})
}
