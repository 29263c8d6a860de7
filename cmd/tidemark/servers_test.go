package main

import (
	"context"
	"errors"
	"strconv"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/embed"
	"tidemark/internal/event"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/schemas"
)

// pool is the real servers that the tests share.
var pool serverstest.Pool

// servers are a Kafka and a Redis, embedded or real, and clients of both that are not ours.
type servers struct {
	kafka, redis string // addresses, host:port
	log          *kgo.Client
	data         *goredis.Client
	// embedded and real are the servers themselves, nil where they are not: for what can only be done to those.
	embedded struct {
		kafka *embed.Kafka
		redis *embed.Redis
	}
	real struct {
		kafka *realservers.Kafka
		redis *realservers.Redis
	}
}

// startServers starts embedded servers with the topics of the design.
func startServers(t *testing.T, partitions int) *servers {
	t.Helper()
	s := startEmpty(t)
	s.createTopics(t, partitions)
	return s
}

// startEmpty starts them without any topic.
func startEmpty(t *testing.T) *servers {
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
	s := serversAt(t, kafka.Addr(), redis.Addr())
	s.embedded.kafka, s.embedded.redis = kafka, redis
	return s
}

// startRealServers gives a test the package's Apache Kafka, with the topics of the design, all of them empty, and a
// redis-server of its own. Tests that harm a broker start their own: see realServers.
func startRealServers(t *testing.T, partitions int) *servers {
	t.Helper()
	s := realServers(t, pool.Kafka(t, realservers.Kafka4), serverstest.Redis(t, realservers.RedisOptions{}))
	s.deleteTopics(t)
	s.createTopics(t, partitions)
	return s
}

// realServers are those, as they are.
func realServers(t *testing.T, kafka *realservers.Kafka, redis *realservers.Redis) *servers {
	t.Helper()
	s := serversAt(t, kafka.Addr(), redis.Addr())
	s.real.kafka, s.real.redis = kafka, redis
	return s
}

// serversAt are servers at addresses.
func serversAt(t *testing.T, kafka, redis string) *servers {
	t.Helper()
	s := &servers{kafka: kafka, redis: redis}
	var err error
	if s.log, err = kgo.NewClient(kgo.SeedBrokers(kafka)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.log.Close)
	s.data = goredis.NewClient(&goredis.Options{Addr: redis})
	t.Cleanup(func() { _ = s.data.Close() })
	return s
}

func (s *servers) kafkaFlags() []string { return []string{"--kafka-brokers", s.kafka} }

func (s *servers) redisFlags() []string { return []string{"--redis-url", "redis://" + s.redis} }

func (s *servers) flags() []string { return append(s.kafkaFlags(), s.redisFlags()...) }

func (s *servers) createTopics(t *testing.T, partitions int) {
	t.Helper()
	must(t, append([]string{"topics", "create", "--partitions", strconv.Itoa(partitions), "--replication", "1"}, s.kafkaFlags()...)...)
}

// deleteTopics deletes the topics of the design, as an earlier test may have left them; and with them what groups have
// committed there.
func (s *servers) deleteTopics(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	request := kmsg.NewPtrDeleteTopicsRequest()
	for _, name := range topicNames() {
		topic := kmsg.NewDeleteTopicsRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
		request.TopicNames = append(request.TopicNames, name)
	}
	answer, err := request.RequestWith(ctx, s.log)
	if err != nil {
		t.Fatalf("delete the topics: %v", err)
	}
	for _, topic := range answer.Topics {
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
			t.Fatalf("delete topic %s: %v", *topic.Topic, err)
		}
	}
	// What is done for the controller is so for the broker a moment later.
	eventually(t, longest, "the topics are gone", func() bool { return len(s.partitions(t, topicNames()...)) == 0 })
}

// topicNames are those of the design.
func topicNames() []string {
	names := []string{schemas.TierChanges, schemas.ChurnAlerts, schemas.WinBacks, schemas.Scores, schemas.DeadLetters}
	for _, topic := range event.Topics() {
		names = append(names, string(topic))
	}
	return names
}

// partitions counts those of the topics that are there.
func (s *servers) partitions(t *testing.T, topics ...string) map[string]int32 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	request := kmsg.NewPtrMetadataRequest()
	for _, name := range topics {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
	}
	answer, err := request.RequestWith(ctx, s.log)
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
