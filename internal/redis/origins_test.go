package redis

import (
	"errors"
	"maps"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// TestOriginsHold fixes the format of tm:log: later versions compare with it.
func TestOriginsHold(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		p := shard.Partition{Topic: event.Purchases, Index: 3}
		o := shard.OriginOf(stream.Record{Offset: 9_007_199_254_740_993, Time: 1_767_225_600_123, Key: []byte("ann"), Value: []byte{0, 0xff}})
		if err := s.Remember(ctx, map[shard.Partition]shard.Origin{p: o}); err != nil {
			t.Fatalf("remember: got error %v, want none", err)
		}
		want := map[string]string{"customer.purchases.v1:3": "9007199254740993 1767225600123 " + o.Hash}
		if got, err := client.HGetAll(ctx, "tm:log").Result(); err != nil || !maps.Equal(got, want) {
			t.Errorf("tm:log: got %q and error %v, want %q", got, err, want)
		}
	})
}

// TestSpoiledOrigin: an entry of tm:log that a person has changed is an error that says how to mend the entry.
func TestSpoiledOrigin(t *testing.T) {
	client := openMiniredis(t)
	ctx, s := t.Context(), newStore(t, client, testLayout)
	if err := client.HSet(ctx, "tm:log", "customer.purchases.v1:3", "gone").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Origins(ctx, []shard.Partition{{Topic: event.Purchases, Index: 3}})
	if want := "HDEL tm:log customer.purchases.v1:3"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a spoiled entry: got error %v, want one with %q", err, want)
	}
	if spoiled, ok := errors.AsType[*shard.SpoiledOriginError](err); !ok || spoiled.Partition.Index != 3 {
		t.Errorf("a spoiled entry: got error %v, want it to hold the partition", err)
	}
	if got, err := s.Origins(ctx, []shard.Partition{{Topic: event.Purchases, Index: 4}}); err != nil || len(got) != 0 {
		t.Errorf("the partition beside a spoiled entry: got %v and error %v, want nothing", got, err)
	}
}
