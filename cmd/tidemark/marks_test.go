package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
)

// state is all that the shards hold, by key, in a form that can be compared: entries in order, for a dump of a hash follows
// its buckets, and these move with mere reads while Redis grows the table. Public views are none of it: they are derived, and
// what a late projection leaves stale in them the next one mends.
func (s *servers) state(t *testing.T) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	state := map[string]string{}
	for _, key := range s.keys(t, "tm:{") {
		content, err := s.content(ctx, key)
		if err != nil {
			t.Fatalf("read %s: %v", key, err)
		}
		state[key] = content
	}
	return state
}

// content is what a key holds.
func (s *servers) content(ctx context.Context, key string) (string, error) {
	kind, err := s.data.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	switch kind {
	case "hash":
		entries, err := s.data.HGetAll(ctx, key).Result()
		return fmt.Sprintf("%q", entries), err // fmt sorts the keys of maps
	case "zset":
		entries, err := s.data.ZRangeWithScores(ctx, key, 0, -1).Result()
		return fmt.Sprintf("%v", entries), err
	case "list":
		entries, err := s.data.LRange(ctx, key, 0, -1).Result()
		return fmt.Sprintf("%q", entries), err
	default:
		return "", fmt.Errorf("a key of type %s", kind)
	}
}

// stillState is state once nothing changes any more: what was on its way from those who have been stopped has arrived.
func (s *servers) stillState(t *testing.T) map[string]string {
	t.Helper()
	var last map[string]string
	eventually(t, longest, "nothing changes in Redis", func() bool {
		before := last
		last = s.state(t)
		return before != nil && maps.Equal(before, last)
	})
	return last
}

// differing are the keys in which states differ.
func differing(a, b map[string]string) []string {
	var keys []string
	for key := range a {
		if b[key] != a[key] {
			keys = append(keys, key)
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// calls counts the scripts that Redis has run.
func (s *servers) calls(t *testing.T) string {
	t.Helper()
	stats, err := s.data.InfoMap(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatalf("count the calls of scripts: %v", err)
	}
	return stats["Commandstats"]["cmdstat_evalsha"]
}

// score is a field of a customer's public score, empty where there is none.
func (s *servers) score(t *testing.T, customer, field string) string {
	t.Helper()
	value, err := s.data.HGet(t.Context(), "tm:score:"+customer, field).Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		t.Fatalf("%s of %s: %v", field, customer, err)
	}
	return value
}

// hashes reads hashes, those that are not there as empty.
func (s *servers) hashes(t *testing.T, keys ...string) []map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	all := make([]map[string]string, 0, len(keys))
	for some := range slices.Chunk(keys, 1000) {
		answers, err := s.data.Pipelined(ctx, func(p goredis.Pipeliner) error {
			for _, key := range some {
				p.HGetAll(ctx, key)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("read %d hashes: %v", len(some), err)
		}
		for _, answer := range answers {
			all = append(all, answer.(*goredis.MapStringStringCmd).Val())
		}
	}
	return all
}

// keys are those that begin with something.
func (s *servers) keys(t *testing.T, prefix string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	var all []string
	found := s.data.Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for found.Next(ctx) {
		all = append(all, found.Val())
	}
	if err := found.Err(); err != nil {
		t.Fatalf("look for keys %s*: %v", prefix, err)
	}
	slices.Sort(all) // a scan may tell a key twice
	return slices.Compact(all)
}

// shardKeys are the keys of a kind, of as many shards as there are by default.
func shardKeys(kind string) []string {
	keys := make([]string, 64)
	for n := range keys {
		keys[n] = fmt.Sprintf("tm:{%02d}:%s", n, kind)
	}
	return keys
}

// applied is how far the shards have got in each partition: the highest of their marks.
func (s *servers) applied(t *testing.T) map[shard.Partition]int64 {
	t.Helper()
	highest := map[shard.Partition]int64{}
	for _, meta := range s.hashes(t, shardKeys("meta")...) {
		for field, value := range meta {
			name, ok := strings.CutPrefix(field, "m:")
			if !ok {
				continue
			}
			topic, digits, _ := strings.Cut(name, ":")
			index, err := strconv.Atoi(digits)
			if err != nil {
				t.Fatalf("mark %s: %v", field, err)
			}
			mark, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatalf("mark %s: %v", field, err)
			}
			p := shard.Partition{Topic: event.Topic(topic), Index: index}
			highest[p] = max(highest[p], mark)
		}
	}
	return highest
}

// sum is that of all marks, or of those of some partition indexes.
func sum(marks map[shard.Partition]int64, indexes ...int) int64 {
	var all int64
	for p, mark := range marks {
		if len(indexes) == 0 || slices.Contains(indexes, p.Index) {
			all += mark
		}
	}
	return all
}

// events counts those in the input topics.
func (s *servers) events(t *testing.T) int64 {
	t.Helper()
	var all int64
	for _, topic := range event.Topics() {
		for _, end := range s.ends(t, string(topic))[string(topic)] {
			all += end
		}
	}
	return all
}

// awaitMiddle returns when 20 to 80 % of the events are committed, and each member, with all of them at work, has committed
// some. Nobody writes to the log meanwhile.
func (s *servers) awaitMiddle(t *testing.T, members ...*process) {
	t.Helper()
	all, partitions := s.events(t), len(s.ends(t, string(event.Purchases))[string(event.Purchases)])
	var done int64
	var before map[shard.Partition]int64 // when the members were first seen with all the partitions among them
	var shares [][]int
	eventually(t, endToEndWithin, "all members have committed in the middle of the log", func() bool {
		marks := s.applied(t)
		if done = sum(marks); 10*done > 8*all {
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
		lazy := func(share []int) bool { return len(share) == 0 || sum(marks, share...) == sum(before, share...) }
		return before != nil && !slices.ContainsFunc(shares, lazy) && 10*done >= 2*all
	})
	t.Logf("%d of %d events are committed", done, all)
}

// awaitCaughtUp returns when the group has committed the ends of the log.
func (s *servers) awaitCaughtUp(t *testing.T) {
	t.Helper()
	cluster := s.cluster(t)
	eventually(t, endToEndWithin, "the group has caught up", func() bool {
		done, err := cluster.CaughtUp(t.Context())
		return err == nil && done
	})
}

func (s *servers) cluster(t *testing.T) *kafka.Cluster {
	t.Helper()
	cluster, err := kafka.NewCluster(kafka.Config{Brokers: []string{s.kafka}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}
