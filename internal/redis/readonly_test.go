package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
)

// TestConnectionsThatStayOnTheOldMaster: a failover moves the name of the master to another server, but the connections stay open, and
// lead to a server that is a replica now. Each refused write closes its connection, so that writes find the new master by themselves.
func TestConnectionsThatStayOnTheOldMaster(t *testing.T) {
	before := serverstest.Redis(t, servers.RedisOptions{})
	after := serverstest.Redis(t, servers.RedisOptions{ReplicaOf: before.Addr()})
	var name atomic.Pointer[string]
	lead := func(to *servers.Redis) {
		addr := to.Addr()
		name.Store(&addr)
	}
	lead(before)
	client := goredis.NewClient(&goredis.Options{
		PoolSize: 8, MaxRetries: -1,
		Dialer: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, *name.Load())
		},
	})
	t.Cleanup(func() { _ = client.Close() })
	ctx, s := t.Context(), newStore(t, client, testLayout)
	commit := func(n int, read, token shard.Token) error {
		c := batch(2)
		c.Shard, c.Read, c.Token = n, read, token
		return s.Commit(ctx, []shard.Commit{c})[0]
	}
	var open []*goredis.Conn // as many connections as the pool holds
	for n := range 8 {
		must(t, commit(n, "", "one"))
		conn := client.Conn()
		must(t, conn.Ping(ctx).Err())
		open = append(open, conn)
	}
	for _, conn := range open {
		must(t, conn.Close())
	}
	must(t, after.CatchUp(ctx, before))
	must(t, after.Promote(ctx))
	host, port, err := net.SplitHostPort(after.Addr())
	must(t, err)
	must(t, before.Client().ReplicaOf(ctx, host, port).Err())
	lead(after)

	refused := 0
	for err := commit(0, "one", "two"); err != nil; err = commit(0, "one", "two") {
		if refused++; ErrorClass(err) != "readonly" || refused > 8 {
			t.Fatalf("try %d: got error %v, want it refused at most once by each connection", refused, err)
		}
	}
	if refused == 0 {
		t.Fatal("no write was refused: this test shows nothing")
	}
	var all sync.WaitGroup
	for n := 1; n < 8; n++ {
		all.Go(func() {
			var err error
			for range 9 {
				if err = commit(n, "one", "two"); ErrorClass(err) != "readonly" {
					break
				}
			}
			if err != nil {
				t.Errorf("commit shard %d: got error %v, want it done", n, err)
			}
		})
	}
	all.Wait()
	metas, err := s.Metas(ctx, []int{0, 1, 2, 3, 4, 5, 6, 7})
	must(t, err)
	for n, m := range metas {
		if m.Token != "two" {
			t.Errorf("shard %d: got token %q, want that of the new master", n, m.Token)
		}
	}
}

// TestValueTooLargeForRedis: a profile longer than the server takes is refused for good, and the error names the customer and the setting.
func TestValueTooLargeForRedis(t *testing.T) {
	client := openRedis(t)
	ctx, s := t.Context(), newStore(t, client, testLayout)
	const setting, least = "proto-max-bulk-len", 1 << 20 // the least that Redis accepts
	was, err := client.ConfigGet(ctx, setting).Result()
	must(t, err)
	must(t, client.ConfigSet(ctx, setting, fmt.Sprint(least)).Err())
	t.Cleanup(func() { must(t, client.ConfigSet(context.WithoutCancel(ctx), setting, was[setting]).Err()) })
	c := batch(3)
	c.Token = "one"
	c.Updates[1].Profile = make([]byte, least+1)
	// The server answers and closes the connection while the client still writes. Then the client may see the end before the answer, as any
	// end of a connection: a lane tries again.
	for range 100 {
		if err = s.Commit(ctx, []shard.Commit{c})[0]; ErrorClass(err) != "network" {
			break
		}
	}
	if refused := (*shard.RefusedError)(nil); !errors.As(err, &refused) || refused.Shard != c.Shard || ErrorClass(err) != "too_large" {
		t.Fatalf("a profile of more than 1 MB: got error %v of class %s, want it refused as too_large", err, ErrorClass(err))
	}
	for _, want := range []string{setting, c.Updates[1].Customer} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error: got %q, want %q in it", err, want)
		}
	}
	c.Updates[1].Profile = make([]byte, least)
	if err := s.Commit(ctx, []shard.Commit{c})[0]; err != nil {
		t.Errorf("a profile of 1 MB: got error %v, want none", err)
	}
}
