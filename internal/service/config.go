package service

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// Config configures a Service. A field must be set unless its comment says optional.
type Config struct {
	Log     *zap.Logger
	Cluster *kafka.Cluster
	Redis   goredis.UniversalClient
	Codec   *avro.Codec
	// OpenCodec, optional, makes the codec at the start instead of Codec: it asks a schema registry, and is called again while that is away.
	OpenCodec func(context.Context) (*avro.Codec, error)
	// Prefix, optional, begins the names of the keys in Redis; empty means redis.DefaultPrefix.
	Prefix string
	// Model is the source of the model that the first start puts into force. ModelGiven says that the user named this model: then the
	// service starts only if this model is in force or announced.
	Model      []byte
	ModelGiven bool
	// Layout is the layout of the data at the first start. If Shards is 0, the service takes the number of shards of the data, or at
	// the first start shard.DefaultShards. If Partitioner is empty, it takes that of the data, or at the first start the one that explains
	// where the records in the topics lie. The service sets the currency from the model.
	Layout shard.Layout
	// StartWithin, optional, bounds how long the start waits for each server that is away. 0 waits for ever.
	StartWithin time.Duration
	// ExitWhenCaughtUp, optional, ends the service once the group has committed the end offset of every input partition.
	ExitWhenCaughtUp bool
	// ForgetProspects, optional, is the silence in whole days after which customers who never bought are forgotten; see
	// score.Engine.Forgetting. All instances, and a replay that is to agree, need the same.
	ForgetProspects time.Duration
	// Lane holds the settings of all lanes.
	Lane pipeline.Settings
	// Remedy, optional, says what to do about an error; the log says so where the error begins.
	Remedy func(error) string
	// Observe, optional, is called with every transition when it is encoded. When a commit is retried, it is called again.
	Observe func(score.Transition)
	// Between, optional, wraps the store of the lanes, so that a test can make the store fail.
	Between func(pipeline.Store) pipeline.Store
}
