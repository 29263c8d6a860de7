package redis

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// backend is a kind of Redis to test against; open returns a client of an empty one.
type backend struct {
	name string
	open func(t testing.TB) goredis.UniversalClient
}

// backends are miniredis behind either client and, where TIDEMARK_REDIS_SERVER names its binary, Redis itself.
func backends() []backend {
	all := []backend{{"miniredis", openMiniredis}, {"miniredis by a cluster client", openMiniredisCluster}}
	if binary := os.Getenv("TIDEMARK_REDIS_SERVER"); binary != "" {
		all = append(all, backend{"redis-server", func(t testing.TB) goredis.UniversalClient { return openRedisServer(t, binary) }})
	}
	return all
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

// openRedisServer starts a server without persistence on a port of its own and stops it with the test.
func openRedisServer(t testing.TB, binary string) goredis.UniversalClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	addr := listener.Addr().(*net.TCPAddr)
	_ = listener.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, binary, "--port", fmt.Sprint(addr.Port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	client := goredis.NewClient(&goredis.Options{Addr: addr.String()})
	t.Cleanup(func() {
		_ = client.Close()
		cancel() // kills it
		_ = cmd.Wait()
	})
	var log strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "eady to accept connections") {
			return client
		}
	}
	t.Fatalf("start %s: it ended:\n%s", binary, log.String())
	return nil
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
