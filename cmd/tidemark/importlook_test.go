package main

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/event"
)

// TestImportLooksFirst: live events are in the topics, and then their customers' history is imported. The import says how many of the history
// will be too late, and the way on. The first import, into empty topics, has nothing to say; nor has one that is told not to look.
func TestImportLooksFirst(t *testing.T) {
	s := startServers(t, 2)
	line := func(customer, at, id string) string {
		return fmt.Sprintf(`{"topic":"%[1]s","event":{"event_id":"%[2]s","customer_id":"%[3]s","order_id":"%[2]s","occurred_at":"%[4]s","kind":"ORDER","amount_minor":4000,"currency":"USD"}}`,
			event.Purchases, id, customer, at) + "\n"
	}
	live := file(t, line("ann", "2026-03-01T10:00:00Z", "l1")+line("bob", "2026-03-01T10:00:00Z", "l2"))
	args := func(name string, more ...string) []string {
		return append(append([]string{"import", name, "--format", "jsonl"}, s.kafkaFlags()...), more...)
	}
	if got := tidemark(t, args(live)...); got.code != 0 || strings.Contains(got.err, "TOO_LATE") {
		t.Fatalf("the first import: code %d, it said %s", got.code, got.err)
	}
	old := file(t, line("ann", "2025-03-01T10:00:00Z", "h1")+line("ann", "2025-03-02T10:00:00Z", "h2")+
		line("bob", "2023-03-01T10:00:00Z", "h3")+line("new", "2020-03-01T10:00:00Z", "h4"))
	if got := tidemark(t, args(old, "--no-look")...); got.code != 0 || strings.Contains(got.err, "TOO_LATE") {
		t.Errorf("an import that does not look: code %d, it said %s", got.code, got.err)
	}
	got := tidemark(t, args(old)...)
	if want := "2 of 4 events will be TOO_LATE"; got.code != 0 || !strings.Contains(got.err, want) || !strings.Contains(got.err, "tidemark rebuild") {
		t.Errorf("code %d, it said %q, want %q and the way on", got.code, got.err, want)
	}
}
