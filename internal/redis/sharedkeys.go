package redis

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	goredis "github.com/redis/go-redis/v9"
)

// sharedKeys are the keys that belong to no shard, and that the service reads. All are hashes.
func (s *Store) sharedKeys() []string {
	return []string{s.key("meta"), s.key("model"), s.key("log"), s.lanesKey()}
}

// RemoveForeign removes each shared key in whose place somebody has put another type than a hash, as by SET. Such a key answers WRONGTYPE for
// ever; a key that is gone is written again by the running service. It returns the names of the keys that it has removed.
//
// Only a service that has read its layout from the prefix may call RemoveForeign: under another prefix the keys may be those of another program.
func (s *Store) RemoveForeign(ctx context.Context) (removed []string, err error) {
	keys := s.sharedKeys()
	pipe := s.client.Pipeline()
	types := make([]*goredis.StatusCmd, len(keys))
	for i, key := range keys {
		types[i] = pipe.Type(ctx, key)
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	for i, key := range keys {
		kind, err := types[i].Result()
		if err != nil {
			return removed, fmt.Errorf("read the type of %s: %w", key, err)
		}
		if kind == "hash" || kind == "none" {
			continue
		}
		n, err := s.run(ctx, foreignScript, []call{{[]string{key}, nil}})[0].Int()
		if err != nil {
			return removed, fmt.Errorf("remove %s, which holds a %s: %w", key, kind, err)
		}
		if n == 1 {
			removed = append(removed, key)
		}
	}
	return removed, nil
}

// Meta is what a running service knows of the fields of tm:meta beside the layout and the key of the tombstones.
type Meta struct {
	Model   string // the hash of the model activated last
	GivenUp int    // the edition of the last rebuild that was given up; 0 for none
}

// keptFields are the fields that KeepMeta looks after.
var keptFields = slices.Concat(layoutFields, []string{"model", "given_up", erasureKeyField})

// KeepMeta writes those fields of tm:meta that are missing, and returns their names. It changes no field that is there. Without these
// fields, the next start would lay the data out anew.
func (s *Store) KeepMeta(ctx context.Context, m Meta) (missing []string, err error) {
	key := s.key("meta")
	want := layoutValues(s.layout)
	want["model"] = m.Model
	if m.GivenUp > 0 {
		want["given_up"] = strconv.Itoa(m.GivenUp)
	}
	if secret := s.erasures.get(); secret != nil {
		want[erasureKeyField] = hex.EncodeToString(secret)
	}
	names := slices.Clone(keptFields)
	there, err := s.client.HMGet(ctx, key, names...).Result()
	if err != nil {
		return nil, fmt.Errorf("keep %s: %w", key, err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return want[name] == "" || there[slices.Index(keptFields, name)] != nil })
	if len(names) == 0 {
		return nil, nil
	}
	// One transaction: Open takes a layout of which it finds only a part for another layout.
	written := make([]*goredis.BoolCmd, len(names))
	_, err = s.client.TxPipelined(ctx, func(tx goredis.Pipeliner) error {
		for i, name := range names {
			written[i] = tx.HSetNX(ctx, key, name, want[name])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keep %s: %w", key, err)
	}
	for i, name := range names {
		if written[i].Val() {
			missing = append(missing, name)
		}
	}
	return missing, nil
}
