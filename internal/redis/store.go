// Package redis keeps the state of the shards, and what dashboards read, in Redis or Redis Cluster.
//
// A shard is five keys in one slot, written by one script per commit:
//
//	tm:{07}:meta      hash        token, sequence, format, counts, model, and a mark m:<topic>:<partition> each
//	tm:{07}:profiles  hash        customer -> profile
//	tm:{07}:due       sorted set  customer by the time of the next review, in ms
//	tm:{07}:outbox    list        encoded outputs not yet confirmed
//	tm:{07}:census    hash        counters of the shard's customers
//
// While a slot migrates, a script that names a key which does not exist fails. So every key but meta, whose token is
// always there, holds a sentinel: the empty member, which no customer has, since ids are never empty. The counts in
// meta include it.
//
// Beside them stand tm:meta (the layout), tm:model (the model in force), tm:population, and per customer
// tm:score:<customer> and tm:detail:<customer>.
package redis

import (
	"fmt"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// DefaultPrefix begins the name of every key.
const DefaultPrefix = "tm"

// Format is the version of the layout of a shard's keys. A Store refuses to read a shard of a later format.
const Format = 1

// Store is the state of the shards in Redis. It is safe for concurrent use. It keeps no state of its own beside the
// client, which the caller closes.
type Store struct {
	client goredis.UniversalClient
	prefix string
	layout shard.Layout
	width  int // digits of a shard's number
}

// New returns a store over a client. The client may retry: every call of a Store may arrive twice. An empty prefix means
// DefaultPrefix; a prefix with braces is an error. Stores with different prefixes can share a server. A layout without shards is
// enough for methods that take no shard.
func New(client goredis.UniversalClient, prefix string, layout shard.Layout) (*Store, error) {
	if prefix == "" {
		prefix = DefaultPrefix
	}
	if strings.ContainsAny(prefix, "{}") {
		return nil, fmt.Errorf("key prefix %q: braces would move the shards to other slots", prefix)
	}
	return &Store{client, prefix, layout, max(2, len(fmt.Sprint(layout.Shards-1)))}, nil
}

// The keys of a shard, in the order in which the scripts take them.
const (
	metaKey = iota
	profilesKey
	dueKey
	outboxKey
	censusKey
)

var shardKeys = [...]string{metaKey: "meta", profilesKey: "profiles", dueKey: "due", outboxKey: "outbox", censusKey: "census"}

// keys returns the names of a shard's keys. Their hash tag, the text in the first pair of braces, is the shard's number. So all
// keys of a shard are in one slot.
func (s *Store) keys(n int) []string {
	tag := fmt.Sprintf("%s:{%0*d}:", s.prefix, s.width, n)
	names := make([]string, len(shardKeys))
	for i, name := range shardKeys {
		names[i] = tag + name
	}
	return names
}

// key returns the name of a key outside the shards.
func (s *Store) key(parts ...string) string { return s.prefix + ":" + strings.Join(parts, ":") }

// inRange returns an error if n is not the number of a shard.
func (s *Store) inRange(n int) error {
	if n < 0 || n >= s.layout.Shards {
		return fmt.Errorf("no such shard among %d", s.layout.Shards)
	}
	return nil
}
