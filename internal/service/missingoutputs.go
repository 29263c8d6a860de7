package service

import (
	"context"
	"maps"
	"slices"

	"go.uber.org/zap"

	"tidemark/schemas"
)

// nameMissingOutputs says in the log which output topics do not exist: a lane that has something to publish there waits for the topic. An
// upgrade may bring a topic that `tidemark topics create` has not made yet.
func (s *Service) nameMissingOutputs(ctx context.Context) {
	partitions, err := s.cfg.Cluster.OutputPartitions(ctx)
	if err != nil {
		s.cfg.Log.Warn("the output topics cannot be looked for", zap.Error(err))
		return
	}
	for _, topic := range slices.Sorted(maps.Keys(partitions)) {
		if partitions[topic] > 0 || topic == schemas.Scores && !s.cfg.Lane.PublishScores {
			continue
		}
		s.cfg.Log.Warn("an output topic does not exist: the first message for it stops its lane until the topic is there; run `tidemark topics create`",
			zap.String("topic", topic))
	}
}
