package redis

import (
	"fmt"
	"slices"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestCopyErased copies tombstones from edition to edition, with other numbers of shards and another partitioner, and erases between. Under
// each edition, every erased customer's tombstone is found in the customer's own shard, before the shard exists and after.
func TestCopyErased(t *testing.T) {
	layouts := []shard.Layout{
		{Shards: 12, Partitioner: shard.Murmur2},
		{Edition: 1, Shards: 12, Partitioner: shard.Murmur2},
		{Edition: 2, Shards: 18, Partitioner: shard.Murmur2},
		{Edition: 3, Shards: 7, Partitioner: shard.Murmur2},
		{Edition: 5, Shards: 24, Partitioner: shard.CRC32},
		{Edition: 6, Shards: 12, Partitioner: shard.CRC32},
		{Edition: 7, Shards: 12, Partitioner: shard.Murmur2},
	}
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx := t.Context()
		want := map[string]event.Instant{}
		var before *Store
		for edition, layout := range layouts {
			s := newStore(t, client, layout)
			if before != nil {
				for range 2 { // a rebuild that is started again
					if _, err := before.CopyErased(ctx, s, "copy"); err != nil {
						t.Fatal(err)
					}
				}
				find(t, s, want, "before the shards exist")
			}
			read := make([]shard.Token, layout.Shards)
			erase := func(customer string, at event.Instant) {
				n, token := layout.Of(customer), shard.Token(fmt.Sprint(edition, customer, at))
				c := shard.Commit{Shard: n, Read: read[n], Token: token, Erased: []shard.Tombstone{{Customer: customer, At: at, Links: at - 1}}}
				must(t, s.Commit(ctx, []shard.Commit{c})[0])
				read[n], want[customer] = token, at
			}
			for i := range 20 {
				erase(fmt.Sprintf("%d of edition %d", i, edition), event.Instant(1000*edition+i+1))
			}
			if edition > 0 { // erased once more, now from another shard
				erase(fmt.Sprintf("3 of edition %d", edition-1), event.Instant(1000*edition+500))
			}
			find(t, s, want, "with shards")
			audits, err := s.Audit(ctx, layout.Numbers())
			must(t, err)
			for n, a := range audits {
				if !a.Intact() {
					t.Errorf("%+v, shard %d: %d tombstones, the head says %d", layout, n, a.Actual.Erased, a.Meta.Counts.Erased)
				}
			}
			before = s
		}
	})
}

// find looks every erased customer up in the customer's own shard.
func find(t *testing.T, s *Store, want map[string]event.Instant, when string) {
	t.Helper()
	queries := make([]shard.Query, s.layout.Shards)
	for n := range queries {
		queries[n] = shard.Query{Shard: n, Customers: []string{"nobody"}}
	}
	for customer := range want {
		q := &queries[s.layout.Of(customer)]
		q.Customers = append(q.Customers, customer)
	}
	loaded, err := s.Load(t.Context(), queries)
	must(t, err)
	for n, q := range queries {
		erased, cut := loaded[n].Erased, loaded[n].Cut
		if erased == nil { // the shard has no tombstones
			erased = make([]event.Instant, len(q.Customers))
		}
		for i, customer := range q.Customers {
			if cut[customer] != max(0, want[customer]-1) {
				t.Errorf("%+v, %s: the links of %q are cut at %d, want %d", s.layout, when, customer, cut[customer], max(0, want[customer]-1))
			}
			if erased[i] != want[customer] {
				t.Errorf("%+v, %s: %q was erased at %d, want %d", s.layout, when, customer, erased[i], want[customer])
			}
		}
	}
}

// TestCopyErasedAsFewAsNeeded: the same number of shards takes one copy, other numbers as many as their common divisor leaves open.
func TestCopyErasedAsFewAsNeeded(t *testing.T) {
	client := openMiniredis(t)
	ctx, s := t.Context(), newStore(t, client, shard.Layout{Shards: 12, Partitioner: shard.Murmur2})
	must(t, s.Commit(ctx, []shard.Commit{{Shard: 5, Token: "one", Erased: []shard.Tombstone{{Customer: "a", At: 5}}}})[0])
	for i, row := range []struct {
		shards      int
		partitioner shard.Partitioner
		want        []int
	}{
		{12, shard.Murmur2, []int{5}},
		{24, shard.Murmur2, []int{5, 17}},
		{18, shard.Murmur2, []int{5, 11, 17}},
		{6, shard.Murmur2, []int{5}},
		{4, shard.Murmur2, []int{1}},
		{5, shard.Murmur2, []int{0, 1, 2, 3, 4}},
		{3, shard.CRC32, []int{0, 1, 2}},
	} {
		to := newStore(t, client, shard.Layout{Edition: i + 1, Shards: row.shards, Partitioner: row.partitioner})
		copied, err := s.CopyErased(ctx, to, "copy")
		must(t, err)
		sizes, err := to.tombstones(ctx, to.layout.Numbers())
		must(t, err)
		var got []int
		for n, size := range sizes {
			if size > 0 {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, row.want) || copied != int64(len(row.want)) {
			t.Errorf("to %d shards by %s: got %d copies in shards %v, want them in %v", row.shards, row.partitioner, copied, got, row.want)
		}
		must(t, to.Clear(ctx, to.layout.Numbers()))
		if sizes, err := to.tombstones(ctx, to.layout.Numbers()); err != nil || slices.Max(sizes) != 0 {
			t.Errorf("cleared: got %v tombstones and error %v, want none", sizes, err)
		}
	}
}

// TestCopyErasedToShardsThatExist: an interrupted rebuild has made the shards, and goes on. Their heads count the new tombstones; who has
// read the shards before gets a conflict, unless nothing is new.
func TestCopyErasedToShardsThatExist(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		next := testLayout
		next.Edition = 1
		to := newStore(t, client, next)
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "one", 5, "a")})[0])
		must(t, to.Commit(ctx, []shard.Commit{{Shard: 3, Token: "filled"}, {Shard: 4, Token: "filled"}})[0])
		for round, token := range []shard.Token{"copy", "copy again"} {
			_, err := s.CopyErased(ctx, to, token)
			must(t, err)
			audits, err := to.Audit(ctx, []int{3, 4})
			must(t, err)
			if a := audits[0]; !a.Intact() || a.Actual.Erased != 1 || a.Meta.Token != "copy" {
				t.Errorf("copy %d: got %+v, want one tombstone, counted, under the token of the first copy", round+1, a)
			}
			if a := audits[1]; a.Meta.Token != "filled" {
				t.Errorf("copy %d: the shard without tombstones has token %s, want filled", round+1, a.Meta.Token)
			}
		}
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "one", "two", 7, "a")})[0])
		_, err := s.CopyErased(ctx, to, "later")
		must(t, err)
		if at, _, err := to.Erased(ctx, "a"); testLayout.Of("a") == 3 && (at != 7 || err != nil) {
			t.Errorf("a later tombstone: got %d and error %v, want 7", at, err)
		}
		if metas, err := to.Metas(ctx, []int{3}); err != nil || metas[0].Token != "later" || metas[0].Counts.Erased != 1 {
			t.Errorf("a later tombstone: got %+v and error %v, want another token and the same count", metas, err)
		}
	})
}

// TestRetireRemovesTombstones: the edition that is replaced keeps nothing but heads.
func TestRetireRemovesTombstones(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "one", 5, "a")})[0])
		must(t, s.Retire(ctx, []int{3}))
		if sizes, err := s.tombstones(ctx, []int{3}); err != nil || sizes[0] != 0 {
			t.Errorf("got %v tombstones and error %v, want none", sizes, err)
		}
	})
}
