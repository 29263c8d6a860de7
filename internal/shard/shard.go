// Package shard has the words that the pipeline and its store share: shards, commits, marks, views. A shard is a fixed group of
// customers. A store changes a shard by commits: each is atomic, and names the state that it starts from.
//
//	customer ── hash mod V ──> shard ── mod P ──> partition index        V shards, P partitions, V a multiple of P
//
// So the events of a shard's customers arrive in the partitions of one index, and one lane owns the shard.
package shard

import (
	"errors"
	"fmt"

	"tidemark/internal/event"
)

// ErrConflict is the error of a commit that another commit has forestalled: the shard's token is not the token that was read.
var ErrConflict = errors.New("another commit came first")

// ErrTombstones is the error, within a DamagedError, of a shard that has lost tombstones. The log brings back those whose ERASED it still
// holds.
var ErrTombstones = errors.New("tombstones are lost")

// ErrShards is the error of a number of partitions that the shards of the data cannot serve.
var ErrShards = errors.New("the shards cannot serve the partitions")

// DamagedError says that the keys of a shard do not hold what they must. No retry mends that: the shard is to be dropped, and
// rebuilt from the log.
type DamagedError struct {
	Shard int
	Err   error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("shard %d is damaged: %v", e.Shard, e.Err) }

// Unwrap returns what has been found.
func (e *DamagedError) Unwrap() error { return e.Err }

// RefusedError says that the store will never carry out a call as it is: the call is too large, or wrong in itself. No retry mends
// that, and the shard is not damaged.
type RefusedError struct {
	Shard int
	Err   error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("refused by shard %d: %v", e.Shard, e.Err) }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// Layout says how the data is laid out. It is fixed for the life of an edition: the first program writes it to tm:meta, and a
// program with another layout refuses to start. Only a rebuild changes it.
type Layout struct {
	// Edition counts the rebuilds, from 0. A rebuild fills new shards from the log; the names of their keys carry the edition.
	Edition int
	// Shards is V, the number of virtual shards: a multiple of the partition count.
	Shards int
	// Partitioner is the hash by which the producers of the input topics choose a partition.
	Partitioner Partitioner
	// Zone is the IANA name of a time zone. Days begin and end in this zone.
	Zone string
	// Base is the currency of all amounts in the state.
	Base event.Currency
}

// Of returns the shard of a customer, 0..Shards-1.
func (l Layout) Of(customer string) int { return l.Partitioner.Of(customer, l.Shards) }

// Numbers returns the numbers of all shards, 0..Shards-1.
func (l Layout) Numbers() []int {
	all := make([]int, l.Shards)
	for n := range all {
		all[n] = n
	}
	return all
}

// Check returns an error that says why l cannot serve topics with this number of partitions, and nil when it can.
func (l Layout) Check(partitions int) error {
	if partitions < 1 {
		return fmt.Errorf("%d partitions, at least 1 needed", partitions)
	}
	if l.Shards < 1 || l.Shards%partitions != 0 {
		return fmt.Errorf("%w: %d shards are not a multiple of %d partitions; `tidemark rebuild --shards %d` makes others from the log",
			ErrShards, l.Shards, partitions, DefaultShards(partitions))
	}
	if !l.Partitioner.Known() {
		return fmt.Errorf("partitioner %q is none of murmur2, crc32, fnv1a", l.Partitioner)
	}
	if _, ok := l.Base.Digits(); !ok {
		return fmt.Errorf("base currency %q is not an ISO 4217 code", l.Base)
	}
	return nil
}

// DefaultShards returns the smallest multiple of 2·partitions and of 12 that is at least 64. partitions is at least 1. The topics can
// grow to every number of partitions that divides the number of shards: to twice as many, and from 4, for example, to 6, 8, 12, 18,
// 24, 36 or 72. Beyond that, a rebuild gives more shards.
func DefaultShards(partitions int) int { return shardsFor(2*partitions, 12) }

// ShardsToGrow returns a number of shards that serves topics before and after they grow: the smallest multiple of both numbers of
// partitions, and of 12, that is at least 64.
func ShardsToGrow(before, after int) int {
	return shardsFor(before, shardsFor(after, 12))
}

// shardsFor returns the smallest common multiple of two numbers that is at least 64.
func shardsFor(a, b int) int {
	step := a
	for step%b != 0 {
		step += a
	}
	return (64 + step - 1) / step * step
}

// Growth returns the numbers of partitions to which topics can grow under l: those above the given number that divide the shards.
func (l Layout) Growth(partitions int) []int {
	var all []int
	for n := partitions + 1; n <= l.Shards; n++ {
		if l.Shards%n == 0 {
			all = append(all, n)
		}
	}
	return all
}

// Token is a fencing token: it names one state of a shard, and every commit leaves a new one. A token is random. A counter would
// repeat values after a failover that lost writes, and an owner that had read the lost state could then commit.
type Token string

// Partition is one partition of one input topic.
type Partition struct {
	Topic event.Topic
	Index int
}

func (p Partition) String() string { return fmt.Sprintf("%s/%d", p.Topic, p.Index) }

// Marks hold one offset per partition: the next offset that the shard has not seen applied.
type Marks map[Partition]int64

// Meta is the head of a shard: what the shard says of itself.
type Meta struct {
	// Token is empty when the shard does not exist. All other fields are then zero.
	Token Token
	// Sequence counts the commits of the shard, from 1.
	Sequence int64
	// Format is the version of the layout in the store.
	Format int64
	// Model is the hash of the model to which the last migration moved every profile. It is empty before the first migration. From
	// the first profiles that a migration moves until the migration ends, it is a random name.
	Model  string
	Marks  Marks
	Counts Counts
	// Moved is the edition that is to replace the edition of this shard: a rebuild has stopped the shard, so that it takes no commit.
	// It is 0 while the shard serves.
	Moved int
}

