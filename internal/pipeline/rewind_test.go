package pipeline

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"tidemark/internal/shard"
)

// rewound counts the commits that set marks back.
type rewound struct {
	Store
	n *atomic.Int64
}

func (r rewound) Commit(ctx context.Context, commits []shard.Commit) []error {
	for _, c := range commits {
		if c.Rewind {
			r.n.Add(1)
		}
	}
	return r.Store.Commit(ctx, commits)
}

// TestRewind: only a lane that finds another log, or a truncated one, sets marks back. In any other case, another lane of the same
// partitions may have raised the marks meanwhile.
func TestRewind(t *testing.T) {
	logs := append(statesOfLog(), stateOfLog{
		name: "more, of which the first expired", remembered: Expired,
		change: func(s shop) {
			s.buy("4", "5")
			s.logs.expire(s.p, 4)
		},
	})
	for _, log := range logs {
		t.Run(log.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				s.buy("1", "2", "3")
				finish(t, s.start(0, nil))
				log.change(s)
				var n atomic.Int64
				s.adjust = func(c *Config) { c.OnDataLoss, c.Store = ContinueFromFirst, rewound{c.Store, &n} }
				finish(t, s.start(0, nil))
				want := log.remembered == Recreated || log.remembered == Truncated
				if got := n.Load(); got > 0 != want {
					t.Errorf("commits that set marks back: want some: %t, got %d", want, got)
				}
			})
		})
	}
}
