// Package redis keeps the state of the shards, and the views that dashboards read, in Redis or Redis Cluster.
//
// # The keys of a shard
//
// A shard has seven keys, and an eighth once a customer was erased. All names carry the hash tag {07}, the shard's number, so that Redis Cluster keeps the keys in one slot
// and one script can change all of them:
//
//	key               type        holds                                                         sentinel
//	tm:{07}:meta      hash        the head: token, sequence, format, model,                     none
//	                              counts of entries: profiles, due, outbox, erased,
//	                              and a mark m:<topic>:<partition> per partition: an offset
//	tm:{07}:profiles  hash        customer -> encoded profile                                   "" -> ""
//	tm:{07}:due       sorted set  customer, by the time of the next review in ms since 1970     "", at infinity
//	tm:{07}:outbox    list        encoded outputs, oldest first                                 "", at index 0
//	tm:{07}:census    hash        name of a counter -> sum over the shard's customers           "" -> 0
//	tm:{07}:worklist  sorted set  customer with an open episode, by priority                      "", at -infinity
//	tm:{07}:value     sorted set  buyer, by value in minor units                                "", at -infinity
//	tm:{07}:erased    hash        16 bytes of HMAC-SHA256(erasure_key, customer) -> tombstone:  none
//	                              when the customer was erased, in ms since 1970, and in which
//	                              shard of how many: "1767225600123 7/64"
//
// While a slot migrates to another node, a script fails if one of its keys does not exist; and Redis removes a key without entries.
// So every key but meta holds a sentinel, and meta always holds the token. The sentinel's name is the empty text, which is never
// the id of a customer. The counts in meta include the sentinels.
//
// The key erased has no sentinel: most shards have no tombstones and no such key. A script gets that key only if the script needs the key:
// to create a shard, and to set tombstones. So a migration of slots delays nothing else. Tombstones are never removed while their edition
// is in force: a drop leaves them, and a rebuild copies them.
//
// A rebuild fills a new edition of all shards, whose keys are named tm:{07}:e1:meta and so on (edition 0 has no such part). When the new
// edition takes over, the heads of the edition before stay, without other keys: the field moved says which edition has followed.
//
// # The other keys
//
//	key                   type    holds                                                                written by
//	tm:meta               hash    the layout: format, edition, shards, partitioner, zone,              Open, SwitchEdition
//	                              base_currency;
//	                              model: the hash in tm:model;                                         ActivateModel, RestoreModel
//	                              erasure_key: 32 random bytes in hex, made once;                      Commit, Naming
//	                              next_…: the layout of a rebuild under way, its owner and lease;      ClaimRebuild
//	                              given_up: the edition of the last rebuild that was given up          GiveUpRebuild
//	tm:model              hash    source, hash and effective_at of the model activated last,           ActivateModel, RestoreModel
//	                              and of the model before it as previous_…
//	tm:log                hash    <topic>:<partition> -> <offset> <record time in ms> <SHA-256>          Remember
//	                              of the first record that the log held when it was first seen
//	tm:lanes              hash    partition index -> JSON: how far its lane has read, which shards of       Tell
//	                              other lanes its partitions have fed, and when each topic was heard
//	                              (tm:lanes:e1 for the lanes of edition 1)
//	tm:probe              string  nothing; it expires after 10 s                                       Writable
//	tm:population         hash    public: figures of all customers together                            ProjectPopulation
//	tm:score:<customer>   hash    public: the customer's score, one field per figure or label          Project
//	tm:detail:<customer>  string  public: JSON that explains the score                                 Project
//
// A running service writes again what is missing of tm:meta (KeepMeta), tm:model, tm:log and tm:lanes.
//
// Dashboards read the public keys. The pipeline never reads a public key; it can write all of them again from the shards.
//
// # The scripts
//
// While a script runs, its server runs nothing else. The comment at the top of a script says what the script checks and in which
// order it writes:
//
//	commit.lua    tm:{07}:*                    commits one atomic step of a shard
//	bury.lua      tm:{07}:meta, erased         adds tombstones of another edition
//	mark.lua      tm:{07}:meta                 moves marks of an idle shard
//	load.lua      tm:{07}:meta, profiles       reads the head and some profiles
//	audit.lua     tm:{07}:*                    reads the head and counts profiles, due, outbox and erased
//	outbox.lua    tm:{07}:meta, outbox         reads the token and the outbox
//	drop.lua      tm:{07}:* but erased         removes a shard
//	stop.lua      tm:{07}:meta                 stops a shard in favour of another edition
//	rebuild.lua   tm:meta                      begins, renews, switches or gives up a rebuild
//	open.lua      tm:meta or tm:model          writes a hash that does not exist yet
//	lanes.lua     tm:lanes                     writes what a lane tells, and returns what all have told
//	activate.lua  tm:model                     replaces the models if tm:model still is as the caller read it
//	foreign.lua   tm:meta, model, log, lanes   removes a key in whose place somebody has put another type
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
// client, which the caller closes, and the key of the tombstones, which it has read.
type Store struct {
	client goredis.UniversalClient
	prefix string
	layout shard.Layout
	width  int // digits of a shard's number
	// fields are the fields of a head that Audit and Mark return, none for all: see Of.
	fields []any
	// erasures is shared by all copies of the store.
	erasures *erasureKey
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
	return &Store{
		client: client, prefix: prefix, layout: layout, width: max(2, len(fmt.Sprint(layout.Shards-1))), erasures: &erasureKey{},
	}, nil
}

// Of returns a store whose Audit and Mark return heads with the marks of these partitions only. A head has a mark for each partition of
// the inputs, and a lane asks for a number of heads each second, but needs the marks of its own partitions. With all marks, the cost of P
// idle lanes would grow with P².
func (s *Store) Of(partitions ...shard.Partition) *Store {
	of := *s
	of.fields = nil
	for _, name := range headFields {
		of.fields = append(of.fields, name)
	}
	for _, p := range partitions {
		of.fields = append(of.fields, markField(p))
	}
	return &of
}

// The keys of a shard, in the order in which the scripts take them. The key of the tombstones is erasedKey.
const (
	metaKey = iota
	profilesKey
	dueKey
	outboxKey
	censusKey
	worklistKey
	valueKey
)

var shardKeys = [...]string{
	metaKey: "meta", profilesKey: "profiles", dueKey: "due", outboxKey: "outbox", censusKey: "census",
	worklistKey: "worklist", valueKey: "value",
}

// keys returns the names of a shard's keys. Their hash tag, the text in the first pair of braces, is the shard's number. So all
// keys of a shard are in one slot.
func (s *Store) keys(n int) []string {
	tag := s.tag(n)
	names := make([]string, len(shardKeys))
	for i, name := range shardKeys {
		names[i] = tag + name
	}
	return names
}

// tag returns how the names of a shard's keys begin.
func (s *Store) tag(n int) string {
	tag := fmt.Sprintf("%s:{%0*d}:", s.prefix, s.width, n)
	if s.layout.Edition > 0 {
		tag += fmt.Sprintf("e%d:", s.layout.Edition)
	}
	return tag
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
