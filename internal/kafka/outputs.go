package kafka

import (
	"context"

	"tidemark/schemas"
)

// OutputTopics returns the topics that Tidemark writes to: those of transitions, erasures, scores and dead letters.
func OutputTopics() []string {
	return append(TransitionTopics(), schemas.Erasures, schemas.Scores, schemas.DeadLetters)
}

// OutputPartitions returns the partition count of each output topic, 0 for a topic that does not exist.
func (c *Cluster) OutputPartitions(ctx context.Context) (map[string]int, error) {
	found, err := c.partitions(ctx, OutputTopics()...)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, topic := range OutputTopics() {
		counts[topic] = len(found[topic])
	}
	return counts, nil
}
