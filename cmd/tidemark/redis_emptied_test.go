package main

import (
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

// TestRedisEmptied empties a Redis under load, and once more between two runs. Both times everything is rebuilt from the log,
// and said; the model that was in force stays so while somebody is there who knows it.
func TestRedisEmptied(t *testing.T) {
	redis := serverstest.Redis(t, realservers.RedisOptions{})
	s := stagedServers(t, redis.Addr())
	log := sendStaged(t, s, split(purchases(t), 40)...)
	flags := []string{"--model", file(t, withVersion("mine"))}
	service := log.serve(t, s, flags...)
	log.awaitMiddle(t, s, 0)
	log.empty(t, s, redis)
	log.open(1)
	for _, loud := range []string{"lost writes", "all state gone", "redis had lost the model in force"} {
		eventually(t, longest, "the service says: "+loud, func() bool { return len(service.notices(loud)) > 0 })
	}
	if got := service.metric(t, "tidemark_losses_found_total", `cause="gone"`); got == 0 {
		t.Error("losses found: got none, want those of shards that are gone")
	}
	log.finish(t, s, service, flags...)

	log.empty(t, s, redis)
	again := log.serve(t, s, flags...)
	log.finish(t, s, again, flags...)
	for _, loud := range []string{"all state gone", "no model was in force"} {
		if len(again.notices(loud)) == 0 {
			t.Errorf("a start on a Redis that was emptied: it does not say %q, want it never to take that for a first start", loud)
		}
	}
}

// empty deletes all that a Redis holds, which is something.
func (g *staged) empty(t *testing.T, s *servers, redis *realservers.Redis) {
	t.Helper()
	if commitsOf(audits(t, s.data)) == 0 {
		t.Fatal("nothing has been committed: want something to lose")
	}
	if err := redis.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}
