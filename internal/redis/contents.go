package redis

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Due returns the earliest due reviews of a shard, in order of time and customer, at most limit. The sentinel is due at
// infinity: it comes last, if at all.
func (s *Store) Due(ctx context.Context, n, limit int) ([]shard.Due, error) {
	if err := s.inRange(n); err != nil {
		return nil, fmt.Errorf("read due reviews of shard %d: %w", n, err)
	}
	if limit <= 0 {
		return nil, nil
	}
	entries, err := s.client.ZRangeWithScores(ctx, s.keys(n)[dueKey], 0, int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("read due reviews of shard %d: %w", n, err)
	}
	due := make([]shard.Due, 0, len(entries))
	for _, entry := range entries {
		if customer, _ := entry.Member.(string); customer != "" {
			due = append(due, shard.Due{Customer: customer, At: event.Instant(entry.Score)})
		}
	}
	return due, nil
}

// Outbox returns the unconfirmed outputs of a shard, oldest first.
func (s *Store) Outbox(ctx context.Context, n int) ([]shard.Output, error) {
	if err := s.inRange(n); err != nil {
		return nil, fmt.Errorf("read outbox of shard %d: %w", n, err)
	}
	entries, err := s.client.LRange(ctx, s.keys(n)[outboxKey], 1, -1).Result() // the sentinel is at 0
	if err != nil {
		return nil, fmt.Errorf("read outbox of shard %d: %w", n, err)
	}
	outputs := make([]shard.Output, len(entries))
	for i, entry := range entries {
		if outputs[i], err = shard.DecodeOutput([]byte(entry)); err != nil {
			return nil, fmt.Errorf("read outbox of shard %d: entry %d: %w", n, i+1, err)
		}
	}
	return outputs, nil
}

// Scan pages through the profiles of a shard, about count at a time; a scan begins and ends with the cursor 0. A profile
// that is there from beginning to end is returned at least once, and may be returned more often: HSCAN's promise.
func (s *Store) Scan(ctx context.Context, n int, cursor uint64, count int) (profiles [][]byte, next uint64, err error) {
	if err := s.inRange(n); err != nil {
		return nil, 0, fmt.Errorf("scan shard %d: %w", n, err)
	}
	entries, next, err := s.client.HScan(ctx, s.keys(n)[profilesKey], cursor, "", int64(max(count, 1))).Result()
	if err != nil {
		return nil, 0, fmt.Errorf("scan shard %d: %w", n, err)
	}
	for i := 0; i+1 < len(entries); i += 2 {
		if entries[i] != "" {
			profiles = append(profiles, []byte(entries[i+1]))
		}
	}
	return profiles, next, nil
}
