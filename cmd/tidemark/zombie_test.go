package main

import (
	"maps"
	"slices"
	"testing"

	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
)

// conflicts counts the commits of a member that conflicted with a commit of another member.
const conflicts = "tidemark_commit_conflicts_total"

// TestRealZombie freezes a member under load, with a commit on its way to Redis, until the group has given its partitions to the other
// member, which goes on with them. Then the commit arrives, and the frozen member goes on. Nothing is applied twice, and nothing is
// published that was not committed.
func TestRealZombie(t *testing.T) {
	s := startRealServers(t, endToEndPartitions)
	log := lengthy(t)
	replayed := log.replay(t)
	log.load(t, s)
	network := serverstest.Relay(t, s.Redis)
	behind := *s.Servers
	behind.Redis = network.Addr() + "?read_timeout=5m" // it waits for its answer, however late
	zombie, heir := log.member(t, &servers{&behind}, "zombie", log.batches(350)), log.member(t, s, "heir", log.batches(350))
	s.awaitMiddle(t, zombie, heir)

	refused := zombie.metric(t, conflicts)
	held := network.Hold(":census") // a key that only commits name
	servicetest.Eventually(t, servicetest.Longest, "a commit of the zombie is held", func() bool {
		select {
		case <-held:
			return true
		default:
			return false
		}
	})
	zombie.freeze(t)
	s.PublishedIsCommitted(t)
	lost, generation, before := zombie.share(), zombie.generation(), s.Applied(t)
	servicetest.Eventually(t, servicetest.Longest, "the heir has gone on with all partitions of the zombie", func() bool {
		after := s.Applied(t)
		idle := func(index int) bool { return servicetest.Sum(after, index) == servicetest.Sum(before, index) }
		return len(heir.share()) == endToEndPartitions && !slices.ContainsFunc(lost, idle)
	})

	heir.freeze(t) // so that nobody else writes
	state, calls := s.StillState(t), s.Calls(t)
	t.Logf("%d events are committed when the commit of the zombie arrives", servicetest.Sum(s.Applied(t)))
	network.Release()
	servicetest.Eventually(t, servicetest.Longest, "it arrives", func() bool { return s.Calls(t) != calls })
	if after := s.StillState(t); !maps.Equal(after, state) {
		t.Errorf("it has changed %v, want it refused", servicetest.Differing(state, after))
	}
	heir.thaw(t)
	zombie.thaw(t)

	s.AwaitCaughtUp(t)
	servicetest.Eventually(t, servicetest.Longest, "the zombie is in a generation after the one it lost", func() bool { return zombie.generation() > generation })
	servicetest.Eventually(t, servicetest.Longest, "whoever has the shards has confirmed their outputs", func() bool { return len(s.Waiting(t)) == 0 })
	s.PublishedIsCommitted(t)
	if got := zombie.metric(t, conflicts); got <= refused {
		t.Errorf("the zombie counts %v conflicts, and had counted %v before: want the late commit among them", got, refused)
	}
	for _, m := range []*process{zombie, heir} {
		m.ask(t)
		if got := m.code(t, servicetest.Longest); got != 0 {
			t.Errorf("%s: exit code %d, want 0", m.name, got)
		}
	}
	replayed.Compare(t, s.Servers)
}
