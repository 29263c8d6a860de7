package main

import (
	"testing"

	"tidemark/internal/service/servicetest"
)

const endToEndPartitions = 4

func TestEmbeddedEndToEnd(t *testing.T) { endToEnd(t, startServers(t, endToEndPartitions)) }

func TestRealEndToEnd(t *testing.T) { endToEnd(t, startRealServers(t, endToEndPartitions)) }

// endToEnd runs two members of one group on CDNOW, kills one under load, and replaces it. The result is the result of a replay. With the
// race detector, the log is one customer in ten.
func endToEnd(t *testing.T, s *servers) {
	t.Helper()
	log := lengthy(t)
	replayed := log.replay(t)
	log.load(t, s)
	member := func(name string) *process { return log.member(t, s, name, untilCaughtUp, log.batches(140)) }
	first, second := member("first"), member("second")
	s.awaitMiddle(t, first, second)
	first.kill()
	s.PublishedIsCommitted(t)
	third := member("third")
	for _, m := range []*process{second, third} {
		if got := m.code(t, servicetest.Within); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", m.name, got)
		}
	}
	replayed.Compare(t, s.Servers)
	replayed.ComparePopulation(t, s.Servers)
}
