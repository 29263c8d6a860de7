package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// Listed returns the places of a list of a shard from an index on, at most so many: the highest rank first, and of equal ranks the customer
// who sorts last. The sentinel's rank is minus infinity: it is the last entry of the set, and left out.
func (s *Store) Listed(ctx context.Context, n int, list shard.List, from, limit int) ([]shard.Listed, error) {
	if err := s.inRange(n); err != nil {
		return nil, shardError("read list", n, err)
	}
	if limit <= 0 || from < 0 {
		return nil, nil
	}
	key := s.keys(n)[worklistKey]
	if list == shard.ValueList {
		key = s.keys(n)[valueKey]
	}
	entries, err := s.client.ZRangeArgsWithScores(ctx, goredis.ZRangeArgs{Key: key, Start: from, Stop: from + limit - 1, Rev: true}).Result()
	if err != nil {
		return nil, shardError("read list", n, err)
	}
	places := make([]shard.Listed, 0, len(entries))
	for _, entry := range entries {
		if customer, _ := entry.Member.(string); customer != "" {
			places = append(places, shard.Listed{Customer: customer, Rank: int64(entry.Score)})
		}
	}
	return places, nil
}
