package kafka

import (
	"context"
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// OpenTransaction is a transaction that is neither committed nor aborted, and holds back a partition.
type OpenTransaction struct {
	Partition shard.Partition
	// Offset is the offset of its first record: the last stable offset of the partition. Held is the number of offsets from there on.
	Offset, Held int64
	// Since is the record time of its first record, by the clock of the producer.
	Since event.Instant
}

// LongestTransaction is the longest that brokers let a transaction take unless they are told otherwise: transaction.max.timeout.ms. An older
// one hangs: no broker will end it.
const LongestTransaction = 15 * time.Minute

// OpenTransactions returns the transactions that hold back input partitions, at most one for each partition: the earliest.
func (c *Cluster) OpenTransactions(ctx context.Context) ([]OpenTransaction, error) {
	progress, err := c.Progress(ctx)
	if err != nil {
		return nil, err
	}
	log := c.NewLog()
	log.isolation = kafkago.ReadUncommitted
	defer log.Close()
	var all []OpenTransaction
	for _, at := range progress {
		if at.Open == 0 {
			continue
		}
		fetch, err := log.Fetch(ctx, at.Partition, at.Stable())
		if err != nil {
			return nil, fmt.Errorf("look for open transactions: %w", err)
		}
		open := OpenTransaction{Partition: at.Partition, Offset: at.Stable(), Held: at.Open}
		if first, ok := fetch.First(); ok {
			open.Since = first.Time
		}
		all = append(all, open)
	}
	return all, nil
}

// AbortCommand returns the command of Kafka that aborts the transaction which begins at an offset of p.
func (c *Cluster) AbortCommand(p shard.Partition, offset int64) string {
	return fmt.Sprintf("kafka-transactions.sh --bootstrap-server %s abort --topic %s --partition %d --start-offset %d", c.config.Brokers[0], p.Topic, p.Index, offset)
}

// stableEnds returns the last stable offsets of partitions.
func (c *Cluster) stableEnds(ctx context.Context, partitions []shard.Partition) (map[shard.Partition]int64, error) {
	ask := make(map[string][]kafkago.OffsetRequest)
	for _, p := range partitions {
		ask[string(p.Topic)] = append(ask[string(p.Topic)], kafkago.LastOffsetOf(p.Index))
	}
	answer, err := c.client.ListOffsets(ctx, &kafkago.ListOffsetsRequest{Topics: ask, IsolationLevel: kafkago.ReadCommitted})
	if err != nil {
		return nil, fmt.Errorf("list stable offsets: %w", err)
	}
	found := make(map[shard.Partition]int64, len(partitions))
	for topic, offsets := range answer.Topics {
		for _, o := range offsets {
			p := shard.Partition{Topic: event.Topic(topic), Index: o.Partition}
			if o.Error != nil {
				return nil, fmt.Errorf("list the stable offset of %s: %w", p, o.Error)
			}
			found[p] = o.LastOffset
		}
	}
	return found, nil
}
