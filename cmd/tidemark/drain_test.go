package main

import (
	"testing"
	"time"
)

// TestRealDrain asks a member to end in the middle of its work. It does so in time, with everything that it has committed
// published, projected, and told to the group; another finishes the work, and says nothing again.
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
	marks := s.applied(t)
	done, all := sum(marks), s.events(t)
	t.Logf("ended with %d of %d events committed", done, all)
	if done == all {
		t.Fatal("everything is committed: it was not in the middle")
	}
	progress, err := s.cluster(t).Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range progress {
		if p.End > 0 && p.Committed != marks[p.Partition] {
			t.Errorf("%s: the group is told %d, want %d, which is committed", p.Partition, p.Committed, marks[p.Partition])
		}
	}
	published, committed := s.published(t), s.committed(t)
	for customer, n := range committed {
		if published[customer] != n {
			t.Fatalf("customer %s: %d transitions are published, want the %d that are committed", customer, published[customer], n)
		}
	}
	if scores := s.keys(t, "tm:score:"); len(scores) != len(committed) {
		t.Errorf("%d customers have a score, want the %d that are committed", len(scores), len(committed))
	}
	s.outboxesAreEmpty(t)
	said, ends := s.outputs(t), s.ends(t, outputTopics...)

	second := log.member(t, s, "second", untilCaughtUp)
	if got := second.code(t, endToEndWithin); got != 0 {
		t.Fatalf("%s: exit code %d, want 0", second.name, got)
	}
	replayed.compare(t, s)
	for _, r := range s.records(t, outputTopics...) {
		if id := headerOf(r, "ce_id"); r.Offset >= ends[r.Topic][r.Partition] && said[id] != nil {
			t.Fatalf("%s is published by the second, and had been by the first", id)
		}
	}
}
