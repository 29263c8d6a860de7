package kafka

import (
	"cmp"
	"slices"

	kafkago "github.com/segmentio/kafka-go"
)

// copartitioned assigns ranges of partition indexes, the same indexes on every topic. The range balancer of the library assigns
// by position in the broker's list instead, and no broker promises the order of its list. The name of this balancer differs from
// the library's, so that the group refuses members with another balancer.
//
// The leader of the group assigns. assigned, if set, hears the number of indexes that the leader has given out.
type copartitioned struct{ assigned func(indexes int) }

func (copartitioned) ProtocolName() string { return "tidemark-copartitioned" }

func (copartitioned) UserData() ([]byte, error) { return nil, nil }

func (b copartitioned) AssignGroups(members []kafkago.GroupMember, partitions []kafkago.Partition) kafkago.GroupMemberAssignments {
	members = slices.SortedFunc(slices.Values(members), func(a, b kafkago.GroupMember) int { return cmp.Compare(a.ID, b.ID) })
	partitions = slices.SortedFunc(slices.Values(partitions), func(a, b kafkago.Partition) int { return cmp.Compare(a.ID, b.ID) })
	indexes := 0
	for _, p := range partitions {
		indexes = max(indexes, p.ID+1)
	}
	if b.assigned != nil {
		b.assigned(indexes)
	}
	assignments := make(kafkago.GroupMemberAssignments, len(members))
	for i, member := range members {
		first, end := i*indexes/len(members), (i+1)*indexes/len(members)
		own := make(map[string][]int)
		for _, p := range partitions {
			if first <= p.ID && p.ID < end && slices.Contains(member.Topics, p.Topic) {
				own[p.Topic] = append(own[p.Topic], p.ID)
			}
		}
		assignments[member.ID] = own
	}
	return assignments
}
