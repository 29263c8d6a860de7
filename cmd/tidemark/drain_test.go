package main

import (
	"slices"
	"testing"
	"time"

	"tidemark/internal/kafka"
	"tidemark/internal/service/servicetest"
)

// TestRealDrain drains a member under load. The member ends in time. Everything that it has committed is published and projected, and its
// offsets are committed. Another member finishes the work, and publishes nothing twice.
func TestRealDrain(t *testing.T) {
	s := startRealServers(t, endToEndPartitions)
	log := cdnowSample(t)
	replayed := log.replay(t)
	log.load(t, s)
	const within = 20 * time.Second
	first := log.member(t, s, "first", "--batch-events", "20", "--drain-within", within.String())
	s.awaitMiddle(t, first)

	first.ask(t)
	if got := first.code(t, within); got != 0 {
		t.Errorf("exit code %d, want 0", got)
	}
	marks := s.Applied(t)
	done, all := servicetest.Sum(marks), s.Events(t)
	t.Logf("ended with %d of %d events committed", done, all)
	if done == all {
		t.Fatal("everything is committed: it was not in the middle")
	}
	progress, err := s.Cluster(t).Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range progress {
		if p.End > 0 && p.Committed != marks[p.Partition] {
			t.Errorf("%s: the group is told %d, want %d, which is committed", p.Partition, p.Committed, marks[p.Partition])
		}
	}
	published, committed := s.Published(t), s.Committed(t)
	for customer, n := range committed {
		for slices.Contains(replayed.Withheld[customer], n) {
			n--
		}
		if published[customer] != n {
			t.Fatalf("customer %s: %d is the last transition that is published, want %d, which is committed", customer, published[customer], n)
		}
	}
	if scores := s.Keys(t, "tm:score:"); len(scores) != len(committed) {
		t.Errorf("%d customers have a score, want the %d that are committed", len(scores), len(committed))
	}
	s.OutboxesAreEmpty(t)
	said, ends := s.Outputs(t), s.Ends(t, kafka.TransitionTopics()...)

	second := log.member(t, s, "second", untilCaughtUp)
	if got := second.code(t, servicetest.Within); got != 0 {
		t.Fatalf("%s: exit code %d, want 0", second.name, got)
	}
	replayed.Compare(t, s.Servers)
	for _, r := range s.Records(t, kafka.TransitionTopics()...) {
		if id := servicetest.HeaderOf(r, "ce_id"); r.Offset >= ends[r.Topic][r.Partition] && said[id] != nil {
			t.Fatalf("%s is published by the second, and had been by the first", id)
		}
	}
}
