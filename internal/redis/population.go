package redis

import (
	"context"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"
)

// Census reads the counters of shards. It returns one map per shard, in order. The map of a shard that does not exist is empty.
func (s *Store) Census(ctx context.Context, shards []int) ([]map[string]int64, error) {
	pipe := s.client.Pipeline()
	replies := make([]*goredis.MapStringStringCmd, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return nil, fmt.Errorf("read census of shard %d: %w", n, err)
		}
		replies[i] = pipe.HGetAll(ctx, s.keys(n)[censusKey])
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	census := make([]map[string]int64, len(shards))
	for i, reply := range replies {
		fields, err := reply.Result()
		if err == nil {
			census[i], err = counters(fields)
		}
		if err != nil {
			return nil, fmt.Errorf("read census of shard %d: %w", shards[i], err)
		}
	}
	return census, nil
}

// counters returns the counters in a census hash, without the sentinel.
func counters(fields map[string]string) (map[string]int64, error) {
	counts := make(map[string]int64, len(fields))
	for name, value := range fields {
		if name == "" {
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("counter %s: %w", name, err)
		}
		counts[name] = n
	}
	return counts, nil
}

// ProjectPopulation replaces the public hash tm:population: it then holds fields and nothing else.
func (s *Store) ProjectPopulation(ctx context.Context, fields map[string]string) error {
	args := make([]any, 0, 2*len(fields))
	for name, value := range fields {
		args = append(args, name, value)
	}
	if err := s.replace(ctx, s.key("population"), args); err != nil {
		return fmt.Errorf("project population: %w", err)
	}
	return nil
}

// Population returns the fields of the public hash tm:population.
func (s *Store) Population(ctx context.Context) (map[string]string, error) {
	fields, err := s.client.HGetAll(ctx, s.key("population")).Result()
	if err != nil {
		return nil, fmt.Errorf("read population: %w", err)
	}
	return fields, nil
}
