package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// viewsAtOnce is the largest number of views in one pipeline. A view takes two or three commands.
const viewsAtOnce = 512

// Project rewrites the public views of customers:
//
//	view has             tm:score:<customer>       tm:detail:<customer>
//	fields and detail    holds exactly the fields  holds the detail
//	fields, no detail    holds exactly the fields  stays as it is
//	detail, no fields    is removed                holds the detail
//	neither              is removed                is removed
//
// After an error some views may be rewritten and others not. Views are derived from profiles, so the caller can project them again.
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
	puts, sizes := make([]*goredis.IntCmd, len(views)), make([]*goredis.IntCmd, len(views))
	for i, v := range views {
		if v.Customer == "" {
			return errors.New("a view without a customer")
		}
		if len(v.Detail) > 0 {
			pipe.Set(ctx, s.key("detail", v.Customer), v.Detail, 0)
		}
		if len(v.Fields) == 0 {
			continue
		}
		score := s.key("score", v.Customer)
		puts[i] = pipe.HSet(ctx, score, fieldArgs(v)...)
		sizes[i] = pipe.HLen(ctx, score)
	}
	commands, _ := pipe.Exec(ctx) // every command carries its own error
	for _, c := range commands {
		if err := c.Err(); err != nil && !goredis.HasErrorPrefix(err, "WRONGTYPE") {
			return err
		}
	}
	for i, v := range views {
		if err := s.tidy(ctx, v, puts[i], sizes[i]); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes what HSET leaves behind: fields that another version of the program has written, or the keys of a view without
// fields. Both are rare. DEL cannot be part of the pipeline: go-redis treats it as a command over several slots of a cluster.
// A view key that holds another type than a hash, as after a SET by hand, is replaced.
func (s *Store) tidy(ctx context.Context, v shard.View, put, size *goredis.IntCmd) error {
	if len(v.Fields) == 0 {
		if err := s.client.Del(ctx, s.key("score", v.Customer)).Err(); err != nil || len(v.Detail) > 0 {
			return err
		}
		return s.client.Del(ctx, s.key("detail", v.Customer)).Err()
	}
	if put.Err() == nil && int(size.Val()) == len(v.Fields) {
		return nil
	}
	return s.replace(ctx, s.key("score", v.Customer), fieldArgs(v))
}

// replace replaces a hash at one instant: it then holds fields and nothing else. Without fields it is removed.
func (s *Store) replace(ctx context.Context, key string, fields []any) error {
	commands, err := s.client.TxPipelined(ctx, func(tx goredis.Pipeliner) error {
		tx.Del(ctx, key)
		if len(fields) > 0 {
			tx.HSet(ctx, key, fields...)
		}
		return nil
	})
	// A transaction of which the server refuses a command fails with EXECABORT. The refused command says why.
	for _, command := range commands {
		if refused := command.Err(); refused != nil && !goredis.HasErrorPrefix(refused, "EXECABORT") {
			return refused
		}
	}
	return err
}

func fieldArgs(v shard.View) []any {
	args := make([]any, 0, 2*len(v.Fields))
	for _, f := range v.Fields {
		args = append(args, f.Name, f.Value)
	}
	return args
}

// Score returns the fields of a customer's public score. The map is empty if there is no score.
func (s *Store) Score(ctx context.Context, customer string) (map[string]string, error) {
	fields, err := s.client.HGetAll(ctx, s.key("score", customer)).Result()
	if err != nil {
		return nil, fmt.Errorf("read score: %w", err)
	}
	return fields, nil
}

// Detail returns the JSON beside a customer's public score, and nil if there is none.
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
