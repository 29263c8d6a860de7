package serverstest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"tidemark/internal/servers"
)

// Pool holds the servers that the tests of a package share. A server starts when a test first asks for it. Run stops all servers.
// The zero value is ready:
//
//	var pool serverstest.Pool
//
//	func TestMain(m *testing.M) { os.Exit(pool.Run(m)) }
//
// A server keeps the data of earlier tests: each test clears it or uses other names.
type Pool struct {
	redis   shared[*servers.Redis]
	cluster shared[*servers.RedisCluster]

	mu    sync.Mutex // guards the map, not its entries: each entry has its own lock
	kafka map[string]*shared[*servers.Kafka]
}

// Run runs the tests, stops the servers, and returns the exit code for the test program. A server that
// does not stop makes it at least 1.
func (p *Pool) Run(m *testing.M) int {
	code := m.Run()
	closers := []interface{ close() error }{&p.redis, &p.cluster}
	for _, k := range p.kafka {
		closers = append(closers, k)
	}
	for _, c := range closers {
		if err := c.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// Redis returns the shared Redis. The test is skipped if redis-server is not installed; it fails instead if TIDEMARK_STRICT is 1.
func (p *Pool) Redis(t testing.TB) *servers.Redis {
	t.Helper()
	r := p.redis.use(t, func(ctx context.Context) (*servers.Redis, error) {
		return servers.StartRedis(ctx, servers.RedisOptions{})
	})
	t.Cleanup(func() { explain(t, r) })
	return r
}

// RedisCluster returns the shared Redis Cluster. The test is skipped, or fails, as with Redis.
func (p *Pool) RedisCluster(t testing.TB) *servers.RedisCluster {
	t.Helper()
	c := p.cluster.use(t, func(ctx context.Context) (*servers.RedisCluster, error) {
		return servers.StartRedisCluster(ctx, servers.RedisOptions{})
	})
	t.Cleanup(func() {
		for _, node := range c.Nodes {
			explain(t, node)
		}
	})
	return c
}

// Kafka returns the shared broker of a version. Everybody in Users may log in. The test is skipped if this machine cannot run the
// broker; it fails instead if TIDEMARK_STRICT is 1.
func (p *Pool) Kafka(t testing.TB, version string) *servers.Kafka {
	t.Helper()
	p.mu.Lock()
	if p.kafka == nil {
		p.kafka = make(map[string]*shared[*servers.Kafka])
	}
	if p.kafka[version] == nil {
		p.kafka[version] = &shared[*servers.Kafka]{}
	}
	s := p.kafka[version]
	p.mu.Unlock()
	k := s.use(t, func(ctx context.Context) (*servers.Kafka, error) {
		return servers.StartKafka(ctx, servers.KafkaOptions{Version: version, Users: Users()})
	})
	t.Cleanup(func() { explain(t, k) })
	return k
}

// Users returns the users who may log in to the brokers of every Pool: one user for each mechanism.
func Users() []servers.KafkaUser {
	return []servers.KafkaUser{
		{Mechanism: "PLAIN", Name: "paula", Password: "p1ain secret"},
		{Mechanism: "SCRAM-SHA-256", Name: "tide,mark=1", Password: "s3cret"},
		{Mechanism: "SCRAM-SHA-512", Name: "tide,mark=2", Password: "s4cret"},
	}
}

// shared is one server, started once. A start that failed is not tried again.
type shared[S interface{ Close() error }] struct {
	mu     sync.Mutex
	tried  bool
	server S
	err    error
}

func (s *shared[S]) use(t testing.TB, start func(context.Context) (S, error)) S {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.tried {
		s.tried = true
		s.server, s.err = start(context.Background())
	}
	require(t, s.err)
	return s.server
}

func (s *shared[S]) close() error {
	if s.tried && s.err == nil {
		return s.server.Close()
	}
	return nil
}
