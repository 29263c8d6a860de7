package service

import (
	"tidemark/internal/avro"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// telling is a codec that shows every transition to a watcher when it is encoded.
type telling struct {
	*avro.Codec
	watch func(score.Transition)
}

// Encode encodes t and shows it.
func (c telling) Encode(t score.Transition) (shard.Output, error) {
	c.watch(t)
	return c.Codec.Encode(t)
}
