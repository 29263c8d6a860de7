package servicetest

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"tidemark/internal/shard"
)

// CommitOffsets commits offsets to the consumer group, which has no members.
func (s *Servers) CommitOffsets(t testing.TB, offsets map[shard.Partition]int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	request := kmsg.NewPtrOffsetCommitRequest()
	request.Group = "tidemark"
	for p, offset := range offsets {
		partition := kmsg.NewOffsetCommitRequestTopicPartition()
		partition.Partition, partition.Offset = int32(p.Index), offset
		topic := kmsg.NewOffsetCommitRequestTopic()
		topic.Topic, topic.Partitions = string(p.Topic), []kmsg.OffsetCommitRequestTopicPartition{partition}
		request.Topics = append(request.Topics, topic)
	}
	// Later versions of the request name topics by id.
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.MaxVersions(kversion.V3_9_0()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	answer, err := request.RequestWith(ctx, client)
	if err != nil {
		t.Fatalf("commit offsets: %v", err)
	}
	for _, topic := range answer.Topics {
		for _, p := range topic.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				t.Fatalf("commit the offset of %s-%d: %v", topic.Topic, p.Partition, err)
			}
		}
	}
}
