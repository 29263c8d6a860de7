package main

import (
	"strconv"
	"testing"

	"tidemark/internal/embed"
)

// servers are an embedded Kafka and Redis with the topics of the design.
type servers struct {
	kafka *embed.Kafka
	redis *embed.Redis
}

func startServers(t *testing.T, partitions int) *servers {
	t.Helper()
	s := startEmpty(t)
	must(t, append([]string{"topics", "create", "--partitions", strconv.Itoa(partitions), "--replication", "1"}, s.kafkaFlags()...)...)
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
	return &servers{kafka, redis}
}

func (s *servers) kafkaFlags() []string { return []string{"--kafka-brokers", s.kafka.Addr()} }

func (s *servers) redisFlags() []string { return []string{"--redis-url", "redis://" + s.redis.Addr()} }

func (s *servers) flags() []string { return append(s.kafkaFlags(), s.redisFlags()...) }
