package service_test

import (
	"fmt"
	"strings"
	"testing"

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
	m := log.serve(t, s)
	servicetest.Eventually(t, servicetest.Longest, "both lanes have done the first stage", func() bool {
		heads := audits(t, s.Data)
		return reached(heads, 0, log.ends[0][0]) && reached(heads, 1, log.ends[0][1])
	})
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
	log.open(1)
	s.Edition = 1
	m.awaitEnd(t, s)
	want := log.replay(t, "")
	want.Compare(t, s)
	comparePopulation(t, s, want)
	if all, single := len(s.Records(t, servicetest.OutputTopics...)), len(want.IDs); all != single {
		t.Errorf("%d outputs are published, want each of %d once", all, single)
	}
}
