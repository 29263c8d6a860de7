package main

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/service/servicetest"
)

func TestExitWhenCaughtUp(t *testing.T) {
	s := startServers(t, 2)
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	args := append([]string{"run", "--clock", "event", "--as-of", "2026-03-10", "--exit-when-caught-up", "--admin", ""}, s.flags()...)
	for _, round := range []string{"the first time", "again, with everything committed"} {
		p := start(t, round, args...)
		if got := p.code(t, servicetest.Longest); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", round, got)
		}
	}
	if got := s.Score(t, "ann", "as_of"); got != "2026-03-10T00:00:00Z" {
		t.Errorf("ann is scored as of %q, want the end of the event clock", got)
	}
	progress, err := s.Cluster(t).Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range progress {
		if p.Lag() != 0 {
			t.Errorf("%s: committed %d of %d, want all", p.Partition, p.Committed, p.End)
		}
	}
}

func TestSIGTERMDrains(t *testing.T) {
	s := startServers(t, 2)
	p := start(t, "service", append([]string{"run", "--admin", "", "--drain-within", "20s"}, s.flags()...)...)
	servicetest.Eventually(t, servicetest.Longest, "the service has its partitions", func() bool { return len(p.share()) == 2 })
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	servicetest.Eventually(t, servicetest.Longest, "all are applied", func() bool { return servicetest.Sum(s.Applied(t)) == s.Events(t) })
	p.ask(t)
	if got := p.code(t, 30*time.Second); got != 0 {
		t.Errorf("exit code %d, want 0 after a graceful end", got)
	}
	// What was applied is projected and committed on the way out.
	for _, customer := range []string{"ann", "bob", "cid"} {
		if got := s.Score(t, customer, "tier"); got == "" {
			t.Errorf("%s has no tier, want the projection to precede the end", customer)
		}
	}
	if done, err := s.Cluster(t).CaughtUp(t.Context()); err != nil || !done {
		t.Errorf("the group has caught up: %v, %v, want it to", done, err)
	}
}

func TestSIGTERMBeforeAnythingBegan(t *testing.T) {
	s := startEmpty(t) // no topics: it waits for them, or says so
	p := start(t, "service", append([]string{"run", "--admin", ""}, s.flags()...)...)
	if got := p.code(t, servicetest.Longest); got != 1 || !strings.Contains(p.said(), "tidemark topics create") {
		t.Errorf("exit code %d, saying %s, want 1 and what to do", got, p.said())
	}
}

func TestTheSecondSignalEndsAtOnce(t *testing.T) {
	s := startServers(t, 1)
	p := start(t, "service", append([]string{"run", "--admin", "", "--drain-within", "1h"}, s.flags()...)...)
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	servicetest.Eventually(t, servicetest.Longest, "all are applied", func() bool { return servicetest.Sum(s.Applied(t)) == s.Events(t) })
	s.Embedded.Redis.Server().SetError("LOADING it will never answer")
	p.ask(t)
	p.ask(t)
	for p.running() { // a signal that comes before the first is taken note of counts as the first
		p.ask(t)
	}
	if got := p.code(t, 30*time.Second); got == 0 {
		t.Error("exit code 0, want that of a process that was ended")
	}
}

func TestDrainDeadline(t *testing.T) {
	s := startServers(t, 1)
	p := start(t, "service", append([]string{"run", "--admin", "", "--drain-within", "200ms"}, s.flags()...)...)
	must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	servicetest.Eventually(t, servicetest.Longest, "all are applied", func() bool { return servicetest.Sum(s.Applied(t)) == s.Events(t) })
	s.Embedded.Redis.Server().SetError("LOADING it will never answer")
	p.ask(t)
	if got := p.code(t, 30*time.Second); got != 1 || !strings.Contains(p.said(), "not drained within the deadline") {
		t.Errorf("exit code %d, want 1 and that it did not drain in time", got)
	}
}
