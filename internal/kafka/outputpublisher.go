package kafka

import (
	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// NewOutputPublisher returns a publisher of what the service writes: outputs by shard.Murmur2, as the default producers of Java partition
// them, and links by the partitioner of the data. A message of links must come to the lane that owns the shard of the receiver.
func (c *Cluster) NewOutputPublisher(data shard.Partitioner) (*Publisher, error) {
	outputs, err := balancerOf(shard.Murmur2)
	if err != nil {
		return nil, err
	}
	links, err := balancerOf(data)
	if err != nil {
		return nil, err
	}
	return c.publisherOf(topicBalancer{outputs, links}), nil
}

// topicBalancer partitions the links by another hash than the other topics.
type topicBalancer struct{ outputs, links kafkago.Balancer }

// Balance returns the partition of a message.
func (b topicBalancer) Balance(m kafkago.Message, partitions ...int) int {
	if m.Topic == string(event.Links) {
		return b.links.Balance(m, partitions...)
	}
	return b.outputs.Balance(m, partitions...)
}
