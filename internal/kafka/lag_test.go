package kafka

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func TestProgress(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 2)
		ctx := bounded(t)
		if caughtUp, err := cluster.CaughtUp(ctx); err != nil || !caughtUp {
			t.Errorf("empty topics, no commit: caught up %t, %v; want true", caughtUp, err)
		}
		publish(t, cluster, customers(event.Purchases, 100)...)
		if caughtUp, err := cluster.CaughtUp(ctx); err != nil || caughtUp {
			t.Errorf("100 events, no commit: caught up %t, %v; want false", caughtUp, err)
		}

		m := join(t, b.config(), idle)
		g := m.owning(t, 2)
		ends := make(map[shard.Partition]int64)
		for _, p := range inputPartitions(2) {
			_, end, err := g.Bounds(ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			ends[p] = end
		}
		ends[purchases] -= 3
		if err := g.CommitOffsets(ctx, ends); err != nil {
			t.Fatal(err)
		}
		progress, err := cluster.Progress(ctx)
		if err != nil || len(progress) != 8 {
			t.Fatalf("%d partitions, %v; want 8", len(progress), err)
		}
		for _, p := range progress {
			if want := map[bool]int64{true: 3}[p.Partition == purchases]; p.Lag() != want || p.Committed != ends[p.Partition] {
				t.Errorf("%s: lag %d at offset %d, want %d at %d", p.Partition, p.Lag(), p.Committed, want, ends[p.Partition])
			}
		}
		if caughtUp, err := cluster.CaughtUp(ctx); err != nil || caughtUp {
			t.Errorf("3 events behind: caught up %t, %v; want false", caughtUp, err)
		}
		ends[purchases] += 3
		if err := g.CommitOffsets(ctx, ends); err != nil {
			t.Fatal(err)
		}
		if caughtUp, err := cluster.CaughtUp(ctx); err != nil || !caughtUp {
			t.Errorf("all committed: caught up %t, %v; want true", caughtUp, err)
		}
	})
}

func TestLag(t *testing.T) {
	for _, row := range []struct {
		name string
		p    Progress
		want int64
	}{
		{"nothing committed", Progress{First: 0, End: 10, Committed: -1}, 10},
		{"nothing committed, and some expired", Progress{First: 4, End: 10, Committed: -1}, 6},
		{"everything expired", Progress{First: 10, End: 10, Committed: -1}, 0},
		{"part way", Progress{First: 4, End: 10, Committed: 7}, 3},
		{"what was to come next has expired", Progress{First: 8, End: 10, Committed: 7}, 2},
		{"truncated below the commit", Progress{First: 0, End: 10, Committed: 12}, -2},
		{"all but an open transaction", Progress{First: 0, End: 10, Open: 4, Committed: 6}, 0},
		{"some before an open transaction", Progress{First: 0, End: 10, Open: 4, Committed: 5}, 1},
		{"an open transaction that an earlier version has read", Progress{First: 0, End: 10, Open: 4, Committed: 8}, 0},
		{"truncated below the commit, and a transaction is open", Progress{First: 0, End: 10, Open: 4, Committed: 12}, -2},
	} {
		if got := row.p.Lag(); got != row.want {
			t.Errorf("%s: lag %d, want %d", row.name, got, row.want)
		}
	}
}
