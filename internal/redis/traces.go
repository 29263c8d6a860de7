package redis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// keysAtOnce and entriesAtOnce are about how many keys, and entries of one key, a page of a search holds.
	keysAtOnce, entriesAtOnce = 1000, 500
)

// Traces returns the names of the store's keys that still hold the id of a customer, in order: as their name, in a field, a member, an
// entry or a value, as text, in JSON or in a message. It looks at every key of the prefix, of all editions and on every master of a
// cluster, and only reads. What is written while it runs, it may miss.
//
// An id counts where it is a word of its own: customer 17 is not found in tm:score:178 or in "178". An id that is a number counts in a text
// only within quotes: figures are figures. An id of less than 4 bytes is not looked for within messages and profiles, where its bytes stand
// by chance; the fields and keys of these tell. The hash in a tombstone is no trace.
func (s *Store) Traces(ctx context.Context, customer string) ([]string, error) {
	if customer == "" {
		return nil, errors.New("look for traces of nobody")
	}
	search := &search{id: newID(customer), prefix: s.prefix + ":", found: map[string]bool{}}
	var err error
	if cluster, ok := s.client.(*goredis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error { return search.node(ctx, node) })
	} else {
		err = search.node(ctx, s.client)
	}
	if err != nil {
		return nil, fmt.Errorf("look for traces of a customer: %w", err)
	}
	return slices.Sorted(maps.Keys(search.found)), nil
}

// search looks for an id. The nodes of a cluster are searched at the same time.
type search struct {
	id     id
	prefix string
	mu     sync.Mutex
	found  map[string]bool
}

func (s *search) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found[key] = true
}

// glob matches a text literally in a pattern of Redis.
var glob = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// node searches all keys of one server.
func (s *search) node(ctx context.Context, node goredis.Cmdable) error {
	for cursor := uint64(0); ; {
		keys, next, err := node.Scan(ctx, cursor, glob.Replace(s.prefix)+"*", keysAtOnce).Result()
		if err == nil {
			err = s.page(ctx, node, keys)
		}
		if err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// page searches a page of keys: their names, then what they hold.
func (s *search) page(ctx context.Context, node goredis.Cmdable, keys []string) error {
	pipe := node.Pipeline()
	types := make([]*goredis.StatusCmd, len(keys))
	for i, key := range keys {
		types[i] = pipe.Type(ctx, key)
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	byType := map[string][]string{}
	for i, reply := range types {
		kind, err := reply.Result()
		if err != nil {
			return err
		}
		byType[kind] = append(byType[kind], keys[i])
		if s.id.names(strings.TrimPrefix(keys[i], s.prefix)) {
			s.add(keys[i])
		}
	}
	for kind, keys := range byType {
		if err := s.kind(ctx, node, kind, keys); err != nil {
			return err
		}
	}
	return nil
}

// kind searches keys of one type.
func (s *search) kind(ctx context.Context, node goredis.Cmdable, kind string, keys []string) error {
	switch kind {
	case "string":
		return s.strings(ctx, node, keys)
	case "hash":
		return s.scan(ctx, keys, func(pipe goredis.Pipeliner, key string, cursor uint64) *goredis.ScanCmd {
			return pipe.HScan(ctx, key, cursor, "", entriesAtOnce)
		}, node)
	case "zset":
		return s.scan(ctx, keys, func(pipe goredis.Pipeliner, key string, cursor uint64) *goredis.ScanCmd {
			return pipe.ZScan(ctx, key, cursor, "", entriesAtOnce)
		}, node)
	case "list":
		return s.lists(ctx, node, keys)
	case "none": // the key is gone meanwhile
		return nil
	}
	return fmt.Errorf("%s is of the type %s, which Tidemark does not write", keys[0], kind)
}

func (s *search) strings(ctx context.Context, node goredis.Cmdable, keys []string) error {
	pipe := node.Pipeline()
	replies := make([]*goredis.StringCmd, len(keys))
	for i, key := range keys {
		replies[i] = pipe.Get(ctx, key)
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	for i, reply := range replies {
		value, err := reply.Result()
		if err != nil && !errors.Is(err, goredis.Nil) {
			return err
		}
		if s.id.within(partOf(keys[i], s.prefix), "", value) {
			s.add(keys[i])
		}
	}
	return nil
}

// lists reads outboxes whole, as the lanes do: entries that a commit removes meanwhile would shift the pages.
func (s *search) lists(ctx context.Context, node goredis.Cmdable, keys []string) error {
	for _, key := range keys {
		entries, err := node.LRange(ctx, key, 0, -1).Result()
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if s.id.within(partOf(key, s.prefix), "", entry) {
				s.add(key)
			}
		}
	}
	return nil
}

// scan reads hashes or sorted sets page by page, one page of all keys in one pipeline. A reply is field, value, field, value; or member,
// score.
func (s *search) scan(
	ctx context.Context, keys []string, next func(goredis.Pipeliner, string, uint64) *goredis.ScanCmd, node goredis.Cmdable,
) error {
	cursors := make(map[string]uint64, len(keys))
	for _, key := range keys {
		cursors[key] = 0
	}
	for len(cursors) > 0 {
		pipe := node.Pipeline()
		replies := make(map[string]*goredis.ScanCmd, len(cursors))
		for key, cursor := range cursors {
			replies[key] = next(pipe, key, cursor)
		}
		_, _ = pipe.Exec(ctx) // every reply carries its own error
		for key, reply := range replies {
			entries, cursor, err := reply.Result()
			if err != nil {
				return err
			}
			for i := 0; i+1 < len(entries); i += 2 {
				if s.id.within(partOf(key, s.prefix), entries[i], entries[i+1]) {
					s.add(key)
				}
			}
			if cursors[key] = cursor; cursor == 0 {
				delete(cursors, key)
			}
		}
	}
	return nil
}

// partOf returns which part of a shard a key is, or the first word of the name of another key: "profiles" of tm:{07}:e1:profiles, "score"
// of tm:score:17.
func partOf(key, prefix string) string {
	rest := strings.TrimPrefix(key, prefix)
	if strings.HasPrefix(rest, "{") {
		return rest[strings.LastIndexByte(rest, ':')+1:]
	}
	first, _, _ := strings.Cut(rest, ":")
	return first
}
