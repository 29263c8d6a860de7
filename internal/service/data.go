package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"tidemark/internal/event"
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

// shards are the numbers of all shards.
func (d *data) shards() []int {
	all := make([]int, d.layout.Shards)
	for n := range all {
		all[n] = n
	}
	return all
}

// layOut finds where the data lies at the start. Without a number of shards from the user, it takes the number of the data. Open later
// returns an error if what the user has given differs from the layout of the data.
func (s *Service) layOut(ctx context.Context, partitions int, base event.Currency) (*data, error) {
	store, err := redis.New(s.cfg.Redis, s.cfg.Prefix, shard.Layout{})
	if err != nil {
		return nil, err
	}
	there, ok, err := store.Rebuild(ctx)
	if err != nil {
		return nil, err
	}
	layout := s.cfg.Layout
	layout.Base, layout.Edition = base, there.Layout.Edition
	switch {
	case layout.Shards != 0:
	case ok:
		layout.Shards = there.Layout.Shards
	default:
		layout.Shards = shard.DefaultShards(partitions)
	}
	if err := layout.Check(partitions); err != nil {
		return nil, err
	}
	store, err = redis.New(s.cfg.Redis, s.cfg.Prefix, layout)
	return &data{store, layout, partitions, there.GivenUp}, err
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

// setUnfit notes why no lane can run now; nil says that nothing hinders.
func (s *Service) setUnfit(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unfit = ""
	if err != nil {
		s.unfit = err.Error()
	}
}

// unfitted passes on an error, and notes it if it hinders the lanes.
func (s *Service) unfitted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		s.setUnfit(err)
	}
	return err
}
