package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
)

// The fields of tm:model: the model in force, and the one before it under names with a prefix.
const (
	modelSource, modelHash, modelFrom = "source", "hash", "effective_at"

	previousModel = "previous_"
)

// ActivateModel puts a model into force from an instant on: its source and its hash into tm:model at one instant, with what
// was in force before beside them, then the hash into tm:meta, for those who only want to know which. A failure between the
// two is mended by the next try.
func (s *Store) ActivateModel(ctx context.Context, raw []byte, hash string, effectiveAt event.Instant) error {
	if len(raw) == 0 || hash == "" {
		return errors.New("activate model: it is empty, or has no hash")
	}
	before, ok, err := s.Model(ctx)
	if err != nil {
		return fmt.Errorf("activate model %s: %w", hash, err)
	}
	fields := StoredModel{raw, hash, effectiveAt}.fields("")
	if ok && before.Hash != hash {
		fields = append(fields, before.fields(previousModel)...)
	}
	if err = s.client.HSet(ctx, s.key("model"), fields...).Err(); err == nil {
		err = s.client.HSet(ctx, s.key("meta"), "model", hash).Err()
	}
	if err != nil {
		return fmt.Errorf("activate model %s: %w", hash, err)
	}
	return nil
}

// StoredModel is a model as tm:model holds it, EffectiveAt the instant from which it counts.
type StoredModel struct {
	Source      []byte
	Hash        string
	EffectiveAt event.Instant
}

// InForce is the model in force, with the one before it, nil where there was none: what an instance needs that starts near a
// switch.
type InForce struct {
	StoredModel
	Before *StoredModel
}

// Model returns the model in force, and whether there is one.
func (s *Store) Model(ctx context.Context) (m InForce, ok bool, err error) {
	fields, err := s.client.HGetAll(ctx, s.key("model")).Result()
	if err != nil {
		return InForce{}, false, fmt.Errorf("read model: %w", err)
	}
	now, err := storedModel(fields, "")
	if err != nil || now == nil {
		return InForce{}, false, err
	}
	before, err := storedModel(fields, previousModel)
	if err != nil {
		return InForce{}, false, err
	}
	return InForce{*now, before}, true, nil
}

// storedModel takes a model from the fields with a prefix; nil where there is none.
func storedModel(fields map[string]string, prefix string) (*StoredModel, error) {
	if fields[prefix+modelHash] == "" {
		return nil, nil
	}
	at, err := strconv.ParseInt(fields[prefix+modelFrom], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read model: %s: %w", prefix+modelFrom, err)
	}
	return &StoredModel{[]byte(fields[prefix+modelSource]), fields[prefix+modelHash], event.Instant(at)}, nil
}

func (m StoredModel) fields(prefix string) []any {
	return []any{prefix + modelHash, m.Hash, prefix + modelSource, m.Source, prefix + modelFrom, int64(m.EffectiveAt)}
}

// RestoreModel puts back the model in force, and the one before it where there was one, after the server has lost them.
// Where a model is in force nothing changes.
func (s *Store) RestoreModel(ctx context.Context, m InForce) error {
	fields := m.fields("")
	if m.Before != nil {
		fields = append(fields, m.Before.fields(previousModel)...)
	}
	there, err := s.writeOnce(ctx, s.key("model"), fields)
	if err == nil {
		err = s.client.HSet(ctx, s.key("meta"), "model", there[modelHash]).Err()
	}
	if err != nil {
		return fmt.Errorf("restore model %s: %w", m.Hash, err)
	}
	return nil
}

// ModelHash returns the hash of the model in force, empty where there is none: cheap enough to ask between batches.
func (s *Store) ModelHash(ctx context.Context) (string, error) {
	hash, err := s.client.HGet(ctx, s.key("model"), modelHash).Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		return "", fmt.Errorf("read model hash: %w", err)
	}
	return hash, nil
}
