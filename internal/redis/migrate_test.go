package redis

import (
	"fmt"
	"net"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

// move moves the slot of a shard from one master of a cluster to another, key by key.
type move struct {
	t              *testing.T
	store          *Store
	slot           int64
	source, target *goredis.Client
}

func newMove(t *testing.T, n int) move {
	t.Helper()
	client := goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: pool.RedisCluster(t).Addrs(), MaxRedirects: 1})
	opened(t, client)
	m := move{t: t, store: newStore(t, client, testLayout)}
	head := m.store.keys(n)[metaKey]
	var err error
	m.slot, err = client.ClusterKeySlot(t.Context(), head).Result()
	must(t, err)
	m.source, err = client.MasterForKey(t.Context(), head)
	must(t, err)
	for _, node := range pool.RedisCluster(t).Nodes {
		if node.Addr() != m.source.Options().Addr {
			m.target = node.Client()
		}
	}
	return m
}

func (m move) id(node *goredis.Client) string {
	m.t.Helper()
	id, err := node.ClusterMyID(m.t.Context()).Result()
	must(m.t, err)
	return id
}

// begin opens the slot on both sides.
func (m move) begin() {
	m.t.Helper()
	must(m.t, m.target.Do(m.t.Context(), "CLUSTER", "SETSLOT", m.slot, "IMPORTING", m.id(m.source)).Err())
	must(m.t, m.source.Do(m.t.Context(), "CLUSTER", "SETSLOT", m.slot, "MIGRATING", m.id(m.target)).Err())
}

// key moves one key.
func (m move) key(name string) {
	m.t.Helper()
	host, port, err := net.SplitHostPort(m.target.Options().Addr)
	must(m.t, err)
	must(m.t, m.source.Do(m.t.Context(), "MIGRATE", host, port, name, 0, 5000).Err())
}

// end tells all nodes whose the slot is.
func (m move) end() {
	m.t.Helper()
	for _, node := range pool.RedisCluster(m.t).Nodes {
		must(m.t, node.Client().Do(m.t.Context(), "CLUSTER", "SETSLOT", m.slot, "NODE", m.id(m.target)).Err())
	}
}

// TestSlotMigration moves a shard from one master of a cluster to another, key by key, and commits at every step. Each commit
// succeeds, or must be tried again. No commit writes only a part, or creates a key while the key of this name moves.
func TestSlotMigration(t *testing.T) {
	const moved = 5
	ctx := t.Context()
	m := newMove(t, moved)
	s := m.store
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
	m.begin()
	commit("about to move")
	for i, key := range s.keys(moved) {
		m.key(key)
		commit(fmt.Sprint("keys moved: ", i+1))
	}
	m.end()
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
