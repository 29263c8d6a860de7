package redis

import (
	"context"
	"fmt"

	"tidemark/internal/shard"
)

// erasedAtOnce is about how many tombstones one page of a copy holds.
const erasedAtOnce = 500

// CopyErased copies all tombstones to another edition of the data, and returns how many tombstones are new there. Of two tombstones of a
// customer the later one stays, so a copy can be repeated. Nobody may write to the other edition meanwhile. The token is left in its shards
// that exist already and have got new tombstones.
//
// The store does not know the ids of erased customers, so it cannot compute their new shards. But a shard is the remainder of a hash: a
// customer whom V shards put into shard s is, of V' shards, in one that leaves the same remainder by gcd(V, V'). Each of these gets a copy.
// The superfluous ones match nobody. Another partitioner has another hash: then every shard gets every tombstone.
//
//	s = 5 of V = 12    ──>  V' = 12: 5        V' = 24: 5, 17        V' = 18: 5, 11, 17
func (s *Store) CopyErased(ctx context.Context, to *Store, token shard.Token) (int64, error) {
	var copied int64
	for n := range s.layout.Shards {
		added, err := s.copyErased(ctx, n, to, token)
		if copied += added; err != nil {
			return copied, shardError("copy tombstones", n, err)
		}
	}
	return copied, nil
}

// copyErased copies the tombstones of one shard.
func (s *Store) copyErased(ctx context.Context, n int, to *Store, token shard.Token) (int64, error) {
	var copied int64
	for cursor := uint64(0); ; {
		entries, next, err := s.client.HScan(ctx, s.erasedKey(n), cursor, "", erasedAtOnce).Result()
		if err != nil {
			return copied, err
		}
		pages := make(map[int][]any)
		for i := 0; i+1 < len(entries); i += 2 {
			t, err := parseTombstone(entries[i+1])
			if err != nil {
				return copied, err
			}
			if s.layout.Partitioner != to.layout.Partitioner {
				t.shard, t.shards = 0, 1
			}
			step := gcd(t.shards, to.layout.Shards)
			for target := t.shard % step; target < to.layout.Shards; target += step {
				pages[target] = append(pages[target], entries[i], t.String())
			}
		}
		added, err := to.bury(ctx, pages, token)
		if copied += added; err != nil {
			return copied, err
		}
		if cursor = next; cursor == 0 {
			return copied, nil
		}
	}
}

// bury adds tombstones to shards: field, value, field, value.
func (s *Store) bury(ctx context.Context, pages map[int][]any, token shard.Token) (int64, error) {
	var calls []call
	var shards []int
	for n, page := range pages {
		calls = append(calls, call{[]string{s.keys(n)[metaKey], s.erasedKey(n)}, append([]any{string(token)}, page...)})
		shards = append(shards, n)
	}
	var added int64
	for i, reply := range s.run(ctx, buryScript, calls) {
		n, err := reply.Int64()
		if added += n; err != nil {
			return added, fmt.Errorf("to shard %d: %w", shards[i], err)
		}
	}
	return added, nil
}

// Clear removes shards with all that they hold, tombstones too. Only an edition that is not in force may be cleared.
func (s *Store) Clear(ctx context.Context, shards []int) error {
	if err := s.Drop(ctx, shards); err != nil {
		return err
	}
	for _, n := range shards {
		if err := s.client.Unlink(ctx, s.erasedKey(n)).Err(); err != nil {
			return shardError("clear", n, err)
		}
	}
	return nil
}

// gcd returns the greatest common divisor of two positive numbers.
func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
