package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
)

// A service that has caught up, and finds when it looks for the last time that Redis has lost writes since, does not say that
// all is well. The next one reads them again.
func TestLostWritesAtTheEnd(t *testing.T) {
	s := startServers(t, 1)
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	args := append([]string{"run", "--clock", "event", "--as-of", "2026-03-10", "--exit-when-caught-up", "--admin", ""}, s.flags()...)

	lost := &cli{Run: runCommand{between: func(store pipeline.Store) pipeline.Store {
		return &emptying{Store: store, group: s.cluster(t), empty: s.embedded.redis.Server().FlushAll}
	}}}
	var said bytes.Buffer
	if code := lost.run(t.Context(), args, streams{&said, &said}); code != 1 || !strings.Contains(said.String(), "start it again") {
		t.Errorf("Redis was emptied at the end: got exit code %d, want 1 and what to do; it said\n%s", code, &said)
	}
	must(t, args...)
	if got, want := s.score(t, "cid", "as_of"), "2026-03-10T00:00:00Z"; got != want {
		t.Errorf("cid is scored as of %q by the next one, want %q", got, want)
	}
}

// emptying is a store that loses everything once the group has caught up, just before its lane looks at the marks.
type emptying struct {
	pipeline.Store
	group *kafka.Cluster
	empty func()
}

// Census comes before the marks in a checkpoint, and always in the last one.
func (e *emptying) Census(ctx context.Context, shards []int) ([]map[string]int64, error) {
	census, err := e.Store.Census(ctx, shards)
	if done, asked := e.group.CaughtUp(ctx); asked == nil && done {
		e.empty()
	}
	return census, err
}
