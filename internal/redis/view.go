package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// viewsAtOnce bounds one pipeline of public views, two or three commands each.
const viewsAtOnce = 512

// Project rewrites the public views of customers: the hash tm:score:<customer> and, where there is one, the JSON string
// tm:detail:<customer>. The hash then holds exactly the fields of the view; a view without fields removes both keys.
// The views are derived, so that a failure half way costs nothing but another projection.
func (s *Store) Project(ctx context.Context, views []shard.View) error {
	for page := range slices.Chunk(views, viewsAtOnce) {
		if err := s.project(ctx, page); err != nil {
			return fmt.Errorf("project %d customers: %w", len(views), err)
		}
	}
	return nil
}

func (s *Store) project(ctx context.Context, views []shard.View) error {
	pipe := s.client.Pipeline()
	sizes := make([]*goredis.IntCmd, len(views))
	for i, v := range views {
		if v.Customer == "" {
			return errors.New("a view without a customer")
		}
		if len(v.Fields) == 0 {
			continue
		}
		score := s.key("score", v.Customer)
		pipe.HSet(ctx, score, fieldArgs(v)...)
		sizes[i] = pipe.HLen(ctx, score)
		if len(v.Detail) > 0 {
			pipe.Set(ctx, s.key("detail", v.Customer), v.Detail, 0)
		}
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	for i, v := range views {
		if err := s.tidy(ctx, v, sizes[i]); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes what a plain HSET leaves behind: fields that another version of the program wrote, or a customer who is
// to go. Both are rare, and DEL has no place in a pipeline: go-redis takes it for a command over several slots of a
// cluster.
func (s *Store) tidy(ctx context.Context, v shard.View, size *goredis.IntCmd) error {
	if len(v.Fields) == 0 {
		for _, kind := range []string{"score", "detail"} {
			if err := s.client.Del(ctx, s.key(kind, v.Customer)).Err(); err != nil {
				return err
			}
		}
		return nil
	}
	if int(size.Val()) == len(v.Fields) {
		return nil
	}
	return s.replace(ctx, s.key("score", v.Customer), fieldArgs(v))
}

// replace makes a hash hold these fields and no others, at one instant.
func (s *Store) replace(ctx context.Context, key string, fields []any) error {
	_, err := s.client.TxPipelined(ctx, func(tx goredis.Pipeliner) error {
		tx.Del(ctx, key)
		if len(fields) > 0 {
			tx.HSet(ctx, key, fields...)
		}
		return nil
	})
	return err
}

func fieldArgs(v shard.View) []any {
	args := make([]any, 0, 2*len(v.Fields))
	for _, f := range v.Fields {
		args = append(args, f.Name, f.Value)
	}
	return args
}

// Score returns the fields of a customer's public score; none where there is no such customer.
func (s *Store) Score(ctx context.Context, customer string) (map[string]string, error) {
	fields, err := s.client.HGetAll(ctx, s.key("score", customer)).Result()
	if err != nil {
		return nil, fmt.Errorf("read score: %w", err)
	}
	return fields, nil
}

// Detail returns the JSON beside a customer's public score; nil where there is none.
func (s *Store) Detail(ctx context.Context, customer string) ([]byte, error) {
	detail, err := s.client.Get(ctx, s.key("detail", customer)).Bytes()
	if errors.Is(err, goredis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read detail: %w", err)
	}
	return detail, nil
}
