package servicetest

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

// State returns the content of all keys of the shards, in a form that can be compared: entries are in order. A DUMP could not be
// compared: it follows the buckets of a hash, and even reads move these while Redis grows the table. Public views are left out: they are
// derived from the shards, and a late projection may leave them stale until the next one.
func (s *Servers) State(t testing.TB) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	state := map[string]string{}
	for _, key := range s.Keys(t, "tm:{") {
		content, err := s.Content(ctx, key)
		if err != nil {
			t.Fatalf("read %s: %v", key, err)
		}
		state[key] = content
	}
	return state
}

// Content returns the content of a key as text, its entries in order.
func (s *Servers) Content(ctx context.Context, key string) (string, error) {
	kind, err := s.Data.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	switch kind {
	case "string":
		return s.Data.Get(ctx, key).Result()
	case "hash":
		entries, err := s.Data.HGetAll(ctx, key).Result()
		return fmt.Sprintf("%q", entries), err // fmt sorts the keys of maps
	case "zset":
		entries, err := s.Data.ZRangeWithScores(ctx, key, 0, -1).Result()
		return fmt.Sprintf("%v", entries), err
	case "list":
		entries, err := s.Data.LRange(ctx, key, 0, -1).Result()
		return fmt.Sprintf("%q", entries), err
	default:
		return "", fmt.Errorf("a key of type %s", kind)
	}
}

// StillState returns State once it no longer changes: then the last writes of stopped members have arrived.
func (s *Servers) StillState(t testing.TB) map[string]string {
	t.Helper()
	var last map[string]string
	Eventually(t, Longest, "nothing changes in Redis", func() bool {
		before := last
		last = s.State(t)
		return before != nil && maps.Equal(before, last)
	})
	return last
}

// Differing returns the keys whose content differs between two states.
func Differing(a, b map[string]string) []string {
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

// Calls returns Redis's statistics of EVALSHA: they change with every script that Redis runs.
func (s *Servers) Calls(t testing.TB) string {
	t.Helper()
	stats, err := s.Data.InfoMap(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatalf("count the calls of scripts: %v", err)
	}
	return stats["Commandstats"]["cmdstat_evalsha"]
}

// Score returns a field of a customer's public score, empty if it does not exist.
func (s *Servers) Score(t testing.TB, customer, field string) string {
	t.Helper()
	value, err := s.Data.HGet(t.Context(), "tm:score:"+customer, field).Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		t.Fatalf("%s of %s: %v", field, customer, err)
	}
	return value
}

// Hashes reads hashes. A hash that does not exist is empty.
func (s *Servers) Hashes(t testing.TB, keys ...string) []map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	all := make([]map[string]string, 0, len(keys))
	for some := range slices.Chunk(keys, 1000) {
		answers, err := s.Data.Pipelined(ctx, func(p goredis.Pipeliner) error {
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

// Keys returns the keys that begin with a prefix, sorted.
func (s *Servers) Keys(t testing.TB, prefix string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Longest)
	defer cancel()
	var all []string
	found := s.Data.Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for found.Next(ctx) {
		all = append(all, found.Val())
	}
	if err := found.Err(); err != nil {
		t.Fatalf("look for keys %s*: %v", prefix, err)
	}
	slices.Sort(all) // a scan may return a key twice
	return slices.Compact(all)
}

// ShardKeys returns the keys of one kind, such as "meta", for all shards of the edition. It also names keys of shards that do not exist:
// it is not told the number of shards, which is below 100.
func (s *Servers) ShardKeys(kind string) []string {
	keys := make([]string, 100)
	for n := range keys {
		keys[n] = fmt.Sprintf("tm:{%02d}:", n)
		if s.Edition > 0 {
			keys[n] += fmt.Sprintf("e%d:", s.Edition)
		}
		keys[n] += kind
	}
	return keys
}

// Applied returns, by partition, the highest mark of any shard.
func (s *Servers) Applied(t testing.TB) map[shard.Partition]int64 {
	t.Helper()
	highest := map[shard.Partition]int64{}
	for _, meta := range s.Hashes(t, s.ShardKeys("meta")...) {
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

// Sum returns the sum of all marks, or of the marks of some partition indexes.
func Sum(marks map[shard.Partition]int64, indexes ...int) int64 {
	var all int64
	for p, mark := range marks {
		if len(indexes) == 0 || slices.Contains(indexes, p.Index) {
			all += mark
		}
	}
	return all
}

// Events returns the number of events in the input topics.
func (s *Servers) Events(t testing.TB) int64 {
	t.Helper()
	var all int64
	for _, topic := range event.Topics() {
		for _, end := range s.Ends(t, string(topic))[string(topic)] {
			all += end
		}
	}
	return all
}

// AwaitCaughtUp waits until the group has committed the end offset of every input partition.
func (s *Servers) AwaitCaughtUp(t testing.TB) {
	t.Helper()
	cluster := s.Cluster(t)
	Eventually(t, Within, "the group has caught up", func() bool {
		done, err := cluster.CaughtUp(t.Context())
		return err == nil && done
	})
}

// Cluster returns a kafka.Cluster on the servers.
func (s *Servers) Cluster(t testing.TB) *kafka.Cluster {
	t.Helper()
	cluster, err := kafka.NewCluster(kafka.Config{Brokers: []string{s.Kafka}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}
