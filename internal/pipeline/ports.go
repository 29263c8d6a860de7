package pipeline

import (
	"context"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Source is the log that lanes read, within one generation of the consumer group.
type Source interface {
	// Bounds returns the first offset that the log still holds, and its end: the next offset to be written.
	Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error)
	// Fetch reads on from an offset. It waits a bounded time for records; an empty answer is no error. It fails with
	// stream.ErrOffsetOutOfRange rather than skip records. One goroutine at a time calls it per partition.
	Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error)
	// CommitOffsets commits offsets to the consumer group. It fails once the generation has ended.
	CommitOffsets(ctx context.Context, offsets map[shard.Partition]int64) error
	// Counted returns the number of partitions of each input topic as it was last seen, and the local time at which that was asked. Before
	// the first answer both are 0. It does not wait.
	Counted() (partitions int, at event.Instant)
}

// Store is the state of the shards. Each part of a lane takes the side of the store that the part needs.
type Store interface {
	Shards
	Queues
	Views
	Origins
	Lanes
}

// Shards is the truth: heads and profiles, and the atomic steps that change a shard.
type Shards interface {
	// Audit reads the heads of shards and counts what their keys hold, one entry per shard asked for.
	Audit(ctx context.Context, shards []int) ([]shard.Audit, error)
	// Metas reads the heads of shards, one per shard asked for.
	Metas(ctx context.Context, shards []int) ([]shard.Meta, error)
	// Load answers queries, each at one instant. Tombstones may be of a later instant.
	Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error)
	// Scan pages through the profiles of a shard. A scan begins and ends with the cursor 0.
	Scan(ctx context.Context, shard int, cursor uint64, count int) (profiles [][]byte, next uint64, err error)
	// Commit carries out commits of distinct shards and returns one error per commit: nil where the commit is done (now, or by an
	// earlier try with the same token), shard.ErrConflict where another commit came first, a *shard.RefusedError where no retry helps.
	// A commit sets no mark back, unless the commit says Rewind.
	Commit(ctx context.Context, commits []shard.Commit) []error
	// Mark moves marks of idle shards as the markers say and returns the heads as they are then.
	Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error)
	// Drop removes shards with all that they hold but for their tombstones, so that they can be rebuilt from the log. A commit with an
	// empty Read creates them anew.
	Drop(ctx context.Context, shards []int) error
}

// Queues are what waits in a shard: reviews for their time, outputs for their publication.
type Queues interface {
	// Due returns the earliest due reviews of a shard, in order of time and customer, at most limit.
	Due(ctx context.Context, shard, limit int) ([]shard.Due, error)
	// Outbox returns the entries of a shard's outbox, and the token that the shard had at the same instant.
	Outbox(ctx context.Context, shard int) (shard.Outbox, error)
}

// Views are what the public reads, and the counters behind the view of the population. All of it can be derived again.
type Views interface {
	// Project rewrites the public views of customers.
	Project(ctx context.Context, views []shard.View) error
	// Census reads the counters of shards, one map per shard asked for.
	Census(ctx context.Context, shards []int) ([]map[string]int64, error)
	// ProjectPopulation makes the public view of the population hold these fields and no others.
	ProjectPopulation(ctx context.Context, fields map[string]string) error
}

// Origins are the first records of the input partitions, as the logs held them when they were first seen. They tell a log from another
// log of the same name.
type Origins interface {
	// Origins returns what is remembered of partitions. A partition of which nothing is remembered is absent.
	Origins(ctx context.Context, partitions []shard.Partition) (map[shard.Partition]shard.Origin, error)
	// Remember remembers origins in place of what was remembered before. A zero Origin forgets a partition.
	Remember(ctx context.Context, origins map[shard.Partition]shard.Origin) error
}

// Lanes are what the lanes of all members tell each other.
type Lanes interface {
	// Tell replaces what the lane of a partition index tells of itself; nil tells nothing. It returns what all lanes have told, and the
	// store's clock.
	Tell(ctx context.Context, index int, r *shard.Reading) (map[int]shard.Reading, event.Instant, error)
}

// Publisher writes outputs to their topics.
type Publisher interface {
	// Publish returns when all in-sync replicas have acknowledged all outputs, or with an error. A *shard.UnsentError names the outputs
	// that failed; after any other error any output may have been written. Outputs with the same key keep their order.
	Publish(ctx context.Context, outputs []shard.Output) error
}

// Codec translates between messages and what they mean. It is safe for concurrent use: fetchers decode ahead.
type Codec interface {
	// Decode returns the validated event of a record; nil for a record that carries no event. It fails
	// with an *event.Invalid, or with stream.ErrSchemaUnavailable: then the record cannot be judged now, and is to be tried again.
	// The event shares no memory with the record.
	Decode(r stream.Record) (event.Event, error)
	// Encode returns the message that announces t.
	Encode(t score.Transition) (shard.Output, error)
	// EncodeScore returns the message that carries a customer's public score. The same score gives the same id.
	EncodeScore(s *score.Score) (shard.Output, error)
	// EncodeErasure returns the message which says that a customer was erased at an instant. The same erasure gives the same id.
	EncodeErasure(customer string, at event.Instant) (shard.Output, error)
	// EncodeLink returns the message that one id sends to another. The same message gives the same id. It fails with an *event.Invalid if
	// no reader would take the message.
	EncodeLink(l *event.Link) (shard.Output, error)
}

// Engine scores customers under one model; *score.Engine is the one that serves. Its methods are pure.
type Engine interface {
	New(customer string) score.Profile
	Apply(p score.Profile, x event.Event) (score.Profile, []score.Transition, score.Verdict)
	Review(p score.Profile, at event.Instant) (score.Profile, []score.Transition)
	// Messages returns what the id of a profile tells other ids after an event, in order. marks are those of its home with the event read:
	// name of a partition to next offset.
	Messages(before, after *score.Profile, x event.Event, marks map[string]int64) []*event.Link
	// Refers returns what the home of a buyer tells that of the referrer whom an order names; nil for nothing. v is what became of the order.
	Refers(x event.Event, v score.Verdict) *event.Link
	// Outgoing returns the histories that the id of a profile must have sent, as they stand.
	Outgoing(p *score.Profile, marks map[string]int64) []*event.Link
	Schedule(p score.Profile) score.Profile
	// Listing returns where p stands in the lists, as of p's own instant.
	Listing(p *score.Profile) score.Listing
	// Score returns what the public sees of p at an instant, or at p's own instant if that is later.
	Score(p score.Profile, at event.Instant) score.Score
	// Shows reports whether an event may change the Score more than the passing of time does. When it returns false, and
	// no label or due time has changed either, the lane leaves the view as it is: as_of says how old the view is.
	Shows(x event.Event) bool
	// Unrated says for which events in a currency the model has no rate: "AUD", or "EUR before 2015-01-01".
	Unrated(c event.Currency) string
	// Hash names the model.
	Hash() string
	// EffectiveAt is the instant from which the model is in force. Review moves a profile of another model to this model at
	// that instant, or at the profile's own instant where that is later.
	EffectiveAt() event.Instant
}
