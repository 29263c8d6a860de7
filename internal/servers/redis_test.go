package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

func redisFor(t testing.TB, options RedisOptions) *Redis {
	t.Helper()
	r, err := StartRedis(t.Context(), options)
	require(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func set(t testing.TB, client goredis.Cmdable, key string) {
	t.Helper()
	if err := client.Set(bounded(t), key, "1", 0).Err(); err != nil {
		t.Fatalf("set %s: %v", key, err)
	}
}

func has(t testing.TB, client goredis.Cmdable, key string) bool {
	t.Helper()
	n, err := client.Exists(bounded(t), key).Result()
	if err != nil {
		t.Fatalf("look for %s: %v", key, err)
	}
	return n == 1
}

func TestRedisStopsAndStartsAgain(t *testing.T) {
	for _, row := range []struct {
		name    string
		options RedisOptions
		keeps   bool
	}{
		{"in memory", RedisOptions{}, false},
		{"with an append-only file", RedisOptions{AppendOnly: true}, true},
	} {
		r := redisFor(t, row.options)
		before := r.PID()
		set(t, r.Client(), "key")
		if err := r.Stop(); err != nil {
			t.Fatalf("%s: stop: %v", row.name, err)
		}
		if err := r.Client().Ping(bounded(t)).Err(); err == nil {
			t.Errorf("%s: a stopped server answers", row.name)
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		if got := has(t, r.Client(), "key"); got != row.keeps || r.PID() == before {
			t.Errorf("%s: started again as process %d after %d, its key is there: %t; want another process, and %t",
				row.name, r.PID(), before, got, row.keeps)
		}
		dir := r.Dir()
		if err := r.Close(); err != nil {
			t.Errorf("%s: close: %v", row.name, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: its folder after it was closed: %v, want it gone", row.name, err)
		}
	}
}

func TestRedisTakesItsSettings(t *testing.T) {
	r := redisFor(t, RedisOptions{MaxMemory: "3mb", Settings: []string{"maxmemory-policy", "allkeys-lru"}})
	got, err := r.Client().ConfigGet(bounded(t), "maxmemory*").Result()
	if err != nil || got["maxmemory"] != fmt.Sprint(3<<20) || got["maxmemory-policy"] != "allkeys-lru" {
		t.Errorf("got %v and error %v, want 3 MB and allkeys-lru", got, err)
	}
}

func TestFrozenRedisKeepsItsConnections(t *testing.T) {
	r := redisFor(t, RedisOptions{})
	set(t, r.Client(), "key")
	r.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Client().Ping(ctx).Err(); err == nil {
		t.Error("a frozen server answers")
	}
	r.Thaw()
	if !has(t, r.Client(), "key") {
		t.Error("a thawed server has lost its key")
	}
	r.Freeze()
	if err := r.Stop(); err != nil {
		t.Errorf("stop a frozen server: %v", err)
	}
}

// TestLostWrites shows how a failover loses writes: the master acknowledges writes that never reach the replica.
func TestLostWrites(t *testing.T) {
	master := redisFor(t, RedisOptions{})
	link, err := NewRelay(master.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer link.Close()
	door, err := NewRelay(master.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	client := goredis.NewClient(&goredis.Options{Addr: door.Addr()})
	defer client.Close()

	set(t, client, "before")
	replica := redisFor(t, RedisOptions{ReplicaOf: link.Addr()})
	set(t, client, "copied")
	if err := replica.CatchUp(bounded(t), master); err != nil {
		t.Fatal(err)
	}
	link.Cut()
	set(t, client, "lost")
	master.Kill()
	if err := replica.Promote(bounded(t)); err != nil {
		t.Fatal(err)
	}
	door.Lead(replica.Addr())
	for key, want := range map[string]bool{"before": true, "copied": true, "lost": false} {
		if got := has(t, client, key); got != want {
			t.Errorf("%s, after the failover: there %t, want %t", key, got, want)
		}
	}
	set(t, client, "after")
}

func TestRelayLeadsOnAfterACut(t *testing.T) {
	r := redisFor(t, RedisOptions{})
	relay, err := NewRelay(r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	client := goredis.NewClient(&goredis.Options{Addr: relay.Addr(), MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	set(t, client, "key")
	relay.Cut()
	if err := client.Ping(bounded(t)).Err(); err == nil {
		t.Error("an answer through a relay that is cut")
	}
	relay.Lead(r.Addr())
	if err := await(bounded(t), func(ctx context.Context) error { return client.Ping(ctx).Err() }); err != nil {
		t.Errorf("led to the server again: %v", err)
	}
}

// TestRelayWithTwoTargets: after a turn, connections that stay lead to the first target, new connections to the second.
func TestRelayWithTwoTargets(t *testing.T) {
	first, second := redisFor(t, RedisOptions{}), redisFor(t, RedisOptions{})
	relay, err := NewRelay(first.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	var conns []*goredis.Conn
	for range 4 {
		client := goredis.NewClient(&goredis.Options{Addr: relay.Addr(), MaxRetries: -1, DialerRetries: 1})
		conn := client.Conn()
		t.Cleanup(func() { _, _ = conn.Close(), client.Close() })
		if err := conn.Ping(bounded(t)).Err(); err != nil { // one after the other: they are numbered in this order
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	relay.Turn(second.Addr())
	if closed, stay := relay.Break(func(n int) bool { return n%2 == 1 }); closed != 2 || stay != 2 {
		t.Errorf("of 4 connections: %d are closed and %d stay, want 2 and 2", closed, stay)
	}
	for n, conn := range conns {
		if err := conn.Incr(bounded(t), "calls").Err(); (err != nil) != (n%2 == 1) {
			t.Errorf("connection %d: got error %v, want one only for the connections that were closed", n, err)
		}
	}
	for range 3 {
		client := goredis.NewClient(&goredis.Options{Addr: relay.Addr()})
		t.Cleanup(func() { _ = client.Close() })
		if err := client.Incr(bounded(t), "calls").Err(); err != nil {
			t.Errorf("a new connection: %v", err)
		}
	}
	for server, want := range map[*Redis]string{first: "2", second: "3"} {
		if got, err := server.Client().Get(bounded(t), "calls").Result(); err != nil || got != want {
			t.Errorf("%s has %s calls, %v, want %s", server.name, got, err, want)
		}
	}
}

func TestRelayHoldsWhatIsSent(t *testing.T) {
	r := redisFor(t, RedisOptions{})
	relay, err := NewRelay(r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	client := goredis.NewClient(&goredis.Options{Addr: relay.Addr(), ReadTimeout: -1})
	defer client.Close()
	held := relay.Hold("late")
	set(t, client, "early")
	answered := make(chan error, 1)
	go func() { answered <- client.Set(context.WithoutCancel(t.Context()), "late", 1, 0).Err() }()
	select {
	case <-held:
	case err := <-answered:
		t.Fatalf("answered with %v, want it held", err)
	}
	if n, err := r.Client().Exists(bounded(t), "early", "late").Result(); err != nil || n != 1 {
		t.Errorf("%d keys are there, %v, want only the early one", n, err)
	}
	relay.Release()
	if err := <-answered; err != nil {
		t.Errorf("after the release: %v", err)
	}
	set(t, client, "late again")
}

func TestRedisCluster(t *testing.T) {
	c, err := StartRedisCluster(t.Context(), RedisOptions{})
	require(t, err)
	defer c.Close()
	client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: c.Addrs()[:1]})
	defer client.Close()
	for i := range 100 {
		set(t, client, fmt.Sprint("key ", i))
	}
	for i, node := range c.Nodes {
		if n, err := node.Client().DBSize(bounded(t)).Result(); err != nil || n < 10 {
			t.Errorf("node %d holds %d of 100 keys, %v; want about a third", i, n, err)
		}
	}
}

func TestTwoServersOnOnePort(t *testing.T) {
	r := redisFor(t, RedisOptions{})
	_, digits, err := net.SplitHostPort(r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := StartRedis(t.Context(), RedisOptions{Port: port}); err == nil || !strings.Contains(err.Error(), "ddress already in use") {
		t.Errorf("got error %v, want one that says why", err)
	}
}
