package service

import (
	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// Config is what a service is made of. What is not marked as optional must be set.
type Config struct {
	Log     *zap.Logger
	Cluster *kafka.Cluster
	Redis   goredis.UniversalClient
	Codec   *avro.Codec
	// Prefix begins the keys in Redis; empty is redis.DefaultPrefix.
	Prefix string
	// Model is the source of the model to put into force where none is. ModelGiven says that the user named this model: then
	// this model must be in force, or announced.
	Model      []byte
	ModelGiven bool
	// Layout is how a first start lays the data out. No shards are as many as the data has, or else the default for the
	// partitions. The currency is the model's.
	Layout shard.Layout
	// ExitWhenCaughtUp ends the service once the committed offsets of the group are the ends of the log.
	ExitWhenCaughtUp bool
	// Lane is what all lanes have in common. The service sets what connects a lane with the rest.
	Lane pipeline.Settings
	// Watch, optional, sees every transition when it is encoded; a commit that is tried again shows it again.
	Watch func(score.Transition)
	// Between, optional, wraps the store that the lanes are given: a test takes away what they rely on.
	Between func(pipeline.Store) pipeline.Store
}
