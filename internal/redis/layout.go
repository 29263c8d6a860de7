package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// ErrLayout is the error of a store whose data has another layout than this program's settings.
var ErrLayout = errors.New("the data has another layout")

// layoutFields are the fields of tm:meta that hold the layout. If several differ, the first in this order is reported.
var layoutFields = []string{"format", "edition", "shards", "partitioner", "zone", "base_currency"}

func layoutValues(l shard.Layout) map[string]string {
	return map[string]string{
		"format": strconv.Itoa(Format), "edition": strconv.Itoa(l.Edition), "shards": strconv.Itoa(l.Shards),
		"partitioner": string(l.Partitioner), "zone": l.Zone, "base_currency": string(l.Base),
	}
}

// layoutArgs are the fields of a layout under names with a prefix.
func layoutArgs(prefix string, l shard.Layout) []any {
	values := layoutValues(l)
	var args []any
	for _, field := range layoutFields {
		args = append(args, prefix+field, values[field])
	}
	return args
}

// decodeLayout reads a layout from the fields whose names begin with a prefix. It returns false if there is none.
func decodeLayout(fields map[string]string, prefix string) (shard.Layout, bool, error) {
	if fields[prefix+"shards"] == "" {
		return shard.Layout{}, false, nil
	}
	l := shard.Layout{
		Partitioner: shard.Partitioner(fields[prefix+"partitioner"]), Zone: fields[prefix+"zone"], Base: event.Currency(fields[prefix+"base_currency"]),
	}
	var err error
	if l.Shards, err = strconv.Atoi(fields[prefix+"shards"]); err != nil {
		return shard.Layout{}, false, fmt.Errorf("field %sshards: %w", prefix, err)
	}
	if edition := fields[prefix+"edition"]; edition != "" { // data from before the first rebuild has no such field
		if l.Edition, err = strconv.Atoi(edition); err != nil {
			return shard.Layout{}, false, fmt.Errorf("field %sedition: %w", prefix, err)
		}
	}
	return l, true, nil
}

// Open writes the store's layout to tm:meta if there is no layout yet. If the data has another layout, Open fails with ErrLayout,
// and the error names the field.
func (s *Store) Open(ctx context.Context) error {
	want := layoutValues(s.layout)
	got, err := s.writeOnce(ctx, s.key("meta"), layoutArgs("", s.layout))
	if err != nil {
		return fmt.Errorf("open %s: %w", s.key("meta"), err)
	}
	if got["edition"] == "" {
		got["edition"] = "0" // data from before the first rebuild has no such field
	}
	if got["format"] != want["format"] {
		return fmt.Errorf("open %s: %w", s.key("meta"), formatError(got["format"]))
	}
	for _, field := range layoutFields {
		if got[field] != want[field] {
			return fmt.Errorf("open %s: %w: %s is %q there, %q here", s.key("meta"), ErrLayout, field, got[field], want[field])
		}
	}
	return nil
}

// writeOnce writes fields to a hash, unless the hash already has the first field. It returns all fields of the hash after that.
func (s *Store) writeOnce(ctx context.Context, key string, fields []any) (map[string]string, error) {
	reply, err := s.run(ctx, openScript, []call{{[]string{key}, fields}})[0].Slice()
	if err != nil {
		return nil, err
	}
	return pairs(reply)
}

// Layout returns the layout of the data, and false if the data has none yet.
func (s *Store) Layout(ctx context.Context) (shard.Layout, bool, error) {
	fields, err := s.client.HGetAll(ctx, s.key("meta")).Result()
	if err != nil {
		return shard.Layout{}, false, fmt.Errorf("read %s: %w", s.key("meta"), err)
	}
	l, ok, err := decodeLayout(fields, "")
	if err != nil {
		return shard.Layout{}, false, fmt.Errorf("read %s: %w", s.key("meta"), err)
	}
	return l, ok, nil
}
