package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// Metas reads the heads of shards, and returns them in order. The head of a shard that does not exist is empty.
func (s *Store) Metas(ctx context.Context, shards []int) ([]shard.Meta, error) {
	pipe := s.client.Pipeline()
	replies := make([]*goredis.MapStringStringCmd, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return nil, shardError("read head", n, err)
		}
		replies[i] = pipe.HGetAll(ctx, s.keys(n)[metaKey])
	}
	_, _ = pipe.Exec(ctx) // every reply carries its own error
	metas := make([]shard.Meta, len(shards))
	for i, reply := range replies {
		fields, err := reply.Result()
		if err == nil {
			metas[i], err = decodeMeta(fields)
		}
		if err != nil {
			return nil, shardError("read head", shards[i], err)
		}
	}
	return metas, nil
}

// Audit reads the heads of shards and counts the entries of their keys. Head and counts of a shard are of one instant; but where the head
// and the key of the tombstones agree in number, that key may have been counted a moment later.
func (s *Store) Audit(ctx context.Context, shards []int) ([]shard.Audit, error) {
	calls := make([]call, len(shards))
	for i, n := range shards {
		if err := s.inRange(n); err != nil {
			return nil, shardError("audit", n, err)
		}
		calls[i] = call{s.keys(n)[:censusKey], s.fields}
	}
	audits := make([]shard.Audit, len(shards))
	for i, reply := range s.run(ctx, auditScript, calls) {
		var err error
		if audits[i], err = decodeAudit(reply); err != nil {
			return nil, shardError("audit", shards[i], err)
		}
	}
	if err := s.auditErased(ctx, shards, audits); err != nil {
		return nil, err
	}
	return audits, nil
}

func decodeAudit(reply *goredis.Cmd) (shard.Audit, error) {
	parts, err := reply.Slice()
	if err != nil {
		return shard.Audit{}, err
	}
	if len(parts) != 5 {
		return shard.Audit{}, errReply
	}
	meta, err := decodeHead(parts[0])
	if err != nil {
		return shard.Audit{}, err
	}
	var sizes [4]int64
	for i, part := range parts[1:] {
		size, ok := part.(int64)
		if !ok {
			return shard.Audit{}, errReply
		}
		sizes[i] = size
	}
	return shard.Audit{Meta: meta, Actual: shard.Counts{Profiles: sizes[0], Due: sizes[1], Outbox: sizes[2], Erased: sizes[3]}}, nil
}

// Load answers queries, in order. Head and profiles of one answer are of one instant. A shard without a head has no profiles, even
// if its profiles key still holds some; but it has the tombstones that it had. Only where a shard may have tombstones, and does not know a
// customer, Load asks the server twice.
//
// A script reads both. A pipeline that reads the token, the profiles and the token again would not do: after a redirect of Redis
// Cluster, go-redis may send the commands of a pipeline again one by one, in another order.
func (s *Store) Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error) {
	calls := make([]call, len(queries))
	for i, q := range queries {
		if err := s.inRange(q.Shard); err != nil {
			return nil, shardError("load", q.Shard, err)
		}
		calls[i] = call{s.keys(q.Shard)[:dueKey], make([]any, len(q.Customers))}
		for j, customer := range q.Customers {
			calls[i].args[j] = customer
		}
	}
	loaded := make([]shard.Loaded, len(queries))
	for i, reply := range s.run(ctx, loadScript, calls) {
		var err error
		if loaded[i], err = decodeLoaded(reply, queries[i].Customers); err != nil {
			return nil, shardError("load", queries[i].Shard, err)
		}
	}
	if err := s.loadErased(ctx, queries, loaded); err != nil {
		return nil, err
	}
	return loaded, nil
}

// decodeLoaded reads the reply of load.lua: the head, then pages of profiles.
func decodeLoaded(reply *goredis.Cmd, customers []string) (shard.Loaded, error) {
	parts, err := reply.Slice()
	if err != nil {
		return shard.Loaded{}, err
	}
	if len(parts) == 0 {
		return shard.Loaded{}, errReply
	}
	meta, err := decodeHead(parts[0])
	if err != nil {
		return shard.Loaded{}, err
	}
	profiles := make([][]byte, 0, len(customers))
	for _, part := range parts[1:] {
		page, ok := part.([]any)
		if !ok {
			return shard.Loaded{}, errReply
		}
		for _, value := range page {
			switch value := value.(type) {
			case nil:
				profiles = append(profiles, nil)
			case string:
				profiles = append(profiles, []byte(value))
			default:
				return shard.Loaded{}, errReply
			}
		}
	}
	if meta.Token == "" {
		profiles = make([][]byte, len(customers))
	}
	if len(profiles) != len(customers) {
		return shard.Loaded{}, errReply
	}
	return shard.Loaded{Meta: meta, Profiles: profiles}, nil
}
