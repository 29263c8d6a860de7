package redis

import (
	"maps"
	"math"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

func TestPopulation(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		for _, want := range []map[string]string{
			{"customers": "3", "tier_high": "1"},
			{"customers": "4"}, // a field that is not named is removed
			{},
		} {
			if err := s.ProjectPopulation(ctx, want); err != nil {
				t.Fatalf("project %v: got error %v, want none", want, err)
			}
			if got, err := s.Population(ctx); err != nil || !maps.Equal(got, want) {
				t.Errorf("population: got %v and error %v, want %v", got, err, want)
			}
		}
	})
}

func TestCensus(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		commit := func(read, token shard.Token, census map[string]int64) error {
			return s.Commit(ctx, []shard.Commit{{Shard: 5, Read: read, Token: token, Census: census}})[0]
		}
		const large = 3_000_000_000_000_000_001 // a double cannot hold it
		if err := commit("", "one", map[string]int64{"spend": large, "customers": 1}); err != nil {
			t.Fatalf("first commit: got error %v, want none", err)
		}
		if err := commit("one", "two", map[string]int64{"spend": -1, "customers": -2}); err != nil {
			t.Fatalf("second commit: got error %v, want none", err)
		}
		for _, step := range []int64{large, math.MaxInt64, math.MinInt64} {
			if err := commit("two", "three", map[string]int64{"customers": 7, "spend": step}); err == nil {
				t.Errorf("a counter of %d raised by %d, out of range: got no error, want one", large-1, step)
			}
		}
		census, err := s.Census(ctx, []int{4, 5})
		if err != nil || len(census) != 2 {
			t.Fatalf("census: got %d and error %v, want 2", len(census), err)
		}
		if len(census[0]) != 0 {
			t.Errorf("census of a shard that is not there: got %v, want none", census[0])
		}
		if want := map[string]int64{"spend": large - 1, "customers": -1}; !maps.Equal(census[1], want) {
			t.Errorf("census: got %v, want %v", census[1], want)
		}
	})
}
