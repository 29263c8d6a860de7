package main

import (
	"maps"
	"slices"
	"testing"

	"tidemark/internal/servers/serverstest"
)

// conflicts counts the commits of a member that another's came before.
const conflicts = "tidemark_commit_conflicts_total"

// TestRealZombie freezes a member in the middle of its work, with a commit on its way to Redis, until the group has given its
// partitions to the other, and that has gone on with them. Then the commit arrives, and the member goes on where it was.
// Nothing is doubled, nothing is out that was not committed.
func TestRealZombie(t *testing.T) {
	s := startRealServers(t, endToEndPartitions)
	log := lengthy(t)
	replayed := log.replay(t)
	log.load(t, s)
	network := serverstest.Relay(t, s.redis)
	behind := *s
	behind.redis = network.Addr() + "?read_timeout=5m" // it waits for its answer, however late
	zombie, heir := log.member(t, &behind, "zombie", log.batches(350)), log.member(t, s, "heir", log.batches(350))
	s.awaitMiddle(t, zombie, heir)

	refused := zombie.metric(t, conflicts)
	held := network.Hold(":census") // a key that only commits name
	eventually(t, longest, "a commit of the zombie is held", func() bool {
		select {
		case <-held:
			return true
		default:
			return false
		}
	})
	zombie.freeze(t)
	s.publishedIsCommitted(t)
	lost, generation, before := zombie.share(), zombie.generation(), s.applied(t)
	eventually(t, longest, "the heir has gone on with all partitions of the zombie", func() bool {
		after := s.applied(t)
		idle := func(index int) bool { return sum(after, index) == sum(before, index) }
		return len(heir.share()) == endToEndPartitions && !slices.ContainsFunc(lost, idle)
	})

	heir.freeze(t) // so that nobody else writes
	state, calls := s.stillState(t), s.calls(t)
	t.Logf("%d events are committed when the commit of the zombie arrives", sum(s.applied(t)))
	network.Release()
	eventually(t, longest, "it arrives", func() bool { return s.calls(t) != calls })
	if after := s.stillState(t); !maps.Equal(after, state) {
		t.Errorf("it has changed %v, want it refused", differing(state, after))
	}
	heir.thaw(t)
	zombie.thaw(t)

	s.awaitCaughtUp(t)
	eventually(t, longest, "the zombie is in a generation after the one it lost", func() bool { return zombie.generation() > generation })
	eventually(t, longest, "whoever has the shards has confirmed their outputs", func() bool { return len(s.waiting(t)) == 0 })
	s.publishedIsCommitted(t)
	if got := zombie.metric(t, conflicts); got <= refused {
		t.Errorf("the zombie counts %v conflicts, and had counted %v before: want the late commit among them", got, refused)
	}
	for _, m := range []*process{zombie, heir} {
		m.ask(t)
		if got := m.code(t, longest); got != 0 {
			t.Errorf("%s: exit code %d, want 0", m.name, got)
		}
	}
	replayed.compare(t, s)
}
