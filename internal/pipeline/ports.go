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
	// Bounds returns the first offset still held and the end of the log (the next offset to be written).
	Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error)
	// Fetch reads on from an offset. It waits a bounded time for records; none is no error. It fails with
	// stream.ErrOffsetOutOfRange rather than skip. One goroutine at a time per partition.
	Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error)
	// CommitOffsets tells the group how far its members have got. It fails once the generation has ended.
	CommitOffsets(ctx context.Context, offsets map[shard.Partition]int64) error
}

// Store is the state of the shards.
type Store interface {
	// Audit reads the heads of shards and counts what their keys hold, one entry per shard asked for.
	Audit(ctx context.Context, shards []int) ([]shard.Audit, error)
	// Metas reads the heads of shards, one per shard asked for.
	Metas(ctx context.Context, shards []int) ([]shard.Meta, error)
	// Load answers queries, each at one instant.
	Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error)
	// Commit carries out commits of distinct shards and returns one error per commit: nil where it is done (now, or by an
	// earlier try with the same token), shard.ErrConflict where another came first.
	Commit(ctx context.Context, commits []shard.Commit) []error
	// Drop removes shards with all that they hold, so that they can be rebuilt from the log. A commit with an empty Read
	// creates them anew.
	Drop(ctx context.Context, shards []int) error
	// Mark moves marks of idle shards as their markers say and returns the heads as they are then.
	Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error)
	// Due returns the earliest due reviews of a shard, in order of time and customer, at most limit.
	Due(ctx context.Context, shard, limit int) ([]shard.Due, error)
	// Outbox returns the unconfirmed outputs of a shard, oldest first.
	Outbox(ctx context.Context, shard int) ([]shard.Output, error)
	// Scan pages through the profiles of a shard. A scan begins and ends with the cursor 0.
	Scan(ctx context.Context, shard int, cursor uint64, count int) (profiles [][]byte, next uint64, err error)
	// Project rewrites the public views of customers.
	Project(ctx context.Context, views []shard.View) error
	// Census reads the counters of shards, one map per shard asked for.
	Census(ctx context.Context, shards []int) ([]map[string]int64, error)
	// ProjectPopulation makes the public view of the population hold these fields and no others.
	ProjectPopulation(ctx context.Context, fields map[string]string) error
}

// Publisher writes outputs to their topics.
type Publisher interface {
	// Publish returns when all outputs are acknowledged by all in-sync replicas, or with an error; then any of them may
	// have been written. Outputs with the same key keep their order.
	Publish(ctx context.Context, outputs []shard.Output) error
}

// Codec translates between messages and what they mean. It is safe for concurrent use: fetchers decode ahead.
type Codec interface {
	// Decode returns the validated event of a record, nil for one that carries none (a transaction marker), or an
	// *event.Invalid; stream.ErrSchemaUnavailable where it cannot be judged now, and is to be tried again. The event shares
	// no memory with the record.
	Decode(r stream.Record) (event.Event, error)
	// Encode returns the message that announces t.
	Encode(t score.Transition) (shard.Output, error)
	// EncodeScore returns the message that carries a customer's public score. The same score gives the same id.
	EncodeScore(s *score.Score) (shard.Output, error)
}

// Engine scores customers under one model; *score.Engine is the one that serves. Its methods are pure.
type Engine interface {
	New(customer string) score.Profile
	Apply(p score.Profile, x event.Event) (score.Profile, []score.Transition, score.Verdict)
	Review(p score.Profile, at event.Instant) (score.Profile, []score.Transition)
	Schedule(p score.Profile) score.Profile
	// Score returns what the public sees of p at an instant, or at p's own instant if that is later.
	Score(p score.Profile, at event.Instant) score.Score
	// Shows reports whether an event may change the Score. An event that does not show, and changes no label or review, leaves
	// the public view as it is; the view's as_of says of when it is.
	Shows(x event.Event) bool
	// Hash names the model.
	Hash() string
	// EffectiveAt is the instant from which the model is in force: Review takes a profile of another model over to it
	// then, or at the profile's own instant where that is later.
	EffectiveAt() event.Instant
}
