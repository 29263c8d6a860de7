package service_test

import (
	"context"
	"strings"
	"testing"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/service/servicetest"
)

// Redis loses writes after the service has caught up and before it ends. The service finds this when it checks the marks for the last
// time, and returns an error. The next run reads the lost records again.
func TestLostWritesAtTheEnd(t *testing.T) {
	s := servicetest.Start(t, 1)
	s.Send(t, smallLog(t))
	loading := usual()
	loading.asOf, loading.untilCaughtUp = instant(t, "2026-03-10"), true

	lost := loading
	lost.between = func(store pipeline.Store) pipeline.Store {
		return &emptying{Store: store, group: s.Cluster(t), empty: s.Embedded.Redis.Server().FlushAll}
	}
	if err := run(t, s, lost); err == nil || !strings.Contains(err.Error(), "start it again") {
		t.Errorf("Redis was emptied at the end: got error %v, want what to do", err)
	}
	if err := run(t, s, loading); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Score(t, "cid", "as_of"), "2026-03-10T00:00:00Z"; got != want {
		t.Errorf("cid is scored as of %q by the next one, want %q", got, want)
	}
}

// emptying is a store that loses everything once the group has caught up, just before its lane checks the marks.
type emptying struct {
	pipeline.Store
	group *kafka.Cluster
	empty func()
}

// Census is called before the marks are checked in a checkpoint, and always in the last checkpoint.
func (e *emptying) Census(ctx context.Context, shards []int) ([]map[string]int64, error) {
	census, err := e.Store.Census(ctx, shards)
	if done, asked := e.group.CaughtUp(ctx); asked == nil && done {
		e.empty()
	}
	return census, err
}
