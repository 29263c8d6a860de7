package pipeline

import (
	"context"
	"fmt"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/schemas"
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
		outputs := make([]shard.Output, 0, len(chunk))
		var away []string
		for i := range chunk {
			if chunk[i].MergedInto != "" {
				away = append(away, chunk[i].Customer)
				continue
			}
			output, err := s.codec.EncodeScore(&chunk[i])
			if err != nil {
				// A score beyond what its message can hold is left out. It must not stop the scores of others, nor the lane.
				s.trouble("encode score", err)
				continue
			}
			outputs = append(outputs, output)
		}
		if err := s.outlet.send(ctx, outputs); err != nil {
			return err
		}
		if err := s.retract(ctx, away); err != nil {
			return err
		}
	}
	return nil
}

// nullID names the null value of a customer. An id may come into a log line, the name of a customer who is erased may not.
func nullID(customer string) string { return fmt.Sprintf("null %016x", event.Hash(customer)) }

// retract publishes a tombstone for each customer who is forgotten, or merged into another: a record without a value, by which compaction removes the customer's
// last score.
func (s scoreFeed) retract(ctx context.Context, gone []string) error {
	if !s.cfg.PublishScores {
		return nil
	}
	outputs := make([]shard.Output, len(gone))
	for i, customer := range gone {
		outputs[i] = shard.Output{ID: nullID(customer), Topic: schemas.Scores, Key: []byte(customer)}
	}
	return s.outlet.send(ctx, outputs)
}
