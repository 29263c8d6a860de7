package service_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// TestRedisOutOfMemory bounds the memory of a Redis under load, and then makes it a replica, as a failover does. The service waits, reports
// it in /readyz and metrics, and loses nothing.
func TestRedisOutOfMemory(t *testing.T) {
	redis := serverstest.Redis(t, realservers.RedisOptions{})
	s := stagedServers(t, redis.Addr())
	log := sendStaged(t, s, split(purchases(t), 30, 60)...)
	service := log.serve(t, s)
	log.awaitMiddle(t, s, 0)
	setMemory := func(bytes string) {
		if err := redis.Client().ConfigSet(t.Context(), "maxmemory", bytes).Err(); err != nil {
			t.Fatal(err)
		}
	}
	setMemory("1") // less than an empty Redis uses
	log.open(1)
	full := func() int { return len(service.retried("commit", "OOM")) }
	servicetest.Eventually(t, servicetest.Longest, "the service says that memory is full", func() bool { return full() > 0 })
	if status, said := service.look(t, "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(said, "OOM") {
		t.Errorf("ready: got %d, %q, want %d and why", status, said, http.StatusServiceUnavailable)
	}
	if status, said := service.look(t, "/livez"); status != http.StatusOK {
		t.Errorf("alive: got %d, %q, want %d: to restart it would mend nothing", status, said, http.StatusOK)
	}
	if got := service.metric(t, "tidemark_errors_total", `operation="commit"`, `class="oom"`); got == 0 {
		t.Error("errors of commits for want of memory: got none, want some")
	}
	before, tries := commitsOf(audits(t, s.Data)), full()
	servicetest.Eventually(t, servicetest.Longest, "it has tried again and again", func() bool { return full() > tries+9 })
	if after := commitsOf(audits(t, s.Data)); after != before || !service.running() {
		t.Errorf("without memory: %d commits more, running: %t, want none, and that it waits", after-before, service.running())
	}
	setMemory("0") // no bound
	servicetest.Eventually(t, servicetest.Longest, "the service is ready again", func() bool {
		status, _ := service.look(t, "/readyz")
		return status == http.StatusOK
	})

	log.awaitMiddle(t, s, 1)
	if err := redis.Client().ReplicaOf(t.Context(), "127.0.0.1", "1").Err(); err != nil {
		t.Fatal(err)
	}
	log.open(2)
	servicetest.Eventually(t, servicetest.Longest, "the service says that it talks to a replica", func() bool {
		return len(service.retried("commit", "READONLY")) > 0
	})
	if got := service.metric(t, "tidemark_errors_total", `operation="commit"`, `class="readonly"`); got == 0 {
		t.Error("errors of commits to a replica: got none, want some")
	}
	if err := redis.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	log.finish(t, s, service)
}

// The service refuses a Redis that evicts keys when memory runs out, and writes nothing to it.
func TestEvictingRedisIsRefused(t *testing.T) {
	for _, policy := range []string{"allkeys-lru", "volatile-ttl"} {
		redis := serverstest.Redis(t, realservers.RedisOptions{Settings: []string{"maxmemory-policy", policy}})
		s := stagedServers(t, redis.Addr())
		err := run(t, s, usual())
		if err == nil || !strings.Contains(err.Error(), policy) || !strings.Contains(err.Error(), "CONFIG SET maxmemory-policy noeviction") {
			t.Errorf("%s: got error %v, want one with the policy, and how to mend it", policy, err)
		}
		for _, key := range s.Keys(t, "") {
			if key != "tm:probe" {
				t.Errorf("%s: it has written %s, want nothing", policy, key)
			}
		}
	}
}

// retried returns the retried errors of an operation whose text contains a word.
func (m *member) retried(operation, text string) []notice {
	return slices.DeleteFunc(m.notices("trouble"), func(n notice) bool {
		return n.Operation != operation || !strings.Contains(n.Error, text)
	})
}

// commitsOf counts the commits of all shards.
func commitsOf(heads []shard.Audit) int64 {
	var all int64
	for _, a := range heads {
		all += a.Meta.Sequence
	}
	return all
}
