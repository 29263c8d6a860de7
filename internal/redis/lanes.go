package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// lanesKey is the key in which the lanes of an edition tell each other how far they have read.
func (s *Store) lanesKey() string {
	if s.layout.Edition > 0 {
		return s.key("lanes", fmt.Sprintf("e%d", s.layout.Edition))
	}
	return s.key("lanes")
}

// Tell replaces what the lane of a partition index tells of itself, and returns what all lanes have told and the server's clock. Where r is
// nil, it only asks. An entry that cannot be read is an error that says how to remove it: the lane that wrote it writes it again within a
// second, if it runs.
func (s *Store) Tell(ctx context.Context, index int, r *shard.Reading) (map[int]shard.Reading, event.Instant, error) {
	key, text := s.lanesKey(), ""
	if r != nil {
		var err error
		if text, err = r.Encode(); err != nil {
			return nil, 0, fmt.Errorf("write %s: %w", key, err)
		}
	}
	reply, err := s.run(ctx, lanesScript, []call{{[]string{key}, []any{index, text}}})[0].Slice()
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", key, err)
	}
	readings, now, err := decodeLanes(reply)
	if spoiled, ok := errors.AsType[*spoiledLaneError](err); ok {
		return nil, 0, fmt.Errorf("read %s: %w; HDEL %s %s removes it", key, err, key, spoiled.index)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", key, err)
	}
	return readings, now, nil
}

// spoiledLaneError is the error of an entry of tm:lanes that cannot be read.
type spoiledLaneError struct {
	index string
	err   error
}

func (e *spoiledLaneError) Error() string { return fmt.Sprintf("field %s: %v", e.index, e.err) }

func decodeLanes(reply []any) (map[int]shard.Reading, event.Instant, error) {
	if len(reply) != 2 {
		return nil, 0, errReply
	}
	fields, isList := reply[0].([]any)
	clock, isText := reply[1].(string)
	if !isList || !isText {
		return nil, 0, errReply
	}
	texts, err := pairs(fields)
	if err != nil {
		return nil, 0, err
	}
	readings := make(map[int]shard.Reading, len(texts))
	for field, text := range texts {
		index, err := strconv.Atoi(field)
		if err != nil || index < 0 {
			return nil, 0, &spoiledLaneError{field, errors.New("not a partition")}
		}
		if readings[index], err = shard.ParseReading(text); err != nil {
			return nil, 0, &spoiledLaneError{field, err}
		}
	}
	now, err := strconv.ParseInt(clock, 10, 64)
	return readings, event.Instant(now), err
}
