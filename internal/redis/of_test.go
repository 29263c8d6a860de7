package redis

import (
	"maps"
	"reflect"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// A store of some partitions moves their marks as every store does. Its heads lack nothing but the marks of other partitions.
func TestStoreOfPartitions(t *testing.T) {
	mine, other := shard.Partition{Topic: event.Purchases, Index: 3}, shard.Partition{Topic: event.Purchases, Index: 4}
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		all := newStore(t, client, testLayout)
		c := batch(2)
		c.Token, c.Model, c.Marks = "one", "model", shard.Marks{mine: 5, other: 9}
		if err := all.Commit(t.Context(), []shard.Commit{c})[0]; err != nil {
			t.Fatal(err)
		}
		few := all.Of(mine, shard.Partition{Topic: event.Feedbacks, Index: 3})
		for _, row := range []struct {
			name        string
			acked, next shard.Marks
			want        int64
		}{
			{"only a look", nil, nil, 5},
			{"a mark moves", shard.Marks{mine: 5}, shard.Marks{mine: 7}, 7},
			{"somebody else has moved it", shard.Marks{mine: 5}, shard.Marks{mine: 8}, 7},
		} {
			metas, err := few.Mark(t.Context(), []shard.Marker{{Shard: c.Shard, Acked: row.acked, Next: row.next}})
			if err != nil {
				t.Fatal(err)
			}
			partial, err := few.Audit(t.Context(), []int{c.Shard})
			if err != nil {
				t.Fatal(err)
			}
			whole, err := all.Audit(t.Context(), []int{c.Shard})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := whole[0].Meta.Marks, (shard.Marks{mine: row.want, other: 9}); !maps.Equal(got, want) {
				t.Errorf("%s: all marks are %v, want %v", row.name, got, want)
			}
			for name, got := range map[string]shard.Meta{"mark": metas[0], "audit": partial[0].Meta} {
				if want := (shard.Marks{mine: row.want}); !maps.Equal(got.Marks, want) {
					t.Errorf("%s, %s: marks %v, want %v", row.name, name, got.Marks, want)
				}
				want := whole[0].Meta
				want.Marks, got.Marks = nil, nil
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s, %s: head %+v, want %+v", row.name, name, got, want)
				}
			}
			if partial[0].Actual != whole[0].Actual {
				t.Errorf("%s: counts %+v, want %+v", row.name, partial[0].Actual, whole[0].Actual)
			}
		}
		metas, err := few.Mark(t.Context(), []shard.Marker{{Shard: 1, Next: shard.Marks{mine: 1}}})
		if err != nil || metas[0].Token != "" {
			t.Errorf("a shard that is not there: got %+v and error %v, want an empty head", metas, err)
		}
	})
}
