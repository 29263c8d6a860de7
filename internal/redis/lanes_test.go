package redis

import (
	"maps"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestLanesHold fixes the format of tm:lanes: members of several versions read it side by side.
func TestLanesHold(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		r := shard.Reading{
			At: 1_767_225_600_123, Partitions: 6, Until: 1_767_225_599_000, Whole: true, Fed: shard.Set{}.Add(1).Add(5), Strays: 1_767_225_598_000,
			Heard: map[event.Topic]shard.Heard{event.Purchases: {At: 1_767_225_597_000, End: 9_007_199_254_740_993}}, QuietHoldMS: 7_200_000,
		}
		if _, _, err := s.Tell(ctx, 3, &r); err != nil {
			t.Fatalf("tell: got error %v, want none", err)
		}
		want := map[string]string{"3": `{"at":1767225600123,"partitions":6,"until":1767225599000,"whole":true,"fed":"22","strays":1767225598000,` +
			`"heard":{"customer.purchases.v1":{"at":1767225597000,"end":9007199254740993}},"quiet_hold_ms":7200000}`}
		if got, err := client.HGetAll(ctx, "tm:lanes").Result(); err != nil || !maps.Equal(got, want) {
			t.Errorf("tm:lanes: got %q and error %v, want %q", got, err, want)
		}
	})
}

// TestLanesOfEditions: the lanes of two editions have other shards, so they tell each other nothing.
func TestLanesOfEditions(t *testing.T) {
	client := openMiniredis(t)
	next := testLayout
	next.Edition = 1
	before, after := newStore(t, client, testLayout), newStore(t, client, next)
	if _, _, err := before.Tell(t.Context(), 0, &shard.Reading{Partitions: 2}); err != nil {
		t.Fatal(err)
	}
	if got, _, err := after.Tell(t.Context(), 1, &shard.Reading{Partitions: 2}); err != nil || len(got) != 1 {
		t.Errorf("edition 1: got %v and error %v, want its own lane alone", got, err)
	}
	if got, _, err := before.Tell(t.Context(), 0, nil); err != nil || len(got) != 1 {
		t.Errorf("edition 0: got %v and error %v, want its own lane alone", got, err)
	}
}

// TestSpoiledLane: an entry of tm:lanes that a person has changed is an error that says how to mend the entry.
func TestSpoiledLane(t *testing.T) {
	for field, text := range map[string]string{"3": "gone", "three": "{}"} {
		client := openMiniredis(t)
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if err := client.HSet(ctx, "tm:lanes", field, text).Err(); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Tell(ctx, 0, nil)
		if want := "HDEL tm:lanes " + field; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a spoiled entry: got error %v, want one with %q", err, want)
		}
	}
}
