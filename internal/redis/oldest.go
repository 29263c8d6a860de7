package redis

import (
	"context"
	"errors"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// OldestOutputs returns, for each shard asked for, the id of the output that has waited longest in the outbox; empty where none waits.
// Blanks do not count: nobody publishes them.
func (s *Store) OldestOutputs(ctx context.Context, shards []int) ([]string, error) {
	pipe := s.client.Pipeline()
	replies := make([]*goredis.StringCmd, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return nil, shardError("read outbox", n, err)
		}
		replies[i] = pipe.LIndex(ctx, s.keys(n)[outboxKey], 1) // the sentinel is at 0
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	ids := make([]string, len(shards))
	for i, reply := range replies {
		entry, err := reply.Bytes()
		if errors.Is(err, goredis.Nil) {
			continue
		}
		if err != nil {
			return nil, shardError("read outbox", shards[i], err)
		}
		output, err := shard.DecodeOutput(entry)
		if err != nil {
			return nil, shardError("read outbox", shards[i], errors.Join(errDamaged, err))
		}
		if ids[i] = output.ID; ids[i] != "" {
			continue
		}
		if ids[i], err = s.oldestBehind(ctx, shards[i]); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// oldestBehind returns the id of the first output of an outbox that is no blank. Blanks are there only after an erasure.
func (s *Store) oldestBehind(ctx context.Context, n int) (string, error) {
	outbox, err := s.Outbox(ctx, n)
	if err != nil {
		return "", err
	}
	for _, o := range outbox.Outputs {
		if o.ID != "" {
			return o.ID, nil
		}
	}
	return "", nil
}
