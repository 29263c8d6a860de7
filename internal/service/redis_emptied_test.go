package service_test

import (
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
)

// TestRedisEmptied empties a Redis under load, and once more between two runs. Both times the service logs the loss and rebuilds
// everything from the log. The model in force stays in force as long as an instance runs that has it.
func TestRedisEmptied(t *testing.T) {
	redis := serverstest.Redis(t, realservers.RedisOptions{})
	s := stagedServers(t, redis.Addr())
	log := sendStaged(t, s, split(purchases(t), 40)...)
	mine := withVersion("mine")
	named := func(c *settings) { c.model = mine }
	service := log.serve(t, s, named)
	log.awaitMiddle(t, s, 0)
	log.empty(t, s, redis)
	log.open(1)
	for _, loud := range []string{"lost writes", "all state gone", "redis had lost the model in force"} {
		servicetest.Eventually(t, servicetest.Longest, "the service says: "+loud, func() bool { return len(service.notices(loud)) > 0 })
	}
	if got := service.metric(t, "tidemark_losses_found_total", `cause="gone"`); got == 0 {
		t.Error("losses found: got none, want those of shards that are gone")
	}
	log.finishUnder(t, s, service, mine)

	log.empty(t, s, redis)
	again := log.serve(t, s, named)
	log.finishUnder(t, s, again, mine)
	for _, loud := range []string{"all state gone", "no model was in force"} {
		if len(again.notices(loud)) == 0 {
			t.Errorf("a start on a Redis that was emptied: it does not say %q, want it never to take that for a first start", loud)
		}
	}
}

// empty deletes everything in a Redis, and checks that there was something.
func (g *staged) empty(t *testing.T, s *servicetest.Servers, redis *realservers.Redis) {
	t.Helper()
	if commitsOf(audits(t, s.Data)) == 0 {
		t.Fatal("nothing has been committed: want something to lose")
	}
	if err := redis.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}
