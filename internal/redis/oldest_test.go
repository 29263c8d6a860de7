package redis

import (
	"slices"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

func TestOldestOutputs(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		s := newStore(t, client, testLayout)
		out := func(id string) shard.Output {
			return shard.Output{Topic: "t", ID: id, Key: []byte("ann"), Value: []byte("x")}
		}
		commits := []shard.Commit{
			{Shard: 0, Token: "a", Outbox: []shard.Output{out("first"), out("second")}},
			{Shard: 1, Token: "b"},
			{Shard: 3, Token: "c", Outbox: []shard.Output{out("first"), out("second")}},
			{Shard: 4, Token: "d", Outbox: []shard.Output{out("first")}},
		}
		for _, err := range s.Commit(t.Context(), commits) {
			if err != nil {
				t.Fatal(err)
			}
		}
		blanks := []shard.Commit{{Shard: 3, Read: "c", Token: "e", Blanked: []int{0}}, {Shard: 4, Read: "d", Token: "f", Blanked: []int{0}}}
		for _, err := range s.Commit(t.Context(), blanks) {
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.OldestOutputs(t.Context(), []int{0, 1, 2, 3, 4})
		if want := []string{"first", "", "", "second", ""}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q and error %v, want %q: shard 1 is empty, shard 2 does not exist, the blanks of shards 3 and 4 do not count", got, err, want)
		}
	})
}

func TestVitals(t *testing.T) {
	s := newStore(t, openRedis(t), testLayout)
	all := s.Vitals(t.Context())
	if len(all) != 1 || all[0].RunID == "" || all[0].UsedMemory == 0 || all[0].Unsaved != "" || all[0].Evicted != 0 {
		t.Errorf("a healthy server: got %+v, want its run id and its memory, and nothing wrong", all)
	}
}
