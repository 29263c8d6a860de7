package redis

import (
	"maps"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

func TestKeys(t *testing.T) {
	for _, row := range []struct {
		name   string
		prefix string
		shards int
		n      int
		want   string
	}{
		{"two digits at least", "", 8, 7, "tm:{07}:meta"},
		{"the last of a hundred still has two", "", 100, 99, "tm:{99}:meta"},
		{"three where the last needs three, so that all sort alike", "", 128, 7, "tm:{007}:meta"},
		{"a prefix of one's own", "shop:eu", 64, 63, "shop:eu:{63}:meta"},
	} {
		s, err := New(nil, row.prefix, shard.Layout{Shards: row.shards})
		if err != nil {
			t.Fatalf("%s: got error %v, want none", row.name, err)
		}
		if got := s.keys(row.n)[metaKey]; got != row.want {
			t.Errorf("%s: got %s, want %s", row.name, got, row.want)
		}
	}
	if _, err := New(nil, "a{b}", testLayout); err == nil {
		t.Error("a prefix with a hash tag of its own: got no error, want one")
	}
}

// TestKeysHold fixes the format of a shard's keys: other programs and later versions read it.
func TestKeysHold(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		output := shard.Output{ID: "o1", Topic: schemas.TierChanges, Value: []byte{1}}
		errs := s.Commit(ctx, []shard.Commit{{
			Shard: 7, Token: "t1", Model: "m1",
			Updates: []shard.Update{{
				Customer: "a", Profile: []byte("p"), Due: 1_767_225_600_123,
				Worklist: shard.Place{Listed: true, Rank: -7}, Value: shard.Place{Listed: true, Rank: 9_007_199_254_740_991},
			}, {Customer: "b", Profile: []byte("q"), Due: event.Never}},
			Marks: shard.Marks{{Topic: event.Purchases, Index: 3}: 9_007_199_254_740_993}, Outbox: []shard.Output{output},
			Census: map[string]int64{"customers": 2},
		}})
		if errs[0] != nil {
			t.Fatalf("commit: got error %v, want none", errs[0])
		}
		hash := func(key string, want map[string]string) {
			t.Helper()
			if got, err := client.HGetAll(ctx, key).Result(); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s: got %q and error %v, want %q", key, got, err, want)
			}
		}
		hash("tm:{07}:meta", map[string]string{
			"token": "t1", "sequence": "1", "format": "1", "model": "m1", "profiles": "3", "due": "2", "outbox": "2",
			"m:customer.purchases.v1:3": "9007199254740993",
		})
		hash("tm:{07}:profiles", map[string]string{"": "", "a": "p", "b": "q"})
		hash("tm:{07}:census", map[string]string{"": "0", "customers": "2"})
		due, err := client.ZRange(ctx, "tm:{07}:due", 0, -1).Result()
		if want := "a|"; err != nil || strings.Join(due, "|") != want {
			t.Errorf("due, the sentinel last: got %q and error %v, want %q", strings.Join(due, "|"), err, want)
		}
		if score, err := client.ZScore(ctx, "tm:{07}:due", "a").Result(); err != nil || score != 1_767_225_600_123 {
			t.Errorf("due time of a: got %v and error %v, want 1767225600123", score, err)
		}
		for key, want := range map[string]float64{"tm:{07}:worklist": -7, "tm:{07}:value": 9_007_199_254_740_991} {
			got, err := client.ZRangeWithScores(ctx, key, 0, -1).Result()
			if err != nil || len(got) != 2 || got[0].Member != "" || got[1].Member != "a" || got[1].Score != want {
				t.Errorf("%s, the sentinel first: got %v and error %v, want a at %v", key, got, err, want)
			}
		}
		outbox, err := client.LRange(ctx, "tm:{07}:outbox", 0, -1).Result()
		if want := "|" + string(output.Append(nil)); err != nil || strings.Join(outbox, "|") != want {
			t.Errorf("outbox, the sentinel first: got %q and error %v, want %q", strings.Join(outbox, "|"), err, want)
		}
		if err := s.Commit(ctx, []shard.Commit{{Shard: 7, Read: "t1", Token: "t2", Confirmed: 1}})[0]; err != nil {
			t.Fatalf("confirm: got error %v, want none", err)
		}
		if outbox, err := client.LRange(ctx, "tm:{07}:outbox", 0, -1).Result(); err != nil || len(outbox) != 1 || outbox[0] != "" {
			t.Errorf("outbox with all confirmed: got %q and error %v, want only the sentinel", outbox, err)
		}
	})
}

func TestTwoPrefixesShareAServer(t *testing.T) {
	client := openMiniredis(t)
	stores := map[string]*Store{}
	for _, prefix := range []string{"one", "two"} {
		s, err := New(client, prefix, testLayout)
		if err != nil {
			t.Fatalf("prefix %s: got error %v, want none", prefix, err)
		}
		stores[prefix] = s
		c := shard.Commit{Shard: 1, Token: shard.Token(prefix), Updates: []shard.Update{{Customer: "a", Profile: []byte(prefix), Due: 1}}}
		if err := s.Commit(t.Context(), []shard.Commit{c})[0]; err != nil {
			t.Fatalf("prefix %s: got error %v, want none", prefix, err)
		}
		view := shard.View{Customer: "a", Fields: []shard.Field{{Name: "tier", Value: prefix}}}
		if err := s.Project(t.Context(), []shard.View{view}); err != nil {
			t.Fatalf("prefix %s: got error %v, want none", prefix, err)
		}
	}
	for prefix, s := range stores {
		loaded, err := s.Load(t.Context(), []shard.Query{{Shard: 1, Customers: []string{"a"}}})
		if err != nil || string(loaded[0].Profiles[0]) != prefix {
			t.Errorf("prefix %s: got %+v and error %v, want its own profile", prefix, loaded, err)
		}
		if score, err := s.Score(t.Context(), "a"); err != nil || score["tier"] != prefix {
			t.Errorf("prefix %s: got score %v and error %v, want its own", prefix, score, err)
		}
	}
}
