package service_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/redis"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// readLog reads lines of JSON as events.
func readLog(t *testing.T, lines string) []event.Event {
	t.Helper()
	name := filepath.Join(t.TempDir(), "log.jsonl")
	if err := os.WriteFile(name, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := dataset.Read(dataset.JSONL, []string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return log.Events
}

// smallLog returns the events of three customers. The last event is on 2 March 2026.
func smallLog(t *testing.T) []event.Event {
	t.Helper()
	return readLog(t, servicetest.SmallLog)
}

// instant returns 00:00 UTC of a date.
func instant(t *testing.T, date string) event.Instant {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return event.InstantOf(at)
}

// activate activates the model of a source from an instant on, as `tidemark model activate` does.
func activate(t *testing.T, s *servicetest.Servers, source string, from event.Instant) {
	t.Helper()
	m, err := model.Parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	store, err := redis.New(s.Data, "", shard.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.ActivateModel(t.Context(), []byte(source), m.Hash, from); err != nil {
		t.Fatal(err)
	}
}
