package redis

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

const (
	// erasureKeyField is the field of tm:meta that holds the key of the tombstones in hex.
	erasureKeyField = "erasure_key"
	// erasureKeyBytes is the length of that key: as long as what the hash gives.
	erasureKeyBytes = sha256.Size
	// hashBytes is how much of a hash a tombstone bears: by 16 bytes, two of a thousand million customers are alike once in 10^20.
	hashBytes = 16
)

// ErrErasureKey is the error of a store that holds tombstones without the key by which customers are found among them. Nobody can make
// that key again. Without it, events of erased customers would be applied again, so the store refuses to go on.
var ErrErasureKey = errors.New("tombstones are there, but their key is gone")

// erasureKey is the key of the tombstones as the program has read it last. It is safe for concurrent use.
type erasureKey struct {
	mu  sync.Mutex
	key []byte
}

func (k *erasureKey) get() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.key
}

func (k *erasureKey) set(key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.key = key
}

// tombstoneField returns the field of a customer's tombstone: a hash of the id under the key. Who has the key can ask for an id, but
// nobody can read ids from the hashes.
func tombstoneField(key []byte, customer string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(customer))
	return string(mac.Sum(nil)[:hashBytes])
}

// parseErasureKey reads the field erasure_key; it returns nil if there is no such field.
func parseErasureKey(reply *goredis.StringCmd) ([]byte, error) {
	text, err := reply.Result()
	if errors.Is(err, goredis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != erasureKeyBytes {
		return nil, fmt.Errorf("%w: it is not %d bytes in hex", ErrErasureKey, erasureKeyBytes)
	}
	return key, nil
}

// readErasureKey reads the key of the tombstones from tm:meta. Where it is gone there, it is what the program has read before; nil if that
// is nothing.
func (s *Store) readErasureKey(ctx context.Context) ([]byte, error) {
	key, err := parseErasureKey(s.client.HGet(ctx, s.key("meta"), erasureKeyField))
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w", erasureKeyField, s.key("meta"), err)
	}
	if key == nil {
		return s.erasures.get(), nil
	}
	s.erasures.set(key)
	return key, nil
}

// keyOfTombstones returns the key of the tombstones for commits that set some; nil if none does.
func (s *Store) keyOfTombstones(ctx context.Context, commits []shard.Commit) ([]byte, error) {
	for _, c := range commits {
		if len(c.Erased) > 0 {
			return s.makeErasureKey(ctx)
		}
	}
	return nil, nil
}

// makeErasureKey returns the key of the tombstones, and makes it if there is none. Of two programs that make it at the same time, the first
// one's stays. A key that tm:meta has lost is written again by a program that still knows it.
func (s *Store) makeErasureKey(ctx context.Context) ([]byte, error) {
	there, err := parseErasureKey(s.client.HGet(ctx, s.key("meta"), erasureKeyField))
	if err == nil && there == nil {
		there, err = s.newErasureKey(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", erasureKeyField, s.key("meta"), err)
	}
	s.erasures.set(there)
	return there, nil
}

func (s *Store) newErasureKey(ctx context.Context) ([]byte, error) {
	key := s.erasures.get()
	if key == nil {
		if made, err := s.absentKey(ctx, s.layout.Numbers()); err != nil || made != nil {
			return made, err
		}
		key = make([]byte, erasureKeyBytes)
		_, _ = rand.Read(key) // never fails
	}
	if err := s.client.HSetNX(ctx, s.key("meta"), erasureKeyField, hex.EncodeToString(key)).Err(); err != nil {
		return nil, err
	}
	there, err := parseErasureKey(s.client.HGet(ctx, s.key("meta"), erasureKeyField))
	if err == nil && there == nil {
		err = errors.New("it was written, and is gone")
	}
	return there, err
}

// absentKey is asked about some shards when tm:meta holds no key: it returns nil if they have no tombstones. If they have some, another
// program may just have made the key: absentKey returns that key, or ErrErasureKey.
func (s *Store) absentKey(ctx context.Context, shards []int) ([]byte, error) {
	sizes, err := s.tombstones(ctx, shards)
	if err != nil {
		return nil, err
	}
	for i, size := range sizes {
		if size == 0 {
			continue
		}
		key, err := s.readErasureKey(ctx)
		if err == nil && key == nil {
			err = fmt.Errorf("shard %d: %w: restore the field %s of %s from a backup; if there is none, see Erased customers in deploy/README.md",
				shards[i], ErrErasureKey, erasureKeyField, s.key("meta"))
		}
		return key, err
	}
	return nil, nil
}

// sameKey reports whether the reply of tm:meta holds no other key than the one given. If it does, the store takes over the other one.
func (s *Store) sameKey(reply *goredis.StringCmd, key []byte) (bool, error) {
	there, err := parseErasureKey(reply)
	if err != nil || there == nil || bytes.Equal(there, key) {
		return true, err
	}
	s.erasures.set(there)
	return false, nil
}
