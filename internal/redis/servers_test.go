package redis

import (
	"os"
	"testing"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
)

var pool serverstest.Pool

func TestMain(m *testing.M) { os.Exit(pool.Run(m)) }

// backend is a kind of Redis to test against. open returns a client of an empty server.
type backend struct {
	name string
	open func(t testing.TB) goredis.UniversalClient
}

// backends are miniredis behind a plain client and behind a cluster client, Redis itself, and a Redis Cluster of three masters.
func backends() []backend {
	return []backend{
		{"miniredis", openMiniredis},
		{"miniredis by a cluster client", openMiniredisCluster},
		{"redis-server", openRedis},
		{"redis cluster", openRedisCluster},
	}
}

func eachServer(t *testing.T, test func(t *testing.T, client goredis.UniversalClient)) {
	for _, b := range backends() {
		t.Run(b.name, func(t *testing.T) { test(t, b.open(t)) })
	}
}

func openMiniredis(t testing.TB) goredis.UniversalClient {
	client := goredis.NewClient(&goredis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func openMiniredisCluster(t testing.TB) goredis.UniversalClient {
	client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: []string{miniredis.RunT(t).Addr()}})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// openRedis returns a client of the Redis that the tests share, emptied.
func openRedis(t testing.TB) goredis.UniversalClient {
	t.Helper()
	return opened(t, goredis.NewClient(&goredis.Options{Addr: pool.Redis(t).Addr()}))
}

func openRedisCluster(t testing.TB) goredis.UniversalClient {
	t.Helper()
	return opened(t, goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: pool.RedisCluster(t).Addrs()}))
}

func opened(t testing.TB, client goredis.UniversalClient) goredis.UniversalClient {
	t.Helper()
	t.Cleanup(func() { _ = client.Close() })
	flush(t, client)
	return client
}

var testLayout = shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Zone: "UTC", Base: "EUR"}

func newStore(t testing.TB, client goredis.UniversalClient, layout shard.Layout) *Store {
	t.Helper()
	s, err := New(client, "", layout)
	if err != nil {
		t.Fatalf("new store: got error %v, want none", err)
	}
	return s
}
