package pipeline

import (
	"context"
	"fmt"

	"tidemark/internal/shard"
)

// examine compares a head with the marks that the lane has seen committed. A mark below, or gone, says that the store has
// lost writes: then nothing the lane knows of any shard counts any more, and it takes over again, which seeks every
// partition back to its lowest mark. Shards that lost nothing skip what they already have.
func (l *Lane) examine(s *state, m shard.Meta) error {
	for _, p := range l.partitions {
		mark, ok := m.Marks[p]
		if l.blind {
			s.acked[p] = max(s.acked[p], mark)
			continue
		}
		if !ok || mark < s.acked[p] {
			l.metrics.losses.WithLabelValues(lossCause(ok)).Inc()
			l.cfg.Report(Notice{
				Kind: LostWrites, Shard: s.number, Partition: p,
				Err: fmt.Errorf("mark of %s is %d (there: %t), %d had been committed", p, mark, ok, s.acked[p]),
			})
			return errTakeOver
		}
		s.acked[p] = mark
	}
	return nil
}

func lossCause(present bool) string {
	if present {
		return "behind"
	}
	return "gone"
}

// refresh brings a state up to a head that was just read. Where another has committed, what it left in the outbox is
// published first, so that the outbox before our next commit is known to be published.
func (l *Lane) refresh(ctx context.Context, s *state, m shard.Meta) error {
	if err := l.examine(s, m); err != nil {
		return err
	}
	if s.held && s.token == m.Token {
		return nil
	}
	s.adopt(m)
	return l.publishLeftovers(ctx, s)
}

// mark moves marks of shards that have nothing to commit, and returns the heads as they are then.
func (l *Lane) mark(ctx context.Context, markers []shard.Marker) (metas []shard.Meta, err error) {
	err = l.retry(ctx, "mark", func() (err error) {
		metas, err = l.cfg.Store.Mark(ctx, markers)
		return err
	})
	return metas, err
}

// lowest is the least mark of a partition over all shards.
func (l *Lane) lowest(p shard.Partition) int64 {
	least := l.states[0].acked[p]
	for _, s := range l.states[1:] {
		least = min(least, s.acked[p])
	}
	return least
}
