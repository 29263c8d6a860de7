package kafka

import (
	"context"
	"errors"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Membership is who works in the consumer group.
type Membership struct {
	// State is the coordinator's word for the group: Stable, PreparingRebalance, CompletingRebalance, Empty or Dead.
	State string
	// Members is the number of members.
	Members int
	// Owned are the partitions of the input topics that some member owns.
	Owned map[shard.Partition]bool
}

// Stable reports whether every member knows its share.
func (m Membership) Stable() bool { return m.State == "Stable" }

// Members asks the coordinator who works in the group. A group that nobody has joined yet has no members.
func (c *Cluster) Members(ctx context.Context) (Membership, error) {
	answer, err := c.client.DescribeGroups(ctx, &kafkago.DescribeGroupsRequest{GroupIDs: []string{c.config.Group}})
	if err != nil {
		return Membership{}, fmt.Errorf("describe group %s: %w", c.config.Group, err)
	}
	m := Membership{State: "Dead", Owned: map[shard.Partition]bool{}}
	for _, group := range answer.Groups {
		if errors.Is(group.Error, kafkago.GroupIdNotFound) {
			continue
		}
		if group.Error != nil {
			return Membership{}, fmt.Errorf("describe group %s: %w", c.config.Group, group.Error)
		}
		m.State, m.Members = group.GroupState, len(group.Members)
		for _, member := range group.Members {
			for _, topic := range member.MemberAssignments.Topics {
				for _, index := range topic.Partitions {
					m.Owned[shard.Partition{Topic: event.Topic(topic.Topic), Index: index}] = true
				}
			}
		}
	}
	return m, nil
}
