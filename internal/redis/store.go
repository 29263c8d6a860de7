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
// Beside them stand tm:meta (the layout), tm:model (the model activated last, and the one before it), tm:population, and per customer
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

// Format is the version of the shards' layout in Redis. A shard of a later format is refused.
const Format = 1

// Store is the state of the shards in Redis. It is safe for concurrent use and holds nothing but the client, which
// stays its caller's to close.
type Store struct {
	client goredis.UniversalClient
	prefix string
	layout shard.Layout
	width  int // digits of a shard's number
}

// New returns a store over a client, whose retries are welcome: whatever a Store sends may arrive twice. An empty
// prefix is DefaultPrefix. Two stores with different prefixes share a server without touching each other. A layout
// without shards will do for the methods that name none.
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

// keys returns the names of a shard's keys; the hash tag is the first pair of braces, so that customer ids never
// choose the slot of a shard.
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

// inRange says why n is no shard; nil when it is one.
func (s *Store) inRange(n int) error {
	if n < 0 || n >= s.layout.Shards {
		return fmt.Errorf("no such shard among %d", s.layout.Shards)
	}
	return nil
}
