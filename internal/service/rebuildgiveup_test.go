package service

import (
	"testing"

	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// TestRebuildGivenUpLeavesNothing: what a rebuild has filled goes when the rebuild is given up, for no erasure would reach it. It stays if it is
// in force by now, or another owner's, or if a rebuild in the order of the log is to go on with it.
func TestRebuildGivenUpLeavesNothing(t *testing.T) {
	for _, row := range []struct {
		why     string
		order   bool
		spoil   func(t *testing.T, old *redis.Store, next shard.Layout)
		removed bool
	}{
		{"given up", false, nil, true},
		{"in the order of the log", true, nil, false},
		{"switched, but the answer was lost", false, func(t *testing.T, old *redis.Store, _ shard.Layout) {
			if err := old.SwitchEdition(t.Context(), "me"); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"another owner's", false, func(t *testing.T, old *redis.Store, next shard.Layout) {
			if err := old.GiveUpRebuild(t.Context(), "me"); err != nil {
				t.Fatal(err)
			}
			if err := old.ClaimRebuild(t.Context(), "another", next, redis.Filling, rebuildLease); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(row.why, func(t *testing.T) {
			address := emptyRedis(t)
			old := storeAt(t, address)
			client, err := redis.Dial("redis://"+address, false)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			layout, _, err := old.Rebuild(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			next := layout.Layout
			next.Edition = 1
			b := &rebuild{cfg: RebuildConfig{Redis: client, LogOrder: row.order}, owner: "me", old: &data{layout: layout.Layout, store: old}, next: &data{layout: next}}
			for _, stage := range []redis.Stage{redis.Filling, redis.Stopping} {
				if err := b.claim(t.Context(), stage); err != nil {
					t.Fatal(err)
				}
			}
			filled, err := redis.New(client, "", next)
			if err != nil {
				t.Fatal(err)
			}
			n := next.Of("ann")
			c := shard.Commit{Shard: n, Token: "filled", Updates: []shard.Update{{Customer: "ann", Profile: []byte("all of ann"), Due: 1}}}
			if err := filled.Commit(t.Context(), []shard.Commit{c})[0]; err != nil {
				t.Fatal(err)
			}
			if row.spoil != nil {
				row.spoil(t, old, next)
			}
			if err := b.giveUp(t.Context()); err != nil {
				t.Errorf("give up: %v", err)
			}
			traces, err := old.Traces(t.Context(), "ann")
			if err != nil || (len(traces) == 0) != row.removed {
				t.Errorf("keys with the customer: %v, %v; want them removed: %t", traces, err, row.removed)
			}
		})
	}
}
