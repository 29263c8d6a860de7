package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"
)

// GrowTopics gives all input topics and the topic of links this number of partitions, in one request. A topic that has as many already stays as it is; one that
// has more is an error, because Kafka removes no partitions. GrowTopics returns when the new partitions can be read and written.
func (c *Cluster) GrowTopics(ctx context.Context, partitions int) error {
	found, err := c.partitions(ctx, inputNames()...)
	if err != nil {
		return fmt.Errorf("grow topics: %w", err)
	}
	request := &kafkago.CreatePartitionsRequest{}
	for _, topic := range inputNames() {
		switch n := len(found[topic]); {
		case n == 0:
			return fmt.Errorf("grow topics: %w: %s; create it with tidemark topics create", ErrTopicMissing, topic)
		case n > partitions:
			return fmt.Errorf("grow topics: %s has %d partitions already, and Kafka removes none", topic, n)
		case n < partitions:
			request.Topics = append(request.Topics, kafkago.TopicPartitionsConfig{Name: topic, Count: int32(partitions)})
		}
	}
	if len(request.Topics) == 0 {
		return nil
	}
	answer, err := c.client.CreatePartitions(ctx, request)
	if err != nil {
		return fmt.Errorf("grow topics: %w", err)
	}
	for topic, err := range answer.Errors {
		// A topic that has just grown may be refused, because our metadata are older. awaitGrowth tells.
		if err != nil && !errors.Is(err, kafkago.InvalidPartitionNumber) {
			return fmt.Errorf("grow topic %s: %w", topic, err)
		}
	}
	return c.awaitGrowth(ctx, partitions)
}

// awaitGrowth waits until all topics that grow show so many partitions whose leaders answer, at most the request timeout.
func (c *Cluster) awaitGrowth(ctx context.Context, partitions int) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	for {
		found, err := c.partitions(ctx, inputNames()...)
		small := smaller(found, partitions)
		if err == nil && small == "" {
			return c.awaitLeaders(ctx, inputNames())
		}
		if pause(ctx, firstPause) != nil {
			return fmt.Errorf("grow topics: wait until they have %d partitions: %s has not, %w", partitions, small, cmp.Or(err, ctx.Err()))
		}
	}
}

// smaller returns a topic that does not have this number of partitions, if there is one.
func smaller(found map[string][]kafkago.Partition, partitions int) string {
	for _, topic := range inputNames() {
		if len(found[topic]) != partitions {
			return topic
		}
	}
	return ""
}
