package service_test

import (
	"slices"
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
)

// conflicts counts the commits of a member that conflicted with a commit of another member.
const conflicts = "tidemark_commit_conflicts_total"

// TestRedisRestarts stops a Redis with an append-only file under load, once by a clean shutdown and once by SIGKILL, and starts it again.
func TestRedisRestarts(t *testing.T) {
	redis := serverstest.Redis(t, realservers.RedisOptions{AppendOnly: true})
	s := stagedServers(t, redis.Addr())
	log := sendStaged(t, s, split(purchases(t), 30, 65)...)
	service := log.serve(t, s)
	for stage, end := range []func(){
		func() {
			if err := redis.Stop(); err != nil {
				t.Fatal(err)
			}
		},
		redis.Kill,
	} {
		log.awaitMiddle(t, s, stage)
		before := len(service.redisTroubles())
		end()
		servicetest.Eventually(t, servicetest.Longest, "the service says that Redis is away", func() bool { return len(service.redisTroubles()) > before })
		if err := redis.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		log.open(stage + 1)
	}
	log.finish(t, s, service)
	if got := len(service.notices("works again")); got < 2 {
		t.Errorf("%d lines say that Redis works again, want one at least for each of two faults", got)
	}
}

// TestRedisFreezes freezes a Redis under load for longer than the clients wait, until the freeze hits a commit. When Redis goes on, it
// runs the commit, although no client waits for the answer any more. The retry of this commit must not count its events again.
func TestRedisFreezes(t *testing.T) {
	redis := serverstest.Redis(t, realservers.RedisOptions{})
	s := stagedServers(t, redis.Addr())
	log := sendStaged(t, s, split(purchases(t), 20, 40, 60, 80)...)
	const last = 4
	service := log.serve(t, s, func(c *settings) { c.redisOptions = "?read_timeout=200ms&max_retries=1" })
	log.open(1)
	log.awaitMiddle(t, s, 1)
	before := service.metric(t, conflicts) // of the two lanes, when they took over
	commits := watchCommits(t, redis.Addr())
	for stage := 2; stage <= last; stage++ {
		if commits.repeated() == 0 {
			troubles := len(service.redisTroubles())
			redis.Freeze()
			servicetest.Eventually(t, servicetest.Longest, "the service has lost its patience", func() bool { return len(service.redisTroubles()) > troubles })
			redis.Thaw()
		}
		log.open(stage)
		log.awaitMiddle(t, s, stage)
	}
	if commits.repeated() == 0 {
		t.Fatal("no commit came twice: this test shows nothing")
	}
	t.Logf("%d commits came twice", commits.repeated())
	if got := service.metric(t, conflicts); got != before {
		t.Errorf("conflicts: got %v more, want a commit that is sent again to be known by its token", got-before)
	}
	log.finish(t, s, service)
}

// awaitMiddle waits until both lanes have applied half of a stage.
func (g *staged) awaitMiddle(t *testing.T, s *servicetest.Servers, stage int) {
	t.Helper()
	servicetest.Eventually(t, servicetest.Longest, "both lanes are in the middle of the stage", func() bool {
		there := audits(t, s.Data)
		return g.half(there, stage, 0) && g.half(there, stage, 1)
	})
	t.Logf("stage %d: %d of %d purchases are applied", stage, servicetest.Sum(s.Applied(t)), g.ends[stage][0]+g.ends[stage][1])
}

// redisTroubles returns the notices of errors that come neither from Kafka nor from the registry of a staged log.
func (m *member) redisTroubles() []notice {
	return slices.DeleteFunc(m.notices("trouble"), func(n notice) bool {
		return slices.Contains([]string{"schema", "fetch", "publish", "bounds", "offsets"}, n.Operation)
	})
}
