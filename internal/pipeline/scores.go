package pipeline

import (
	"context"
	"slices"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// scoreFeed publishes public scores, where that is asked for. Offsets are committed afterwards only: what a crash leaves out is published
// when its events come again.
type scoreFeed struct {
	*base
	codec  Codec
	outlet outlet
}

func (s scoreFeed) publish(ctx context.Context, scores []score.Score) error {
	if !s.cfg.PublishScores {
		return nil
	}
	for chunk := range slices.Chunk(scores, viewsAtOnce) {
		outputs := make([]shard.Output, len(chunk))
		for i := range chunk {
			var err error
			if outputs[i], err = s.codec.EncodeScore(&chunk[i]); err != nil {
				return err
			}
		}
		if err := s.outlet.send(ctx, outputs); err != nil {
			return err
		}
	}
	return nil
}
