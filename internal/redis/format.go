package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// formatError returns what is wrong with the format of the layout, which another version of the program has written to tm:meta.
func formatError(there string) error {
	if n, err := strconv.Atoi(there); err == nil && n > Format {
		return fmt.Errorf("%w: format %d, this program knows %d: %w", ErrLayout, n, Format, shard.ErrNewer)
	}
	return fmt.Errorf("%w: format %q, this program writes %d: `tidemark rebuild` lays the data out anew, from the log", ErrLayout, there, Format)
}

// LayoutFormat returns the format of the layout in tm:meta, empty if there is no layout.
func (s *Store) LayoutFormat(ctx context.Context) (string, error) {
	format, err := s.client.HGet(ctx, s.key("meta"), "format").Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		return "", fmt.Errorf("read the format of %s: %w", s.key("meta"), err)
	}
	return format, nil
}

// Formats returns the formats of the heads of shards, in order; 0 for a shard that does not exist. It also reads formats that this
// program does not know.
func (s *Store) Formats(ctx context.Context, shards []int) ([]int64, error) {
	pipe := s.client.Pipeline()
	replies := make([]*goredis.StringCmd, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return nil, shardError("read the format", n, err)
		}
		replies[i] = pipe.HGet(ctx, s.keys(n)[metaKey], "format")
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	formats := make([]int64, len(shards))
	for i, reply := range replies {
		var err error
		if formats[i], err = reply.Int64(); err != nil && !errors.Is(err, goredis.Nil) {
			return nil, shardError("read the format", shards[i], err)
		}
	}
	return formats, nil
}
