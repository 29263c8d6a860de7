package redis

import (
	"slices"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// TestRemoveForeign: of the keys that belong to no shard, those of another type go, and no other key does.
func TestRemoveForeign(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if err := s.Open(ctx); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"tm:log", "tm:lanes", "tm:others"} {
			if err := client.Set(ctx, key, "by hand", 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		removed, err := s.RemoveForeign(ctx)
		if want := []string{"tm:log", "tm:lanes"}; err != nil || !slices.Equal(removed, want) {
			t.Errorf("removed: got %v and error %v, want %v", removed, err, want)
		}
		for key, want := range map[string]string{"tm:meta": "hash", "tm:model": "none", "tm:log": "none", "tm:lanes": "none", "tm:others": "string"} {
			if got, err := client.Type(ctx, key).Result(); err != nil || got != want {
				t.Errorf("%s: got %s and error %v, want %s", key, got, err, want)
			}
		}
		if removed, err = s.RemoveForeign(ctx); err != nil || len(removed) > 0 {
			t.Errorf("once more: got %v and error %v, want nothing", removed, err)
		}
	})
}

// TestForeignMeta: at a start nobody knows whose key it is, so nothing is removed. The error says what to do.
func TestForeignMeta(t *testing.T) {
	client := openMiniredis(t)
	ctx, s := t.Context(), newStore(t, client, testLayout)
	if err := client.Set(ctx, "tm:meta", "by hand", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"tm:meta", "--redis-prefix", "backup"} {
		if _, _, err := s.Rebuild(ctx); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("tm:meta of another type: got error %v, want one with %q", err, want)
		}
	}
}

// TestKeepMeta: what is missing of tm:meta is written again, what is there stays as it is.
func TestKeepMeta(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, layout := t.Context(), testLayout
		layout.Edition = 3
		s := newStore(t, client, layout)
		if err := s.Open(ctx); err != nil {
			t.Fatal(err)
		}
		secret, err := s.makeErasureKey(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m := Meta{Model: "558b96b9", GivenUp: 2}
		keep := func(want ...string) {
			t.Helper()
			if got, err := s.KeepMeta(ctx, m); err != nil || !slices.Equal(got, want) {
				t.Errorf("put back: got %v and error %v, want %v", got, err, want)
			}
		}
		keep("model", "given_up")
		was := client.HGetAll(ctx, "tm:meta").Val()
		keep()
		if err := client.HDel(ctx, "tm:meta", "edition").Err(); err != nil {
			t.Fatal(err)
		}
		keep("edition")
		if err := client.Del(ctx, "tm:meta").Err(); err != nil {
			t.Fatal(err)
		}
		keep("format", "edition", "shards", "partitioner", "zone", "base_currency", "model", "given_up", "erasure_key")
		for field, want := range was {
			if got := client.HGet(ctx, "tm:meta", field).Val(); got != want {
				t.Errorf("%s: got %q, want %q as before", field, got, want)
			}
		}
		if got, err := s.readErasureKey(ctx); err != nil || string(got) != string(secret) {
			t.Errorf("the key of the tombstones: got another one, error %v", err)
		}
		m.Model, m.GivenUp = "another", 5
		keep()
	})
}
