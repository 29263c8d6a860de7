package service_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/redis"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// rebuildConfig is the configuration of a rebuild on servers.
func rebuildConfig(t *testing.T, s *servicetest.Servers, registry string) service.RebuildConfig {
	t.Helper()
	client, err := redis.Dial("redis://"+s.Redis, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return service.RebuildConfig{Log: zap.NewNop(), Cluster: s.Cluster(t), Redis: client, Codec: codec(t, registry)}
}

// layoutOf returns the layout in force.
func layoutOf(t *testing.T, s *servicetest.Servers) shard.Layout {
	t.Helper()
	store, err := redis.New(s.Data, "", shard.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	layout, _, err := store.Layout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return layout
}

// TestRebuild rebuilds the state into more shards in the middle of a log, while the service runs. The service goes on with the new shards
// by itself, and ends with the result of a replay; nothing is published twice.
func TestRebuild(t *testing.T) {
	s := stagedServers(t, serverstest.Redis(t, realservers.RedisOptions{}).Addr())
	log := sendStaged(t, s, split(purchases(t), 60)...)
	gone := buried(t, s, 1, 77)
	m := log.serve(t, s)
	servicetest.Eventually(t, servicetest.Longest, "both lanes have done the first stage", func() bool {
		heads := audits(t, s.Data)
		return reached(heads, 0, log.ends[0][0]) && reached(heads, 1, log.ends[0][1])
	})
	expectBuried(t, s, gone, 77)
	published := len(s.Records(t, servicetest.OutputTopics...))
	c := rebuildConfig(t, s, log.registry)
	c.Shards = 2 * servicetest.Shards
	var said []string
	c.Progress = func(p service.RebuildProgress) {
		said = append(said, fmt.Sprintf("%s %d of %d", p.Stage, p.Applied, p.Goal))
	}
	done, err := service.Rebuild(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v; it said %q", done, said)
	if got := layoutOf(t, s); got.Edition != 1 || got.Shards != 2*servicetest.Shards {
		t.Errorf("in force is %+v, want edition 1 of %d shards", got, 2*servicetest.Shards)
	}
	if got := len(s.Records(t, servicetest.OutputTopics...)); got != published {
		t.Errorf("the rebuild has published %d outputs, want none", got-published)
	}
	if kept := s.Keys(t, "tm:{00}:"); strings.Join(kept, " ") != "tm:{00}:e1:census tm:{00}:e1:due tm:{00}:e1:meta tm:{00}:e1:outbox tm:{00}:e1:profiles tm:{00}:meta" {
		t.Errorf("keys of shard 0 after the rebuild: %v, want those of edition 1, and the old head", kept)
	}
	if left := s.Keys(t, fmt.Sprintf("tm:{%02d}:erased", 1)); len(left) != 0 {
		t.Errorf("tombstones of the old edition: got %v, want none", left)
	}
	expectBuried(t, s, gone, 77)
	log.open(1)
	s.Edition = 1
	m.awaitEnd(t, s)
	want := log.replay(t, "")
	want.Compare(t, s)
	want.ComparePopulation(t, s)
	if all, single := len(s.Records(t, servicetest.OutputTopics...)), len(want.IDs); all != single {
		t.Errorf("%d outputs are published, want each of %d once", all, single)
	}
}

// TestRebuildDies: a rebuild has stopped the shards and dies before the switch. The service waits for the end of its lease, gives it up, and
// goes on with the old shards. A second rebuild while the first one is alive is refused; one after that makes an edition of its own.
func TestRebuildDies(t *testing.T) {
	s := stagedServers(t, serverstest.Redis(t, realservers.RedisOptions{}).Addr())
	log := sendStaged(t, s, split(purchases(t), 60)...)
	m := log.serve(t, s)
	servicetest.Eventually(t, servicetest.Longest, "both lanes have done the first stage", func() bool {
		heads := audits(t, s.Data)
		return reached(heads, 0, log.ends[0][0]) && reached(heads, 1, log.ends[0][1])
	})
	store, err := redis.New(s.Data, "", layoutOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	next := layoutOf(t, s)
	next.Edition, next.Shards = 1, 4*servicetest.Shards
	for _, stage := range []redis.Stage{redis.Filling, redis.Stopping} {
		if err := store.ClaimRebuild(t.Context(), "the dead one", next, stage, 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := service.Rebuild(t.Context(), rebuildConfig(t, s, log.registry)); !errors.Is(err, redis.ErrRebuildBusy) {
		t.Errorf("a rebuild beside one that is alive: got error %v, want %v", err, redis.ErrRebuildBusy)
	}
	servicetest.Eventually(t, servicetest.Longest, "the members have stopped their shards", func() bool {
		for _, head := range audits(t, s.Data) {
			if head.Meta.Moved != 1 {
				return false
			}
		}
		return true
	})
	if status, said := m.look(t, "/readyz"); status == http.StatusOK {
		t.Errorf("readiness while a rebuild takes over: %s", said)
	}
	servicetest.Eventually(t, servicetest.Longest, "the service says that a rebuild takes over", func() bool {
		_, said := m.look(t, "/readyz")
		return strings.Contains(said, "the rebuild of edition 1 takes over")
	})
	servicetest.Eventually(t, servicetest.Longest, "the dead rebuild is given up", func() bool {
		return len(m.notices("the rebuild has not renewed its lease")) > 0
	})
	log.open(1)
	done, err := service.Rebuild(t.Context(), rebuildConfig(t, s, log.registry))
	if err != nil {
		t.Fatal(err)
	}
	if done.Now.Edition != 2 || done.Now.Shards != servicetest.Shards {
		t.Errorf("the rebuild after that makes %+v, want edition 2 with as many shards as before", done.Now)
	}
	s.Edition = 2
	m.awaitEnd(t, s)
	want := log.replay(t, "")
	want.Compare(t, s)
	want.ComparePopulation(t, s)
}
