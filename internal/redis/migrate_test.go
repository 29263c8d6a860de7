package redis

import (
	"fmt"
	"net"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// TestSlotMigration moves a shard from one master of a cluster to another, key by key, and commits at every step. Each commit
// succeeds, or must be tried again. No commit writes only a part, or creates a key while the key of this name moves.
func TestSlotMigration(t *testing.T) {
	const moved = 5
	ctx := t.Context()
	nodes := pool.RedisCluster(t).Nodes
	client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: pool.RedisCluster(t).Addrs(), MaxRedirects: 1})
	opened(t, client)
	s := newStore(t, client, testLayout)
	head := s.keys(moved)[metaKey]
	slot, err := client.ClusterKeySlot(ctx, head).Result()
	must(t, err)
	source, err := client.MasterForKey(ctx, head)
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

	read, written, refused := shard.Token(""), 0, 0
	commit := func(step string) {
		t.Helper()
		next := shard.Token(step)
		err := s.Commit(ctx, []shard.Commit{{
			Shard: moved, Read: read, Token: next, Updates: []shard.Update{{Customer: step, Profile: []byte(step), Due: 1}},
			Outbox: []shard.Output{{ID: step}}, Census: map[string]int64{"commits": 1},
		}})[0]
		switch ErrorClass(err) {
		case "":
			read = next
			written++
		case "tryagain":
			refused++
		default:
			t.Errorf("%s: got error %v of class %q, want none or tryagain", step, err, ErrorClass(err))
		}
	}
	commit("at rest")
	must(t, target.Do(ctx, "CLUSTER", "SETSLOT", slot, "IMPORTING", id(source)).Err())
	must(t, source.Do(ctx, "CLUSTER", "SETSLOT", slot, "MIGRATING", id(target)).Err())
	commit("about to move")
	host, port, err := net.SplitHostPort(target.Options().Addr)
	must(t, err)
	for i, key := range s.keys(moved) {
		must(t, source.Do(ctx, "MIGRATE", host, port, key, 0, 5000).Err())
		commit(fmt.Sprint("keys moved: ", i+1))
	}
	for _, node := range nodes {
		must(t, node.Client().Do(ctx, "CLUSTER", "SETSLOT", slot, "NODE", id(target)).Err())
	}
	commit("moved")
	if written < 4 || refused == 0 || written+refused != 8 {
		t.Errorf("%d commits went through and %d were to be tried again, want at least 4 (before and after) and some of 8", written, refused)
	}
	audits, err := s.Audit(ctx, []int{moved})
	if want := int64(written) + 1; err != nil || !audits[0].Intact() || audits[0].Actual != (shard.Counts{Profiles: want, Due: want, Outbox: want}) {
		t.Errorf("after the move: got %+v and error %v, want it intact with %d of each", audits, err, want)
	}
	if census, err := s.Census(ctx, []int{moved}); err != nil || census[0]["commits"] != int64(written) {
		t.Errorf("census: got %v and error %v, want %d commits", census, err, written)
	}
}
