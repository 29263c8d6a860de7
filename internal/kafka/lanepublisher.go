package kafka

import (
	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/shard"
	"tidemark/schemas"
)

// NewLanePublisher returns the publisher of lanes. It lays outputs out by shard.Murmur2, as subscribers expect, and messages of links by the
// partitioner of the data: so a message comes to the lane that owns the receiver's shard. links returns that partitioner; it is asked for each
// message, because a rebuild may change it.
func (c *Cluster) NewLanePublisher(links func() shard.Partitioner) (*Publisher, error) {
	outputs, err := balancerOf(shard.Murmur2)
	if err != nil {
		return nil, err
	}
	return c.publisherOf(laneBalancer{outputs, links}), nil
}

// laneBalancer chooses the partition of a message by its topic.
type laneBalancer struct {
	outputs kafkago.Balancer
	links   func() shard.Partitioner
}

func (b laneBalancer) Balance(m kafkago.Message, partitions ...int) int {
	if p := b.links(); m.Topic == schemas.Links && p.Known() {
		return partitions[p.Of(string(m.Key), len(partitions))]
	}
	return b.outputs.Balance(m, partitions...)
}
