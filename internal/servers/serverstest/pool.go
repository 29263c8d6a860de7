package serverstest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"tidemark/internal/servers"
)

// Pool is the servers that the tests of a package share. Each is started when it is first asked for, and stopped by Run.
// The zero value is ready:
//
//	var pool serverstest.Pool
//
//	func TestMain(m *testing.M) { os.Exit(pool.Run(m)) }
//
// Tests clear away what others left in them.
type Pool struct {
	redis   shared[*servers.Redis]
	cluster shared[*servers.RedisCluster]

	mu    sync.Mutex // guards the map; each entry has a lock of its own
	kafka map[string]*shared[*servers.Kafka]
}

// Run runs the tests, stops the servers, and returns the code to exit with.
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

// Redis is the package's server.
func (p *Pool) Redis(t testing.TB) *servers.Redis {
	t.Helper()
	r := p.redis.use(t, func(ctx context.Context) (*servers.Redis, error) {
		return servers.StartRedis(ctx, servers.RedisOptions{})
	})
	t.Cleanup(func() { explain(t, r) })
	return r
}

// RedisCluster is the package's cluster.
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

// Kafka is the package's broker of a version. Anybody may log in to it who is in Users.
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

// Users may log in to the brokers of pools, each by one mechanism.
func Users() []servers.KafkaUser {
	return []servers.KafkaUser{
		{Mechanism: "PLAIN", Name: "paula", Password: "p1ain secret"},
		{Mechanism: "SCRAM-SHA-256", Name: "tide,mark=1", Password: "s3cret"},
		{Mechanism: "SCRAM-SHA-512", Name: "tide,mark=2", Password: "s4cret"},
	}
}

// shared is one server, started once.
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
