package pipeline

import (
	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/redis"
	"tidemark/internal/score"
)

// The adapters meet the ports without importing them.
var (
	_ Source    = (*kafka.Generation)(nil)
	_ Publisher = (*kafka.Publisher)(nil)
	_ Store     = (*redis.Store)(nil)
	_ Codec     = (*avro.Codec)(nil)
	_ Engine    = (*score.Engine)(nil)
)
