package redis

import (
	"fmt"
	"net"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestSlotMigrationOfTombstones moves a shard with tombstones, key by key. Erasures succeed or must be tried again. At the end all
// tombstones of those that succeeded are there, and the head counts them. While the whole shard is on one side, audits and loads succeed too.
func TestSlotMigrationOfTombstones(t *testing.T) {
	const moved = 6
	ctx := t.Context()
	nodes := pool.RedisCluster(t).Nodes
	client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: pool.RedisCluster(t).Addrs(), MaxRedirects: 1})
	opened(t, client)
	s := newStore(t, client, testLayout)
	slot, err := client.ClusterKeySlot(ctx, s.keys(moved)[metaKey]).Result()
	must(t, err)
	source, err := client.MasterForKey(ctx, s.keys(moved)[metaKey])
	must(t, err)
	var target *goredis.Client
	for _, node := range nodes {
		if node.Addr() != source.Options().Addr {
			target = node.Client()
		}
	}
	id := func(node *goredis.Client) string {
		id, err := node.ClusterMyID(ctx).Result()
		must(t, err)
		return id
	}
	read := shard.Token("")
	var erased []string
	refused := 0
	commit := func(step string) {
		t.Helper()
		c := erase(moved, read, shard.Token(step), event.Instant(len(erased)+1), step)
		switch err := s.Commit(ctx, []shard.Commit{c})[0]; ErrorClass(err) {
		case "":
			read, erased = c.Token, append(erased, step)
		case "tryagain":
			refused++
		default:
			t.Errorf("%s: got error %v of class %q, want none or tryagain", step, err, ErrorClass(err))
		}
	}
	look := func(step string) {
		t.Helper()
		audits, err := s.Audit(ctx, []int{moved})
		if err != nil || !audits[0].Intact() || audits[0].Actual.Erased != int64(len(erased)) {
			t.Errorf("%s: got %+v and error %v, want %d tombstones, counted", step, audits, err, len(erased))
		}
		loaded, err := s.Load(ctx, []shard.Query{{Shard: moved, Customers: erased}})
		must(t, err)
		for i, at := range loaded[0].Erased {
			if at != event.Instant(i+1) {
				t.Errorf("%s: %s was erased at %d, want %d", step, erased[i], at, i+1)
			}
		}
	}
	commit("at rest")
	must(t, target.Do(ctx, "CLUSTER", "SETSLOT", slot, "IMPORTING", id(source)).Err())
	must(t, source.Do(ctx, "CLUSTER", "SETSLOT", slot, "MIGRATING", id(target)).Err())
	commit("about to move")
	look("about to move")
	host, port, err := net.SplitHostPort(target.Options().Addr)
	must(t, err)
	for i, key := range append(s.keys(moved), s.erasedKey(moved)) {
		must(t, source.Do(ctx, "MIGRATE", host, port, key, 0, 5000).Err())
		commit(fmt.Sprint("keys moved: ", i+1))
	}
	look("all keys moved")
	for _, node := range nodes {
		must(t, node.Client().Do(ctx, "CLUSTER", "SETSLOT", slot, "NODE", id(target)).Err())
	}
	commit("moved")
	look("moved")
	if len(erased) < 4 || refused == 0 {
		t.Errorf("%d erasures went through and %d were to be tried again, want at least 4 and some", len(erased), refused)
	}
}
