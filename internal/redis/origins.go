package redis

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"tidemark/internal/shard"
)

// originField is the field of a partition in tm:log: <topic>:<partition>.
func originField(p shard.Partition) string { return string(p.Topic) + ":" + strconv.Itoa(p.Index) }

// Origins returns the first records that are remembered of partitions. A partition of which nothing is remembered is absent. An entry
// that cannot be read is a *shard.SpoiledOriginError, beside what could be read: without that entry, only a lane that knows the first record
// can tell whether the log is still the same.
func (s *Store) Origins(ctx context.Context, partitions []shard.Partition) (map[shard.Partition]shard.Origin, error) {
	if len(partitions) == 0 {
		return nil, nil
	}
	key := s.key("log")
	fields := make([]string, len(partitions))
	for i, p := range partitions {
		fields[i] = originField(p)
	}
	values, err := s.client.HMGet(ctx, key, fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	origins := map[shard.Partition]shard.Origin{}
	var spoiled error
	for i, value := range values {
		text, there := value.(string)
		if !there {
			continue
		}
		origin, err := shard.ParseOrigin(text)
		if err == nil {
			origins[partitions[i]] = origin
			continue
		}
		spoiled = cmp.Or(spoiled, error(&shard.SpoiledOriginError{Partition: partitions[i], Err: fmt.Errorf(
			"read %s: field %s holds %q: %w; HDEL %s %s makes Tidemark remember the first record that the log holds now",
			key, fields[i], text, err, key, fields[i])}))
	}
	return origins, spoiled
}

// Remember remembers the first records of partitions in place of what was remembered before. A zero Origin forgets a partition.
func (s *Store) Remember(ctx context.Context, origins map[shard.Partition]shard.Origin) error {
	key := s.key("log")
	var fields []any
	var forgotten []string
	for p, o := range origins {
		if o == (shard.Origin{}) {
			forgotten = append(forgotten, originField(p))
			continue
		}
		fields = append(fields, originField(p), o.Encode())
	}
	if len(fields) > 0 {
		if err := s.client.HSet(ctx, key, fields...).Err(); err != nil {
			return fmt.Errorf("write %s: %w", key, err)
		}
	}
	if len(forgotten) == 0 {
		return nil
	}
	if err := s.client.HDel(ctx, key, forgotten...).Err(); err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}
