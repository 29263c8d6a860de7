package main

import (
	"context"
	"slices"
	"testing"

	"tidemark/internal/event"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// pool holds the real servers that the tests share.
var pool serverstest.Pool

// servers are the servers of servicetest, with the flags that name them.
type servers struct{ *servicetest.Servers }

// startServers starts embedded servers with all topics.
func startServers(t *testing.T, partitions int) *servers {
	t.Helper()
	return &servers{servicetest.Start(t, partitions)}
}

// startEmpty starts embedded servers without any topic.
func startEmpty(t *testing.T) *servers {
	t.Helper()
	return &servers{servicetest.StartEmpty(t)}
}

// startRealServers returns the Apache Kafka that the tests share, with all topics empty, and a redis-server for this test. Tests that harm
// a broker start their own.
func startRealServers(t *testing.T, partitions int) *servers {
	t.Helper()
	s := &servers{servicetest.Real(t, pool.Kafka(t, realservers.Kafka4), serverstest.Redis(t, realservers.RedisOptions{}))}
	s.DeleteTopics(t)
	s.CreateTopics(t, partitions)
	return s
}

func (s *servers) kafkaFlags() []string { return []string{"--kafka-brokers", s.Kafka} }

func (s *servers) redisFlags() []string { return []string{"--redis-url", "redis://" + s.Redis} }

func (s *servers) flags() []string { return append(s.kafkaFlags(), s.redisFlags()...) }

// awaitMiddle returns when 20 to 80 % of the events are committed, all members run, and each member has committed some events. Nobody may
// write to the log meanwhile.
func (s *servers) awaitMiddle(t *testing.T, members ...*process) {
	t.Helper()
	all, partitions := s.Events(t), len(s.Ends(t, string(event.Purchases))[string(event.Purchases)])
	var done int64
	var before map[shard.Partition]int64 // when the members were first seen with all the partitions among them
	var shares [][]int
	servicetest.Eventually(t, servicetest.Within, "all members have committed in the middle of the log", func() bool {
		marks := s.Applied(t)
		if done = servicetest.Sum(marks); 10*done > 8*all {
			t.Fatalf("%d of %d events are committed: the middle has been missed", done, all)
		}
		var now [][]int
		owned := 0
		for _, m := range members {
			share := m.share()
			now, owned = append(now, share), owned+len(share)
		}
		if owned != partitions || !slices.EqualFunc(now, shares, slices.Equal) {
			before, shares = nil, now
		}
		if owned == partitions && before == nil {
			before = marks
		}
		lazy := func(share []int) bool {
			return len(share) == 0 || servicetest.Sum(marks, share...) == servicetest.Sum(before, share...)
		}
		return before != nil && !slices.ContainsFunc(shares, lazy) && 10*done >= 2*all
	})
	t.Logf("%d of %d events are committed", done, all)
}

// serve runs the service in this process until the test is over; then it must drain.
func (s *servers) serve(t *testing.T, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan answer, 1)
	go func() {
		ended <- tidemarkUntil(ctx, slices.Concat([]string{"run", "--admin", "", "--drain-within", "30s"}, args, s.flags())...)
	}()
	t.Cleanup(func() {
		stop()
		if got := <-ended; got.code != 0 {
			t.Errorf("the service ended with %d, want 0; it said\n%s", got.code, got.err)
		}
	})
}
