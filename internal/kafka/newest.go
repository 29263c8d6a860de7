package kafka

import (
	"context"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// EachNewest calls take with the newest records of every partition of a topic, at most so many each. It returns how many offsets the topic
// holds. A topic that does not exist is an error. After an error, take has seen the records that were read until then, and the number of
// offsets is that of the partitions that were looked at.
func (c *Cluster) EachNewest(ctx context.Context, topic string, perPartition int, take func(stream.Record)) (held int64, err error) {
	found, err := c.partitions(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("read the newest records of %s: %w", topic, err)
	}
	if len(found[topic]) == 0 {
		return 0, fmt.Errorf("read the newest records of %s: %w", topic, kafkago.UnknownTopicOrPartition)
	}
	log := c.NewLog()
	defer log.Close()
	for _, p := range found[topic] {
		n, err := log.eachNewest(ctx, shard.Partition{Topic: event.Topic(topic), Index: p.ID}, perPartition, take)
		held += n
		if err != nil {
			return held, fmt.Errorf("read the newest records: %w", err)
		}
	}
	return held, nil
}

// eachNewest calls take with the last records of p, and returns how many offsets p holds.
func (l *Log) eachNewest(ctx context.Context, p shard.Partition, records int, take func(stream.Record)) (held int64, err error) {
	first, end, err := l.Bounds(ctx, p)
	if err != nil {
		return 0, err
	}
	for at := max(first, end-int64(records)); at < end; {
		fetch, err := l.Fetch(ctx, p, at)
		if err != nil {
			return end - first, err
		}
		for _, r := range fetch.Records {
			take(r)
		}
		if fetch.Next == at && fetch.Open > 0 {
			break // an open transaction holds the rest back
		}
		at = fetch.Next
	}
	return end - first, nil
}
