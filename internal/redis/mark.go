package redis

import (
	"context"
	"fmt"
	"strconv"

	"tidemark/internal/shard"
)

// Mark moves marks of idle shards, and returns the heads after that, one per marker. A mark moves only if it equals its offset in
// Acked; without an offset in Acked, only if the shard has no such mark. A shard that does not exist is not created.
func (s *Store) Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	calls := make([]call, len(markers))
	for i, m := range markers {
		args, err := s.markArgs(m)
		if err != nil {
			return nil, refusal("mark", m.Shard, err)
		}
		calls[i] = call{s.keys(m.Shard)[:profilesKey], args}
	}
	metas := make([]shard.Meta, len(markers))
	for i, reply := range s.run(ctx, markScript, calls) {
		head, err := reply.Slice()
		if err == nil {
			metas[i], err = decodeHead(head)
		}
		if err != nil {
			return nil, shardError("mark", markers[i].Shard, err)
		}
	}
	return metas, nil
}

func (s *Store) markArgs(m shard.Marker) ([]any, error) {
	if err := s.inRange(m.Shard); err != nil {
		return nil, err
	}
	args := append([]any{len(s.fields)}, s.fields...)
	for p, next := range m.Next {
		if next < 0 {
			return nil, fmt.Errorf("mark of %s is %d", p, next)
		}
		acked, seen := m.Acked[p]
		if seen && acked == next {
			continue
		}
		was := ""
		if seen {
			was = strconv.FormatInt(acked, 10)
		}
		args = append(args, markField(p), was, strconv.FormatInt(next, 10))
	}
	return args, nil
}
