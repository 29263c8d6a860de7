package main

import (
	"strings"
	"testing"
	"time"
)

// smallLog is what three customers did, the last of it on 2 March 2026.
const smallLog = `{"topic":"customer.purchases.v1","event":{"event_id":"e1","customer_id":"ann","order_id":"o1","occurred_at":"2026-03-01T10:00:00Z","kind":"ORDER","amount_minor":4000,"currency":"USD"}}
{"topic":"customer.purchases.v1","event":{"event_id":"e2","customer_id":"bob","order_id":"o2","occurred_at":"2026-03-01T11:00:00Z","kind":"ORDER","amount_minor":90000,"currency":"USD"}}
{"topic":"customer.interactions.v1","event":{"event_id":"e3","customer_id":"ann","occurred_at":"2026-03-01T12:00:00Z","kind":"PAGE_VIEW"}}
{"topic":"customer.feedback.v1","event":{"event_id":"e4","customer_id":"bob","occurred_at":"2026-03-01T13:00:00Z","kind":"NPS","score":9}}
{"topic":"customer.purchases.v1","event":{"event_id":"e5","customer_id":"cid","order_id":"o3","occurred_at":"2026-03-02T10:00:00Z","kind":"ORDER","amount_minor":1200,"currency":"USD"}}
`

func TestExitWhenCaughtUp(t *testing.T) {
	s := startServers(t, 2)
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	args := append([]string{"run", "--clock", "event", "--as-of", "2026-03-10", "--exit-when-caught-up", "--admin", ""}, s.flags()...)
	for _, round := range []string{"the first time", "again, with everything committed"} {
		p := start(t, round, args...)
		if got := p.code(t, longest); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", round, got)
		}
	}
	if got := s.score(t, "ann", "as_of"); got != "2026-03-10T00:00:00Z" {
		t.Errorf("ann is scored as of %q, want the end of the event clock", got)
	}
	progress, err := s.cluster(t).Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range progress {
		if p.Lag() != 0 {
			t.Errorf("%s: committed %d of %d, want all", p.Partition, p.Committed, p.End)
		}
	}
}

// An event clock that is moved on evaluates everybody again, although nothing new is in the log.
func TestALaterAsOfIsEvaluated(t *testing.T) {
	s := startServers(t, 2)
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	for _, asOf := range []string{"2026-03-10", "2026-03-20"} {
		must(t, append([]string{"run", "--clock", "event", "--as-of", asOf, "--exit-when-caught-up", "--admin", ""}, s.flags()...)...)
		if got, want := s.score(t, "cid", "as_of"), asOf+"T00:00:00Z"; got != want {
			t.Errorf("cid is scored as of %q, want %q", got, want)
		}
	}
}

func TestAnEventAfterTheAsOfEndsTheRun(t *testing.T) {
	s := startServers(t, 2)
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	got := tidemark(t, append([]string{"run", "--clock", "event", "--as-of", "2026-03-02", "--exit-when-caught-up", "--admin", ""}, s.flags()...)...)
	if got.code != 1 || !strings.Contains(got.err, "event after the as-of") || !strings.Contains(got.err, "2026-03-02T10:00:00Z") {
		t.Errorf("exit code %d, saying %s, want 1 and which event is after the as-of", got.code, got.err)
	}
}

func TestSIGTERMDrains(t *testing.T) {
	s := startServers(t, 2)
	p := start(t, "service", append([]string{"run", "--admin", "", "--drain-within", "20s"}, s.flags()...)...)
	eventually(t, longest, "the service has its partitions", func() bool { return len(p.share()) == 2 })
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	eventually(t, longest, "all are applied", func() bool { return sum(s.applied(t)) == s.events(t) })
	p.ask(t)
	if got := p.code(t, 30*time.Second); got != 0 {
		t.Errorf("exit code %d, want 0 after a graceful end", got)
	}
	// What was applied is projected and committed on the way out.
	for _, customer := range []string{"ann", "bob", "cid"} {
		if got := s.score(t, customer, "tier"); got == "" {
			t.Errorf("%s has no tier, want the projection to precede the end", customer)
		}
	}
	if done, err := s.cluster(t).CaughtUp(t.Context()); err != nil || !done {
		t.Errorf("the group has caught up: %v, %v, want it to", done, err)
	}
}

func TestSIGTERMBeforeAnythingBegan(t *testing.T) {
	s := startEmpty(t) // no topics: it waits for them, or says so
	p := start(t, "service", append([]string{"run", "--admin", ""}, s.flags()...)...)
	if got := p.code(t, longest); got != 1 || !strings.Contains(p.said(), "tidemark topics create") {
		t.Errorf("exit code %d, saying %s, want 1 and what to do", got, p.said())
	}
}

func TestTheSecondSignalEndsAtOnce(t *testing.T) {
	s := startServers(t, 1)
	p := start(t, "service", append([]string{"run", "--admin", "", "--drain-within", "1h"}, s.flags()...)...)
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	eventually(t, longest, "all are applied", func() bool { return sum(s.applied(t)) == s.events(t) })
	s.embedded.redis.Server().SetError("LOADING it will never answer")
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
	must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	eventually(t, longest, "all are applied", func() bool { return sum(s.applied(t)) == s.events(t) })
	s.embedded.redis.Server().SetError("LOADING it will never answer")
	p.ask(t)
	if got := p.code(t, 30*time.Second); got != 1 || !strings.Contains(p.said(), "not drained within the deadline") {
		t.Errorf("exit code %d, want 1 and that it did not drain in time", got)
	}
}
