// Package servicetest helps to test the service and the commands that run it. It starts servers with Tidemark's topics, reads what the
// servers hold, and compares this with a replay.
package servicetest

import (
	"context"
	"errors"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/embed"
	"tidemark/internal/event"
	"tidemark/internal/servers"
	"tidemark/schemas"
)

// Servers are a Kafka and a Redis, embedded or real, and a plain client of each.
type Servers struct {
	Kafka, Redis string // addresses, host:port
	Log          *kgo.Client
	Data         *goredis.Client
	// Edition is the edition of the shards that the helpers look at.
	Edition int
	// Embedded and Real are the servers themselves, nil for the other kind: a test can do things to a server that no client can.
	Embedded struct {
		Kafka *embed.Kafka
		Redis *embed.Redis
	}
	Real struct {
		Kafka *servers.Kafka
		Redis *servers.Redis
	}
}

// Start starts embedded servers with all topics.
func Start(t testing.TB, partitions int) *Servers {
	t.Helper()
	s := StartEmpty(t)
	s.CreateTopics(t, partitions)
	return s
}

// StartEmpty starts embedded servers without any topic.
func StartEmpty(t testing.TB) *Servers {
	t.Helper()
	kafka, err := embed.StartKafka(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kafka.Close)
	redis, err := embed.StartRedis(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Close)
	s := At(t, kafka.Addr(), redis.Addr())
	s.Embedded.Kafka, s.Embedded.Redis = kafka, redis
	return s
}

// Real returns running real servers. It creates no topics.
func Real(t testing.TB, kafka *servers.Kafka, redis *servers.Redis) *Servers {
	t.Helper()
	s := At(t, kafka.Addr(), redis.Addr())
	s.Real.Kafka, s.Real.Redis = kafka, redis
	return s
}

// At returns the servers at two addresses, host:port.
func At(t testing.TB, kafka, redis string) *Servers {
	t.Helper()
	s := &Servers{Kafka: kafka, Redis: redis}
	var err error
	if s.Log, err = kgo.NewClient(kgo.SeedBrokers(kafka)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Log.Close)
	s.Data = goredis.NewClient(&goredis.Options{Addr: redis})
	t.Cleanup(func() { _ = s.Data.Close() })
	return s
}

// CreateTopics creates all topics of Tidemark.
func (s *Servers) CreateTopics(t testing.TB, partitions int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	if err := s.Cluster(t).CreateTopics(ctx, partitions, 1); err != nil {
		t.Fatal(err)
	}
}

// Refresh makes a new client: so the next Send knows the present number of partitions.
func (s *Servers) Refresh(t testing.TB) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka))
	if err != nil {
		t.Fatal(err)
	}
	s.Log.Close()
	s.Log = client
	t.Cleanup(client.Close)
}

// DeleteTopics deletes topics; without names all that an earlier test may have left, and with the topics the offsets that groups have committed.
func (s *Servers) DeleteTopics(t testing.TB, names ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	request := kmsg.NewPtrDeleteTopicsRequest()
	if names == nil {
		names = TopicNames()
	}
	for _, name := range names {
		topic := kmsg.NewDeleteTopicsRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
		request.TopicNames = append(request.TopicNames, name)
	}
	answer, err := request.RequestWith(ctx, s.Log)
	if err != nil {
		t.Fatalf("delete the topics: %v", err)
	}
	for _, topic := range answer.Topics {
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
			t.Fatalf("delete topic %s: %v", *topic.Topic, err)
		}
	}
	// The controller deletes a topic; the broker learns of the deletion a moment later.
	Eventually(t, Longest, "the topics are gone", func() bool { return len(s.Partitions(t, names...)) == 0 })
}

// TopicNames returns the names of all topics of Tidemark.
func TopicNames() []string {
	names := []string{schemas.TierChanges, schemas.ChurnAlerts, schemas.WinBacks, schemas.TierNotices, schemas.SegmentChanges, schemas.Erasures, schemas.Links, schemas.Scores, schemas.DeadLetters}
	for _, topic := range event.Topics() {
		names = append(names, string(topic))
	}
	return names
}

// Partitions returns the number of partitions of each topic that exists.
func (s *Servers) Partitions(t testing.TB, topics ...string) map[string]int32 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	request := kmsg.NewPtrMetadataRequest()
	for _, name := range topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
	}
	answer, err := request.RequestWith(ctx, s.Log)
	if err != nil {
		t.Fatalf("look for topics: %v", err)
	}
	found := map[string]int32{}
	for _, topic := range answer.Topics {
		if n := len(topic.Partitions); n > 0 {
			found[*topic.Topic] = int32(n)
		}
	}
	return found
}
