package redis

import (
	"context"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Due returns the reviews of a shard that are due first, at most limit, in order of time and customer. The sentinel's time is
// infinity: it is the last entry of the set, and left out.
func (s *Store) Due(ctx context.Context, n, limit int) ([]shard.Due, error) {
	if err := s.inRange(n); err != nil {
		return nil, shardError("read due reviews", n, err)
	}
	if limit <= 0 {
		return nil, nil
	}
	entries, err := s.client.ZRangeWithScores(ctx, s.keys(n)[dueKey], 0, int64(limit)-1).Result()
	if err != nil {
		return nil, shardError("read due reviews", n, err)
	}
	due := make([]shard.Due, 0, len(entries))
	for _, entry := range entries {
		if customer, _ := entry.Member.(string); customer != "" {
			due = append(due, shard.Due{Customer: customer, At: event.Instant(entry.Score)})
		}
	}
	return due, nil
}

// Outbox returns the outputs of a shard that no commit has removed yet, oldest first, and the token of the same instant. A shard without
// a head has no outputs, whatever its keys still hold.
func (s *Store) Outbox(ctx context.Context, n int) (shard.Outbox, error) {
	if err := s.inRange(n); err != nil {
		return shard.Outbox{}, shardError("read outbox", n, err)
	}
	keys := s.keys(n)
	outbox, err := decodeOutbox(s.run(ctx, outboxScript, []call{{keys: []string{keys[metaKey], keys[outboxKey]}}})[0])
	if err != nil {
		return shard.Outbox{}, shardError("read outbox", n, err)
	}
	return outbox, nil
}

func decodeOutbox(reply *goredis.Cmd) (shard.Outbox, error) {
	parts, err := reply.Slice()
	if err != nil {
		return shard.Outbox{}, err
	}
	if len(parts) != 2 {
		return shard.Outbox{}, errReply
	}
	token, isText := parts[0].(string)
	entries, isList := parts[1].([]any)
	if !isText || !isList {
		return shard.Outbox{}, errReply
	}
	if token == "" {
		return shard.Outbox{}, nil
	}
	outputs := make([]shard.Output, len(entries))
	for i, entry := range entries {
		encoded, isText := entry.(string)
		if !isText {
			return shard.Outbox{}, errReply
		}
		if outputs[i], err = shard.DecodeOutput([]byte(encoded)); err != nil {
			return shard.Outbox{}, fmt.Errorf("entry %d: %w: %w", i+1, errDamaged, err)
		}
	}
	return shard.Outbox{Token: shard.Token(token), Outputs: outputs}, nil
}

// Scan returns a page of a shard's profiles, about count of them, and the cursor of the next page. A scan begins with the cursor 0,
// and ends when next is 0. It returns every profile that exists during the whole scan at least once, perhaps more often: HSCAN
// promises no more.
func (s *Store) Scan(ctx context.Context, n int, cursor uint64, count int) (profiles [][]byte, next uint64, err error) {
	if err := s.inRange(n); err != nil {
		return nil, 0, shardError("scan", n, err)
	}
	entries, next, err := s.client.HScan(ctx, s.keys(n)[profilesKey], cursor, "", int64(max(count, 1))).Result()
	if err != nil {
		return nil, 0, shardError("scan", n, err)
	}
	for i := 0; i+1 < len(entries); i += 2 {
		if entries[i] != "" {
			profiles = append(profiles, []byte(entries[i+1]))
		}
	}
	return profiles, next, nil
}
