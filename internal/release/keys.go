package release

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	goredis "github.com/redis/go-redis/v9"
)

// Keys are keys of Redis by name, with what they hold.
type Keys map[string]Key

// Key is what a key holds. One of the fields is set.
type Key struct {
	Hash map[string]Bytes `json:"hash,omitempty"`
	// Set is a sorted set: the scores by member.
	Set  map[string]string `json:"zset,omitempty"`
	List []Bytes           `json:"list,omitempty"`
}

// Bytes are bytes that JSON holds as text. What is not printable is written in hex.
type Bytes string

const inHex = "hex:"

// MarshalText returns the text, or hex after a mark.
func (b Bytes) MarshalText() ([]byte, error) {
	strange := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if utf8.ValidString(string(b)) && !strings.ContainsFunc(string(b), strange) && !strings.HasPrefix(string(b), inHex) {
		return []byte(b), nil
	}
	return []byte(inHex + hex.EncodeToString([]byte(b))), nil
}

// UnmarshalText reads what MarshalText wrote.
func (b *Bytes) UnmarshalText(text []byte) error {
	digits, ok := strings.CutPrefix(string(text), inHex)
	if !ok {
		*b = Bytes(text)
		return nil
	}
	raw, err := hex.DecodeString(digits)
	*b = Bytes(raw)
	return err
}

// Dump reads the keys that a newer release must be able to read: the shards, the layout and the model. Public views are derived, so Dump
// leaves them out.
func Dump(ctx context.Context, client *goredis.Client) (Keys, error) {
	names, err := client.Keys(ctx, "tm:*").Result()
	if err != nil {
		return nil, err
	}
	keys := Keys{}
	for _, name := range names {
		if !strings.HasPrefix(name, "tm:{") && !slices.Contains([]string{"tm:meta", "tm:model"}, name) {
			continue
		}
		if keys[name], err = dump(ctx, client, name); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return keys, nil
}

func dump(ctx context.Context, client *goredis.Client, name string) (Key, error) {
	kind, err := client.Type(ctx, name).Result()
	if err != nil {
		return Key{}, err
	}
	switch kind {
	case "hash":
		entries, err := client.HGetAll(ctx, name).Result()
		k := Key{Hash: map[string]Bytes{}}
		for field, value := range entries {
			k.Hash[field] = Bytes(value)
		}
		return k, err
	case "zset":
		entries, err := client.ZRangeWithScores(ctx, name, 0, -1).Result()
		k := Key{Set: map[string]string{}}
		for _, entry := range entries {
			k.Set[fmt.Sprint(entry.Member)] = strconv.FormatFloat(entry.Score, 'f', -1, 64)
		}
		return k, err
	case "list":
		entries, err := client.LRange(ctx, name, 0, -1).Result()
		k := Key{}
		for _, entry := range entries {
			k.List = append(k.List, Bytes(entry))
		}
		return k, err
	}
	return Key{}, fmt.Errorf("a key of type %s", kind)
}

// Restore writes the keys to an empty server.
func (k Keys) Restore(ctx context.Context, client *goredis.Client) error {
	pipe := client.TxPipeline()
	for name, key := range k {
		for field, value := range key.Hash {
			pipe.HSet(ctx, name, field, string(value))
		}
		for member, score := range key.Set {
			at, err := strconv.ParseFloat(score, 64)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			pipe.ZAdd(ctx, name, goredis.Z{Score: at, Member: member})
		}
		for _, entry := range key.List {
			pipe.RPush(ctx, name, string(entry))
		}
	}
	_, err := pipe.Exec(ctx)
	return err
}
