package service

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// handle runs the lanes of one generation, one per partition index, until the generation ends. When a rebuild takes over, handle waits for
// the switch and starts the lanes again, on the new shards. Where the shards are stopped, and nothing switches, it fails.
func (s *Service) handle(ctx context.Context, gen *kafka.Generation) error {
	var before *data // that of shards which were stopped
	for {
		if err := s.awaitSwitch(ctx); err != nil {
			return err
		}
		err := s.serve(ctx, gen, before != nil)
		if ctx.Err() != nil && errors.Is(err, pipeline.ErrMoved) {
			return context.Cause(ctx) // the generation has ended meanwhile: the next one finds the new shards
		}
		if !errors.Is(err, pipeline.ErrMoved) {
			return err
		}
		now := s.data.Load()
		if before != nil && before.layout.Edition == now.layout.Edition && before.givenUp == now.givenUp {
			return kafka.Retryable(fmt.Errorf("%w, but tm:meta says that edition %d is in force: somebody has deleted tm:meta, or restored it from an "+
				"older backup; restore the last one, or make the state anew from the log: tidemark rebuild", err, now.layout.Edition))
		}
		before = now
	}
}

// serve runs the lanes until the generation ends, or until their shards are stopped in favour of another edition: then it fails with
// pipeline.ErrMoved. moved says that the shards have replaced others, whose customers may have other views.
func (s *Service) serve(ctx context.Context, gen *kafka.Generation, moved bool) error {
	indexes := gen.Partitions()
	data, err := s.look(ctx, indexes)
	if err != nil {
		return err
	}
	if err := s.models.load(ctx); err != nil { // the earlier owners of the partitions may know of a switch that this instance does not know of yet
		return kafka.Retryable(err)
	}
	lanes := make([]*pipeline.Lane, len(indexes))
	for i, index := range indexes {
		lane, err := pipeline.New(s.configOf(data, gen, index, moved))
		if err != nil {
			return err
		}
		lanes[i] = lane
	}
	if !s.begin(lanes) {
		return nil
	}
	defer s.end()
	s.incidents.lonely("", joinGroup, nil)
	s.cfg.Log.Info("generation begins", zap.Int("generation", gen.ID()), zap.Ints("partitions", indexes))
	if len(lanes) == 0 {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	together, ctx := errgroup.WithContext(ctx)
	for _, lane := range lanes {
		together.Go(func() error { return lane.Run(ctx) })
	}
	err = together.Wait()
	switch {
	case errors.Is(err, kafka.ErrGenerationEnded) && s.stay():
		return err
	case s.isStopping():
		return err
	case errors.Is(err, pipeline.ErrMoved):
		return err
	case s.isMoving():
		return s.stopShards(data, indexes)
	case errors.Is(err, pipeline.ErrStalled):
		return kafka.Retryable(err)
	case err == nil:
		return errors.New("all lanes ended though nobody asked them to") // a bug of ours
	}
	return err
}

func (s *Service) configOf(data *data, gen *kafka.Generation, index int, moved bool) pipeline.Config {
	config := s.lane
	config.Store = data.store.Of(shard.Partitions(index)...)
	if s.cfg.Between != nil {
		config.Store = s.cfg.Between(data.store)
	}
	config.Layout, config.Partitions, config.GivenUp, config.Unshown = data.layout, data.partitions, data.givenUp, moved
	config.Source, config.Index, config.Committed = gen, index, committed(gen, index)
	return config
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
	if s.stopping || s.finishing {
		return false
	}
	s.lanes, s.serving, s.moving, s.unfit = lanes, true, false, ""
	s.begun++
	s.refused.Store(nil)
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
	return s.stopping || s.finishing
}

// stop drains the lanes, and keeps lanes from starting.
func (s *Service) stop(leave context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	s.drain(leave)
}

// drain drains the lanes. If no lane runs, it leaves the group at once; otherwise the group is left when all lanes have ended. The caller
// holds s.mu.
func (s *Service) drain(leave context.CancelFunc) {
	if len(s.lanes) == 0 {
		leave()
		return
	}
	for _, lane := range s.lanes {
		lane.Drain()
	}
}
