package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
)

// ActivateModel puts a model into force from an instant on: its source and its hash into tm:model at one instant, then
// the hash into tm:meta, for those who only want to know which. A failure between the two is mended by the next try.
func (s *Store) ActivateModel(ctx context.Context, raw []byte, hash string, effectiveAt event.Instant) error {
	if len(raw) == 0 || hash == "" {
		return errors.New("activate model: it is empty, or has no hash")
	}
	err := s.client.HSet(ctx, s.key("model"), "source", raw, "hash", hash, "effective_at", int64(effectiveAt)).Err()
	if err == nil {
		err = s.client.HSet(ctx, s.key("meta"), "model", hash).Err()
	}
	if err != nil {
		return fmt.Errorf("activate model %s: %w", hash, err)
	}
	return nil
}

// Model returns the source of the model in force, its hash, the instant from which it counts, and whether there is one.
func (s *Store) Model(ctx context.Context) (raw []byte, hash string, effectiveAt event.Instant, ok bool, err error) {
	fields, err := s.client.HGetAll(ctx, s.key("model")).Result()
	if err != nil {
		return nil, "", 0, false, fmt.Errorf("read model: %w", err)
	}
	if fields["hash"] == "" {
		return nil, "", 0, false, nil
	}
	at, err := strconv.ParseInt(fields["effective_at"], 10, 64)
	if err != nil {
		return nil, "", 0, false, fmt.Errorf("read model: effective_at: %w", err)
	}
	return []byte(fields["source"]), fields["hash"], event.Instant(at), true, nil
}

// ModelHash returns the hash of the model in force, empty where there is none: cheap enough to ask between batches.
func (s *Store) ModelHash(ctx context.Context) (string, error) {
	hash, err := s.client.HGet(ctx, s.key("model"), "hash").Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		return "", fmt.Errorf("read model hash: %w", err)
	}
	return hash, nil
}
