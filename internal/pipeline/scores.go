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

func (s scoreFeed) publish(ctx context.Context, views []shard.View) error {
	if !s.cfg.PublishScores {
		return nil
	}
	for chunk := range slices.Chunk(views, viewsAtOnce) {
		outputs := make([]shard.Output, len(chunk))
		for i, v := range chunk {
			fields := make([]score.NamedValue, len(v.Fields))
			for j, f := range v.Fields {
				fields[j] = score.NamedValue{Name: f.Name, Value: f.Value}
			}
			var err error
			if outputs[i], err = s.codec.EncodeScore(v.Customer, s.cfg.Layout.Base, fields); err != nil {
				return err
			}
		}
		if err := s.outlet.send(ctx, outputs); err != nil {
			return err
		}
	}
	return nil
}