// Highest returns, for each partition, the highest mark of any shard.
func Highest(heads []Meta) Marks {
	high := Marks{}
	for _, head := range heads {
		for p, mark := range head.Marks {
			high[p] = max(high[p], mark)
		}
	}
	return high
}

// Counts are the numbers of entries in a shard's keys, sentinels included. The head holds the numbers that must be there; the
// keys hold the numbers that are there. Erased counts tombstones; without any their key is absent, and has no sentinel.
type Counts struct{ Profiles, Due, Outbox, Erased int64 }

// Audit compares a shard's head (Meta.Counts) with its keys (Actual).
type Audit struct {
	Meta   Meta
	Actual Counts
}

// Intact reports whether head and keys agree. If not, the store has lost entries. Tombstones outlive the head: where there is none, nobody
// has counted them yet.
func (a Audit) Intact() bool {
	if a.Meta.Token == "" {
		a.Actual.Erased = 0
	}
	return a.Meta.Counts == a.Actual
}

// Query asks for the profiles of some customers of one shard.
type Query struct {
	Shard     int
	Customers []string
}

// Loaded answers a Query. Head and profiles are of one instant. Profiles has one entry per customer of the query, in order; nil for
// a customer without a profile. Erased has one entry per customer too: the instant of the last erasure of a customer without a profile; 0
// where there was none, and for a customer with a profile, who bears the instant. Erased is nil if the shard has no tombstones. It may be of
// a later instant than the head: then the next commit conflicts.
type Loaded struct {
	Meta     Meta
	Profiles [][]byte
	Erased   []event.Instant
	// Cut has the instants of Tombstone.Links, for each customer whom Erased names and whose links are cut at another instant.
	Cut map[string]event.Instant
}

// Outbox is what a shard still promises to publish, oldest first, and the token that the shard had at the same instant.
type Outbox struct {
	Token   Token
	Outputs []Output
}

// Update is a customer's new state: the encoded profile, and the time of the next review. Due is event.Never when no review is to
// come. DueStands says that the shard already holds this Due: the commit need not write it.
type Update struct {
	Customer  string
	Profile   []byte
	Due       event.Instant
	DueStands bool
	// Worklist and Value are the customer's places in the two lists of the shard. The zero Place leaves the list as it is.
	Worklist, Value Place
}

// Place is what a commit does to a customer's place in a list of a shard. The zero Place leaves it as it is.
type Place struct {
	// Listed puts the customer at Rank, Unlisted takes the customer off the list. Not both.
	Listed, Unlisted bool
	// Rank sorts the list: the highest comes first. It lies within MaxRank of 0, so that a sorted set holds it exactly.
	Rank int64
}

// MaxRank is the highest rank of a list, and -MaxRank the lowest: a double holds every integer up to 2^53.
const MaxRank = 1 << 53

// List names a list of a shard.
type List uint8

// The lists: the open episodes by priority, and the buyers by value.
const (
	Worklist List = iota
	ValueList
)

// Listed is a place in a list.
type Listed struct {
	Customer string
	Rank     int64
}

// Commit is one atomic step of a shard: all of it happens, or nothing.
type Commit struct {
	Shard int
	// Read is the token of the state that the commit starts from; empty to create the shard. Token names the state that the commit
	// leaves: a new random one.
	Read, Token Token
	Updates     []Update
	// Forgotten are customers whose profile, due time and places in lists are removed. None of them has an Update.
	Forgotten []string
	// Marks are the marks to raise. A mark that stands higher stays, and so does a mark that is not named. A Marker leaves the token as
	// it is. So another lane may have moved a mark after this lane read the head.
	Marks Marks
	// Rewind says that the commit sets Marks as they are, also below the marks that stand. Only a lane that has found another log, or
	// a truncated log, sets a mark back.
	Rewind bool
	// Outbox is appended to the outbox. Confirmed entries are removed from the outbox's head.
	Outbox    []Output
	Confirmed int
	// Blanked are positions in the outbox, from its first entry after the sentinel, 0, as it was before Confirmed entries are removed.
	// These entries are overwritten by the zero Output, which nobody publishes.
	Blanked []int
	// Erased are tombstones to set. A later tombstone of the same customer stays.
	Erased []Tombstone
	// Census adds increments to counters of the shard's customers.
	Census map[string]int64
	// Model replaces Meta.Model. An empty Model leaves it.
	Model string
}

// Tombstone says that a customer was erased, and when. It outlives the shard: Drop and a rebuild preserve it. The store does not hold the
// id: it holds a keyed hash of the id.
type Tombstone struct {
	Customer string
	At       event.Instant
	// Links is the instant up to which the customer's links are cut; 0 stands for At. It is earlier where the customer has heard late of the
	// erasure of another id: who was linked to the customer meanwhile is not erased.
	Links event.Instant
}

// Marker moves marks of an idle shard. A mark moves to its offset in Next if it still equals its offset in Acked. A partition that
// is not in Acked must not have a mark yet.
type Marker struct {
	Shard       int
	Acked, Next Marks
}

// Due says when the next review of a customer is to run.
type Due struct {
	Customer string
	At       event.Instant
}

// View is what the public reads of one customer: the fields of tm:score:<customer> and the JSON of tm:detail:<customer>. Without
// fields tm:score is removed, without either both are.
type View struct {
	Customer string
	Fields   []Field
	Detail   []byte
}

// Field is one field of a public hash.
type Field struct{ Name, Value string }

// Partitions returns the partitions with this index, one per input topic.
func Partitions(index int) []Partition {
	var all []Partition
	for _, topic := range event.Inputs() {
		all = append(all, Partition{topic, index})
	}
	return all
}
