package redis

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Due returns the reviews of a shard that are due first, at most limit, in order of time and customer. The sentinel's time is
// infinity: it is the last entry of the set, and left out.
func (s *Store) Due(ctx context.Context, n, limit int) ([]shard.Due, error) {
	if err := s.inRange(n); err != nil {
		return nil, of("read due reviews", n, err)
	}
	if limit <= 0 {
		return nil, nil
	}
	entries, err := s.client.ZRangeWithScores(ctx, s.keys(n)[dueKey], 0, int64(limit)-1).Result()
	if err != nil {
		return nil, of("read due reviews", n, err)
	}
	due := make([]shard.Due, 0, len(entries))
	for _, entry := range entries {
		if customer, _ := entry.Member.(string); customer != "" {
			due = append(due, shard.Due{Customer: customer, At: event.Instant(entry.Score)})
		}
	}
	return due, nil
}

// Outbox returns the entries of a shard's outbox, oldest first, without the sentinel.
func (s *Store) Outbox(ctx context.Context, n int) ([]shard.Output, error) {
	if err := s.inRange(n); err != nil {
		return nil, of("read outbox", n, err)
	}
	entries, err := s.client.LRange(ctx, s.keys(n)[outboxKey], 1, -1).Result() // the sentinel is at 0
	if err != nil {
		return nil, of("read outbox", n, err)
	}
	outputs := make([]shard.Output, len(entries))
	for i, entry := range entries {
		if outputs[i], err = shard.DecodeOutput([]byte(entry)); err != nil {
			return nil, of("read outbox", n, fmt.Errorf("entry %d: %w: %w", i+1, errDamaged, err))
		}
	}
	return outputs, nil
}

// Scan returns a page of a shard's profiles, about count of them, and the cursor of the next page. A scan begins with the cursor 0,
// and ends when next is 0. It returns every profile that exists during the whole scan at least once, perhaps more often: HSCAN
// promises no more.
func (s *Store) Scan(ctx context.Context, n int, cursor uint64, count int) (profiles [][]byte, next uint64, err error) {
	if err := s.inRange(n); err != nil {
		return nil, 0, of("scan", n, err)
	}
	entries, next, err := s.client.HScan(ctx, s.keys(n)[profilesKey], cursor, "", int64(max(count, 1))).Result()
	if err != nil {
		return nil, 0, of("scan", n, err)
	}
	for i := 0; i+1 < len(entries); i += 2 {
		if entries[i] != "" {
			profiles = append(profiles, []byte(entries[i+1]))
		}
	}
	return profiles, next, nil
}
