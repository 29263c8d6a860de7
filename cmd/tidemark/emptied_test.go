package main

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// A Redis that is emptied under a running service gets back what only the service still knows: the layout, the model in
// force, and the one before it. The service goes on, and rebuilds the rest.
func TestAnEmptiedRedisGetsItsModelsBack(t *testing.T) {
	s := startServers(t, 2)
	first, second := withVersion("first"), withVersion("second")
	s.serve(t, "--model", file(t, first), "--shards", "8")
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	scored := func(version string) func() bool {
		return func() bool { return s.score(t, "ann", "model_version") == version }
	}
	eventually(t, longest, "ann is scored", scored("first"))
	must(t, append([]string{"model", "activate", file(t, second), "--effective-at", "2026-03-05"}, s.redisFlags()...)...)
	eventually(t, longest, "the second model is followed", scored("second"))
	was := s.hashes(t, "tm:meta", "tm:model")

	s.embedded.redis.Server().FlushAll()
	eventually(t, longest, "ann is scored again", scored("second"))
	store, err := redis.New(s.data, "", shard.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, longest, "the models are back", func() bool {
		m, ok, err := store.Model(t.Context())
		return ok && err == nil && m.Before != nil
	})
	eventually(t, longest, "the layout is back", func() bool { return len(s.hashes(t, "tm:meta")[0]) == len(was[0]) })
	for i, key := range []string{"tm:meta", "tm:model"} {
		for field, want := range was[i] {
			if got := s.hashes(t, key)[0][field]; got != want {
				t.Errorf("%s: %s is %q now, want %q as before", key, field, got, want)
			}
		}
	}
}

// withVersion is the default model under another version, and so another hash.
func withVersion(version string) string {
	lines := strings.Split(string(model.Default()), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "version:") {
			lines[i] = "version: " + version
		}
	}
	return strings.Join(lines, "\n")
}
