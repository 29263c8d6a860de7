package service

import (
	"tidemark/internal/avro"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// observed is a codec that calls observe with every transition when it is encoded.
type observed struct {
	*avro.Codec
	observe func(score.Transition)
}

// Encode calls observe with t, and encodes t.
func (c observed) Encode(t score.Transition) (shard.Output, error) {
	c.observe(t)
	return c.Codec.Encode(t)
}
