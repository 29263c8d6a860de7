package redis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tidemark/internal/event"
)

// The fields of tm:model: the model activated last, and the two models before it under names with a prefix. formerOf holds the hash of the
// model that the former model was replaced by: programs that know no former model leave its fields behind.
const (
	modelSource, modelHash, modelFrom = "source", "hash", "effective_at"

	previousModel, formerModel = "previous_", "former_"

	formerOf = formerModel + "of"
)

// activateTries is the most tries of one activation. A try fails if another activation comes between its read and its write.
const activateTries = 10

// ActivateModel puts a model into force from an instant on. It writes the model to tm:model, with the model before it (see
// InForce), and then the model's hash to tm:meta, for readers who need no more than the hash. It withdraws a model that is announced
// and not yet in force. If the given model is in force already and the instant is yet to come, the model keeps its old instant.
// If the write to tm:meta fails, another call of ActivateModel repairs tm:meta.
func (s *Store) ActivateModel(ctx context.Context, raw []byte, hash string, effectiveAt event.Instant) error {
	if len(raw) == 0 || hash == "" {
		return errors.New("activate model: it is empty, or has no hash")
	}
	next := StoredModel{raw, hash, effectiveAt}
	for range activateTries {
		there, _, err := s.Model(ctx)
		if err != nil {
			return fmt.Errorf("activate model %s: %w", hash, err)
		}
		now, err := s.Now(ctx)
		if err != nil {
			return fmt.Errorf("activate model %s: %w", hash, err)
		}
		done, err := s.replaceModel(ctx, there, there.Activated(next, now))
		if err == nil && done {
			err = s.client.HSet(ctx, s.key("meta"), "model", hash).Err()
		}
		if err != nil {
			return fmt.Errorf("activate model %s: %w", hash, err)
		}
		if done {
			return nil
		}
	}
	return fmt.Errorf("activate model %s: others activate models all the time", hash)
}

// Now is the time of the server. Which model is in force is judged by it alone: the clocks of the machines on which people activate
// models may differ.
func (s *Store) Now(ctx context.Context) (event.Instant, error) {
	now, err := s.client.Time(ctx).Result()
	if err != nil {
		return 0, fmt.Errorf("read the time of the server: %w", err)
	}
	return event.InstantOf(now), nil
}

// replaceModel writes next to tm:model. It returns false, and writes nothing, if tm:model no longer holds what was read.
func (s *Store) replaceModel(ctx context.Context, read, next InForce) (bool, error) {
	if next.ID() == read.ID() && bytes.Equal(next.Source, read.Source) {
		return true, nil // an earlier try, or another program, has written it
	}
	var args []any
	for _, value := range read.names() {
		args = append(args, value)
	}
	done, err := s.run(ctx, activateScript, []call{{[]string{s.key("model")}, append(args, next.all()...)}})[0].Int()
	return done == 1, err
}

// StoredModel is a model as tm:model holds it. EffectiveAt is the instant from which the model is in force; 0 is the beginning.
type StoredModel struct {
	Source      []byte
	Hash        string
	EffectiveAt event.Instant
}

// Model returns the content of tm:model. ok is false if tm:model holds no model.
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
	m = InForce{StoredModel: *now, Before: before}
	if before != nil && fields[formerOf] == before.Hash {
		if m.Former, err = storedModel(fields, formerModel); err != nil {
			return InForce{}, false, err
		}
	}
	return m, true, nil
}

// storedModel takes a model from the fields whose names begin with a prefix. It returns nil if the fields hold no such model.
func storedModel(fields map[string]string, prefix string) (*StoredModel, error) {
	if fields[prefix+modelHash] == "" {
		return nil, nil
	}
	at, err := strconv.ParseInt(fields[prefix+modelFrom], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read model: field %s holds no instant: %w; once the key is removed, a running instance writes its models again, "+
			"and without one `tidemark model activate` does", prefix+modelFrom, err)
	}
	return &StoredModel{[]byte(fields[prefix+modelSource]), fields[prefix+modelHash], event.Instant(at)}, nil
}

func (m StoredModel) fields(prefix string) []any {
	return []any{prefix + modelHash, m.Hash, prefix + modelSource, m.Source, prefix + modelFrom, int64(m.EffectiveAt)}
}

// all returns the fields of all models.
func (m InForce) all() []any {
	fields := m.fields("")
	if m.Before != nil {
		fields = append(fields, m.Before.fields(previousModel)...)
	}
	if m.Before != nil && m.Former != nil {
		fields = append(append(fields, m.Former.fields(formerModel)...), formerOf, m.Before.Hash)
	}
	return fields
}

// modelNames are the fields that identify the content of tm:model: hashes and instants, without the long sources.
var modelNames = []string{modelHash, modelFrom, previousModel + modelHash, previousModel + modelFrom}

// names returns the values of modelNames, empty where a field is missing.
func (m InForce) names() []string {
	names := make([]string, 0, len(modelNames))
	for _, x := range []*StoredModel{&m.StoredModel, m.Before} {
		if x == nil || x.Hash == "" {
			names = append(names, "", "")
			continue
		}
		names = append(names, x.Hash, strconv.FormatInt(int64(x.EffectiveAt), 10))
	}
	return names
}

// ID identifies the content of tm:model. It is made of both hashes and both instants.
func (m InForce) ID() string { return strings.Join(m.names(), " ") }

// ModelID returns the ID of the content of tm:model. The call reads no source, so it is cheap enough between two batches.
func (s *Store) ModelID(ctx context.Context) (string, error) {
	values, err := s.client.HMGet(ctx, s.key("model"), modelNames...).Result()
	if err != nil {
		return "", fmt.Errorf("read which model is in force: %w", err)
	}
	names := make([]string, len(values))
	for i, value := range values {
		names[i], _ = value.(string) // nil where it is missing
	}
	return strings.Join(names, " "), nil
}

// RestoreModel writes all models to tm:model if tm:model does not exist: at the first start, or after the server has lost the
// key. If tm:model exists, it stays as it is.
func (s *Store) RestoreModel(ctx context.Context, m InForce) error {
	there, err := s.writeOnce(ctx, s.key("model"), m.all())
	if err == nil {
		err = s.client.HSet(ctx, s.key("meta"), "model", there[modelHash]).Err()
	}
	if err != nil {
		return fmt.Errorf("restore model %s: %w", m.Hash, err)
	}
	return nil
}
