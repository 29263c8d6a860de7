package service_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/redis"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// Redis is emptied while the service runs. The service writes the layout, the model in force and the model before it again, because only
// the service still has them. It rebuilds the rest from the log.
func TestAnEmptiedRedisGetsItsModelsBack(t *testing.T) {
	s := servicetest.Start(t, 2)
	first, second := withVersion("first"), withVersion("second")
	c := usual()
	c.model, c.shards = first, 8
	serve(t, s, c)
	s.Send(t, smallLog(t))
	scored := func(version string) func() bool {
		return func() bool { return s.Score(t, "ann", "model_version") == version }
	}
	servicetest.Eventually(t, servicetest.Longest, "ann is scored", scored("first"))
	activate(t, s, second, instant(t, "2026-03-05"))
	servicetest.Eventually(t, servicetest.Longest, "the second model is followed", scored("second"))
	was := s.Hashes(t, "tm:meta", "tm:model")

	s.Embedded.Redis.Server().FlushAll()
	servicetest.Eventually(t, servicetest.Longest, "ann is scored again", scored("second"))
	store, err := redis.New(s.Data, "", shard.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	servicetest.Eventually(t, servicetest.Longest, "the models are back", func() bool {
		m, ok, err := store.Model(t.Context())
		return ok && err == nil && m.Before != nil
	})
	servicetest.Eventually(t, servicetest.Longest, "the layout is back", func() bool { return len(s.Hashes(t, "tm:meta")[0]) == len(was[0]) })
	for i, key := range []string{"tm:meta", "tm:model"} {
		for field, want := range was[i] {
			if got := s.Hashes(t, key)[0][field]; got != want {
				t.Errorf("%s: %s is %q now, want %q as before", key, field, got, want)
			}
		}
	}
}

// withVersion returns the default model with another version, and so with another hash.
func withVersion(version string) string {
	lines := strings.Split(string(model.Default()), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "version:") {
			lines[i] = "version: " + version
		}
	}
	return strings.Join(lines, "\n")
}
