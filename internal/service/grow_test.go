package service_test

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
)

// TestGrow adds partitions under a running service, twice. First to a number that the shards serve: both members go on by themselves. Then
// to one that they do not serve: no lane runs, each member says why, and after a rebuild they go on. In the end every number is that of a
// replay: events of one customer lie in up to three partitions.
func TestGrow(t *testing.T) {
	s := servicetest.Real(t, pool.Kafka(t, realservers.Kafka4), serverstest.Redis(t, realservers.RedisOptions{}))
	s.DeleteTopics(t)
	s.CreateTopics(t, 2)
	log := &staged{file: t.TempDir() + "/log.jsonl"}
	stages := split(purchases(t), 40, 70)
	var all []event.Event
	for _, stage := range stages {
		all = append(all, stage...)
	}
	log.write(t, all)
	c := settings{asOf: stagedAsOf, shards: servicetest.Shards, batch: 100, drainWithin: 10 * time.Second}
	members := []*member{start(t, "first", s, c), start(t, "second", s, c)}

	s.Send(t, stages[0])
	s.AwaitCaughtUp(t)
	cluster := s.Cluster(t)
	if err := cluster.GrowTopics(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	s.Refresh(t)
	s.Send(t, stages[1])
	s.AwaitCaughtUp(t)
	for _, m := range members {
		if shares := m.notices("generation begins"); len(shares) == 0 || !m.running() {
			t.Errorf("%s: %d generations, running: %t", m.name, len(shares), m.running())
		}
	}

	if err := cluster.GrowTopics(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		servicetest.Eventually(t, servicetest.Longest, m.name+" says why it cannot score", func() bool {
			status, said := m.look(t, "/readyz")
			return status != 200 && strings.Contains(said, "16 shards are not a multiple of 6 partitions") && strings.Contains(said, "tidemark rebuild --shards")
		})
	}
	s.Refresh(t)
	s.Send(t, stages[2])
	done, err := service.Rebuild(t.Context(), rebuildConfig(t, s, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", done)
	if done.Now.Shards != 72 {
		t.Errorf("the rebuild makes %d shards, want the default for 6 partitions, 72", done.Now.Shards)
	}
	s.Edition = 1
	s.AwaitCaughtUp(t)
	for _, m := range members {
		if err := m.end(); err != nil {
			t.Errorf("%s ended with %v, want no error", m.name, err)
		}
	}
	log.replay(t, "").CompareNumbers(t, s)
}
