package service

import (
	"context"
	"errors"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// handle runs the lanes of one generation, one per partition index, until the generation ends.
func (s *Service) handle(ctx context.Context, gen *kafka.Generation) error {
	if err := s.models.load(ctx); err != nil { // the earlier owners of the partitions may know of a switch that this instance does not know of yet
		return kafka.Retryable(err)
	}
	indexes := gen.Partitions()
	lanes := make([]*pipeline.Lane, len(indexes))
	for i, index := range indexes {
		config := s.lane
		config.Source, config.Index, config.Committed = gen, index, committed(gen, index)
		if s.cfg.Between == nil {
			config.Store = s.store.Of(shard.Partitions(index)...)
		}
		lane, err := pipeline.New(config)
		if err != nil {
			return err
		}
		lanes[i] = lane
	}
	if !s.begin(lanes) {
		return nil
	}
	defer s.end()
	s.cfg.Log.Info("generation begins", zap.Int("generation", gen.ID()), zap.Ints("partitions", indexes))
	if len(lanes) == 0 {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	together, ctx := errgroup.WithContext(ctx)
	for _, lane := range lanes {
		together.Go(func() error { return lane.Run(ctx) })
	}
	err := together.Wait()
	switch {
	case s.isStopping():
		return err
	case errors.Is(err, pipeline.ErrStalled):
		return kafka.Retryable(err)
	case err == nil:
		return errors.New("all lanes ended though nobody asked them to") // a bug of ours
	}
	return err
}

func committed(gen *kafka.Generation, index int) map[shard.Partition]int64 {
	offsets := map[shard.Partition]int64{}
	for _, p := range shard.Partitions(index) {
		if offset, ok := gen.Committed(p); ok {
			offsets[p] = offset
		}
	}
	return offsets
}

// begin records the running lanes. It returns false if the service is stopping: then no lane may start.
func (s *Service) begin(lanes []*pipeline.Lane) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.lanes, s.serving = lanes, true
	return true
}

func (s *Service) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lanes, s.serving = nil, false
}

func (s *Service) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// stop drains the lanes. If no lane runs, stop leaves the group at once; otherwise the group is left when all lanes have ended.
func (s *Service) stop(leave context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	if len(s.lanes) == 0 {
		leave()
		return
	}
	for _, lane := range s.lanes {
		lane.Drain()
	}
}
