package service_test

import (
	"math/rand/v2"
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// TestTwoMasterServers fails over several times behind a proxy that does not cut the sessions of its clients. For a while there are two
// masters: half of the service's connections still lead to the old primary, which takes their writes, the other half to the promoted
// replica.
//
//	            ┌── connections that stay ──> old primary   writes that will be lost
//	service ──> relay
//	            └── new connections ───────> promoted replica
//
// Then the old primary goes, with all that only it was told. No output is lost, none is invented, and the scores are those of a replay.
// Outputs may be repeated with the same id and payload, as after any loss of acknowledged writes.
func TestTwoMasterServers(t *testing.T) {
	const failovers = 2
	primary := serverstest.Redis(t, realservers.RedisOptions{})
	replica := serverstest.Redis(t, realservers.RedisOptions{ReplicaOf: primary.Addr()})
	door := serverstest.Relay(t, primary.Addr())
	s := stagedServers(t, door.Addr())
	log := sendStaged(t, s, split(purchases(t), 20, 55, 90)...)
	// The pool takes its connections by turns, so that one call may reach the one master and the next call the other.
	service := log.serve(t, s, func(c *settings) {
		c.redisOptions = "?pool_fifo=true&pool_size=8&min_idle_conns=8&pipeline_pool_size=-1"
	})
	for n := range failovers {
		seed := rand.New(rand.NewPCG(uint64(n), 17))
		servicetest.Eventually(t, servicetest.Longest, "both lanes are at work", func() bool {
			there := audits(t, primary.Client())
			return log.half(there, n, 0) && log.half(there, n, 1)
		})
		if err := replica.CatchUp(t.Context(), primary); err != nil {
			t.Fatal(err)
		}
		if err := replica.Promote(t.Context()); err != nil {
			t.Fatal(err)
		}
		parted := sequences(audits(t, replica.Client()))
		door.Turn(replica.Addr())
		odd := seed.IntN(2)
		broken, stay := door.Break(func(session int) bool { return session%2 == odd })
		log.open(n + 1)

		least := int64(5 + seed.IntN(20)) // commits that each master takes
		var old, fresh int64
		servicetest.Eventually(t, servicetest.Longest, "both masters have taken commits", func() bool {
			old, fresh = sequences(audits(t, primary.Client()))-parted, sequences(audits(t, replica.Client()))-parted
			return old >= least && fresh >= least
		})
		door.Lead(replica.Addr())
		primary.Kill()
		t.Logf("failover %d: %d connections were broken, %d stayed; %d commits went to the old primary, %d to the promoted replica", n, broken, stay, old, fresh)
		if broken == 0 || stay == 0 {
			t.Fatal("want connections of both kinds: the test has lost its subject")
		}
		if n < failovers-1 {
			primary, replica = replica, serverstest.Redis(t, realservers.RedisOptions{ReplicaOf: replica.Addr()})
		}
	}
	log.open(failovers + 1)
	servicetest.Eventually(t, servicetest.Longest, "the service has noticed the loss", func() bool { return len(service.notices("lost writes")) > 0 })
	log.finish(t, s, service)
}

// sequences is the number of commits of all shards.
func sequences(there []shard.Audit) int64 {
	var all int64
	for _, a := range there {
		all += a.Meta.Sequence
	}
	return all
}
