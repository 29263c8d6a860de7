package redis

import (
	"context"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/storetest"
)

var _ pipeline.Store = (*Store)(nil)

// storetest runs more tests on a store that is one of these.
var (
	_ storetest.Breakable = breakable{}
	_ storetest.Viewer    = breakable{}
	_ storetest.Counter   = breakable{}
)

func TestStoreKeepsItsPromises(t *testing.T) {
	for _, server := range backends() {
		t.Run(server.name, func(t *testing.T) {
			client := server.open(t)
			storetest.Run(t, func(t *testing.T, layout shard.Layout) storetest.Store {
				flush(t, client)
				return breakable{newStore(t, client, layout)}
			})
		})
	}
}

func flush(t testing.TB, client goredis.UniversalClient) {
	t.Helper()
	empty := func(ctx context.Context, node *goredis.Client) error { return node.FlushAll(ctx).Err() }
	if err := eachMaster(t, client, empty); err != nil {
		t.Fatalf("flush: %v", err)
	}
}

// eachMaster calls call for each master of a cluster, or for the one server.
func eachMaster(t testing.TB, client goredis.UniversalClient, call func(ctx context.Context, node *goredis.Client) error) error {
	if cluster, ok := client.(*goredis.ClusterClient); ok {
		return cluster.ForEachMaster(t.Context(), call)
	}
	return call(t.Context(), client.(*goredis.Client))
}

// breakable is a store whose keys storetest may damage.
type breakable struct{ *Store }

func (b breakable) did(t *testing.T, what goredis.Cmder) {
	t.Helper()
	if what.Err() != nil {
		t.Fatalf("damage: %v", what.Err())
	}
}

func (b breakable) LoseProfile(t *testing.T, n int, customer string) {
	b.did(t, b.client.HDel(t.Context(), b.keys(n)[profilesKey], customer))
}

func (b breakable) LoseDue(t *testing.T, n int, customer string) {
	b.did(t, b.client.ZRem(t.Context(), b.keys(n)[dueKey], customer))
}

func (b breakable) LoseOutput(t *testing.T, n int) {
	b.did(t, b.client.RPop(t.Context(), b.keys(n)[outboxKey]))
}

func (b breakable) LoseShard(t *testing.T, n int) {
	for _, key := range append(b.keys(n), b.erasedKey(n)) {
		b.did(t, b.client.Del(t.Context(), key))
	}
}

func (b breakable) LoseTombstones(t *testing.T, n int) {
	b.did(t, b.client.Del(t.Context(), b.erasedKey(n)))
}

// Spoil replaces the key by a string, on which commands for hashes, sets and lists fail.
func (b breakable) Spoil(t *testing.T, n int, key string) func() {
	keys := append(b.keys(n), b.erasedKey(n))
	for i, name := range append(shardKeys[:], "erased") {
		if name != key {
			continue
		}
		aside := keys[i] + ":aside"
		b.did(t, b.client.Rename(t.Context(), keys[i], aside))
		b.did(t, b.client.Set(t.Context(), keys[i], "spoiled", 0))
		return func() { b.did(t, b.client.Rename(t.Context(), aside, keys[i])) }
	}
	t.Fatalf("spoil %q: no such key", key)
	return nil
}
