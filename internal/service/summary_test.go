package service_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tidemark/internal/service/servicetest"
)

// At its end the service writes what it has done. The numbers are those of its metrics.
func TestTheLastSummary(t *testing.T) {
	s := servicetest.Start(t, 2)
	s.Send(t, smallLog(t))
	service := start(t, "one", s, func() settings { c := usual(); c.untilCaughtUp = true; return c }())
	<-service.done
	if service.err != nil {
		t.Fatal(service.err)
	}
	var last struct {
		Applied, Duplicates, Published, Muted, Lag, Commits int64
	}
	lines := 0
	for line := range strings.Lines(service.said()) {
		if !strings.Contains(line, "the last minute, up to the end") {
			continue
		}
		lines++
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatal(err)
		}
	}
	if lines != 1 {
		t.Fatalf("%d last summaries, want 1; it said\n%s", lines, service.said())
	}
	sum := func(name string, labels ...string) int64 { return int64(service.metric(t, name, labels...)) }
	if want := sum("tidemark_events_total", `result="applied"`); last.Applied != want || want == 0 {
		t.Errorf("applied: got %d, want %d, as the metric says, and some", last.Applied, want)
	}
	if want := sum("tidemark_transitions_total", `published="false"`); last.Muted != want {
		t.Errorf("muted: got %d, want %d, as the metric says", last.Muted, want)
	}
	if want := sum("tidemark_commit_seconds_count"); last.Commits != want || last.Lag != 0 {
		t.Errorf("commits and lag: got %d and %d, want %d, as the metric says, and 0", last.Commits, last.Lag, want)
	}
}
