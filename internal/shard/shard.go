// Package shard says which customers belong together, and what one atomic commit of them holds.
package shard

import (
	"errors"
	"fmt"

	"tidemark/internal/event"
)

// ErrConflict is the error of a commit whose shard has another token than the one that was read.
var ErrConflict = errors.New("another commit came first")

// Layout is fixed for the life of the data. It stands in tm:meta; a mismatch refuses to start.
type Layout struct {
	// Shards is V, the number of virtual shards: a multiple of the partition count.
	Shards int
	// Partitioner is the hash by which the producers choose a partition.
	Partitioner Partitioner
	// Zone is the IANA name of the zone whose calendar days count.
	Zone string
	// Base is the currency that all money is kept in.
	Base event.Currency
}

// Of returns the shard of a customer, 0..Shards-1.
func (l Layout) Of(customer string) int { return l.Partitioner.Of(customer, l.Shards) }

// Check says why l cannot serve topics of so many partitions; nil when it can.
func (l Layout) Check(partitions int) error {
	if partitions < 1 {
		return fmt.Errorf("%d partitions, at least 1 needed", partitions)
	}
	if l.Shards < 1 || l.Shards%partitions != 0 {
		return fmt.Errorf("%d shards are not a multiple of %d partitions", l.Shards, partitions)
	}
	if !l.Partitioner.Known() {
		return fmt.Errorf("partitioner %q is none of murmur2, crc32, fnv1a", l.Partitioner)
	}
	if _, ok := l.Base.Digits(); !ok {
		return fmt.Errorf("base currency %q is not an ISO 4217 code", l.Base)
	}
	return nil
}

// DefaultShards is the smallest multiple of twice the partition count that is at least 64.
func DefaultShards(partitions int) int {
	step := 2 * partitions
	return (64 + step - 1) / step * step
}

// Token names one state of a shard. It is random, not a counter: a failover could issue a counter's value again.
type Token string

// Partition is one partition of one input topic.
type Partition struct {
	Topic event.Topic
	Index int
}

func (p Partition) String() string { return fmt.Sprintf("%s/%d", p.Topic, p.Index) }

// Marks hold, per partition, the next offset that a shard has not yet seen applied.
type Marks map[Partition]int64

// Meta is the head of a shard.
type Meta struct {
	// Token is empty where the shard does not exist.
	Token    Token
	Sequence int64
	Format   int64
	// Model is the hash of the model that all of the shard's profiles have been reviewed under; while they are taken over to another,
	// some other name.
	Model  string
	Marks  Marks
	Counts Counts
}

// Counts are the entries of a shard's other keys, sentinels included. What meta says and what the keys hold must agree.
type Counts struct{ Profiles, Due, Outbox int64 }

// Audit is what a shard's meta says beside what its keys hold.
type Audit struct {
	Meta   Meta
	Actual Counts
}

// Intact reports whether meta and keys agree.
func (a Audit) Intact() bool { return a.Meta.Counts == a.Actual }

// Query asks for the profiles of some customers of one shard.
type Query struct {
	Shard     int
	Customers []string
}

// Loaded answers a Query at one instant: the shard's head, and a profile (nil for none) per customer asked for.
type Loaded struct {
	Meta     Meta
	Profiles [][]byte
}

// Update is a customer's new state. Due is event.Never when no review is to come. DueStands says that the shard holds this
// very Due already, so that it need not be written.
type Update struct {
	Customer  string
	Profile   []byte
	Due       event.Instant
	DueStands bool
}

// Commit is one atomic step of a shard: all of it happens, or nothing.
type Commit struct {
	Shard int
	// Read is the token that the step starts from, Token the random one that it leaves behind.
	Read, Token Token
	Updates     []Update
	// Marks are those to set; others stay.
	Marks Marks
	// Outbox is appended; Confirmed entries are taken off its head.
	Outbox    []Output
	Confirmed int
	// Census adds to counters of the shard's customers.
	Census map[string]int64
	// Model replaces the model hash in meta; empty leaves it.
	Model string
}

// Marker moves the marks of an idle shard: each is set to Next only where it still equals Acked.
type Marker struct {
	Shard       int
	Acked, Next Marks
}

// Due says when a customer is to be reviewed.
type Due struct {
	Customer string
	At       event.Instant
}

// View is what dashboards read of one customer: the fields of tm:score and the JSON of tm:detail.
type View struct {
	Customer string
	Fields   []Field
	Detail   []byte
}

// Field is one field of a public hash.
type Field struct{ Name, Value string }

// Partitions lists the partitions of an index: one per input topic.
func Partitions(index int) []Partition {
	var all []Partition
	for _, topic := range event.Topics() {
		all = append(all, Partition{topic, index})
	}
	return all
}
