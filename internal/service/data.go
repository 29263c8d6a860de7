package service

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"tidemark/internal/kafka"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// data is where the data of the service lies, and how many partitions feed it. It does not change; a change makes another data.
type data struct {
	store      *redis.Store
	layout     shard.Layout
	partitions int
	// givenUp is the last edition whose rebuild was given up.
	givenUp int
}

// look finds, at the beginning of a generation with some partition indexes, how many partitions there are now, and where the data lies.
// Its errors go away by themselves, or by a rebuild: all are Retryable.
func (s *Service) look(ctx context.Context, indexes []int) (*data, error) {
	before := s.data.Load()
	partitions, err := s.cfg.Cluster.Partitions(ctx)
	if err != nil {
		return nil, kafka.Retryable(err)
	}
	if len(indexes) > 0 && slices.Max(indexes) >= partitions {
		return nil, kafka.Retryable(fmt.Errorf("the group has partition %d of topics that have %d, says another broker", slices.Max(indexes), partitions))
	}
	there, ok, err := before.store.Rebuild(ctx)
	if err != nil {
		return nil, kafka.Retryable(err)
	}
	layout := before.layout
	if ok { // otherwise Redis was emptied: models.load writes the layout again
		layout = there.Layout
	}
	if err := layout.Check(partitions); err != nil {
		return nil, kafka.Retryable(err)
	}
	next := &data{before.store, layout, partitions, there.GivenUp}
	if layout != before.layout {
		if next.store, err = redis.New(s.cfg.Redis, s.cfg.Prefix, layout); err != nil {
			return nil, err
		}
		s.cfg.Log.Info("the data has another layout now", zap.Int("edition", layout.Edition), zap.Int("shards", layout.Shards),
			zap.String("partitioner", string(layout.Partitioner)), zap.String("zone", layout.Zone))
	}
	if partitions != before.partitions {
		s.cfg.Log.Info("the topics have another number of partitions now", zap.Int("partitions", partitions))
	}
	s.data.Store(next)
	return next, nil
}

// setUnfit notes what a generation waits for before it starts its lanes.
func (s *Service) setUnfit(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unfit = why
}
