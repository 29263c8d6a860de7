package redis

import (
	"context"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// tombstones returns how many tombstones each shard has.
func (s *Store) tombstones(ctx context.Context, shards []int) ([]int64, error) {
	pipe := s.client.Pipeline()
	replies := make([]*goredis.IntCmd, len(shards))
	for i, n := range shards {
		replies[i] = pipe.HLen(ctx, s.erasedKey(n))
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	sizes := make([]int64, len(shards))
	for i, reply := range replies {
		var err error
		if sizes[i], err = reply.Result(); err != nil {
			if replyClass(err.Error()) == "damaged" {
				err = fmt.Errorf("%w: %w: %w", shard.ErrTombstones, errDamaged, err)
			}
			return nil, shardError("count tombstones", shards[i], err)
		}
	}
	return sizes, nil
}

// dropForeign removes the key of the tombstones where somebody has put another type in its place. What is in it are no tombstones.
func (s *Store) dropForeign(ctx context.Context, shards []int) error {
	pipe := s.client.Pipeline()
	types := make([]*goredis.StatusCmd, len(shards))
	for i, n := range shards {
		types[i] = pipe.Type(ctx, s.erasedKey(n))
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	for i, reply := range types {
		kind, err := reply.Result()
		if err == nil && kind != "hash" && kind != "none" {
			err = s.client.Unlink(ctx, s.erasedKey(shards[i])).Err()
		}
		if err != nil {
			return shardError("drop", shards[i], err)
		}
	}
	return nil
}

// auditErased completes audits with the numbers of tombstones. Where a number differs from the head, a commit may have come between: then
// one script counts all at one instant.
//
// The script does not always do so: most shards have no tombstones, and while a slot migrates, a script fails that is given a key which does
// not exist.
func (s *Store) auditErased(ctx context.Context, shards []int, audits []shard.Audit) error {
	if len(shards) == 0 {
		return nil
	}
	sizes, err := s.tombstones(ctx, shards)
	if err != nil {
		return err
	}
	var calls []call
	var doubts []int
	for i, size := range sizes {
		audits[i].Actual.Erased = size
		if audits[i].Meta.Token != "" && audits[i].Meta.Counts.Erased != size {
			keys := append(s.keys(shards[i])[:censusKey], s.erasedKey(shards[i]))
			calls, doubts = append(calls, call{keys, s.fields}), append(doubts, i)
		}
	}
	for j, reply := range s.run(ctx, auditScript, calls) {
		i := doubts[j]
		if audits[i], err = decodeAudit(reply); err != nil {
			return shardError("audit", shards[i], err)
		}
	}
	return nil
}
