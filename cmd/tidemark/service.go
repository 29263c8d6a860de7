package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// service is the running scorer.
//
//	kafka.Group ── one generation at a time ──> handle
//	                                              ├── pipeline.Lane, partition index 0 ─┐
//	                                              ├── pipeline.Lane, partition index 3 ─┼─> redis.Store, kafka.Publisher
//	                                              └── …                                 ┘        (shared)
//	modelWatch ── tm:model ──> the engine that all lanes ask for at their batch boundaries
type service struct {
	log     *zap.Logger
	cluster *kafka.Cluster
	client  goredis.UniversalClient
	codec   *avro.Codec
	prefix  string
	// initialModel is put into force where none is; modelGiven says that the user named it.
	initialModel []byte
	modelGiven   bool
	// layout is what to lay out at the first start.
	layout           shard.Layout
	exitWhenCaughtUp bool
	// lane is what all lanes have in common.
	lane pipeline.Config
	// watch, where set, sees every transition as it is told.
	watch func(score.Transition)
	// between, where set, wraps the store that the lanes are given: a test takes away what they rely on.
	between func(pipeline.Store) pipeline.Store

	store      *redis.Store
	group      *kafka.Group
	models     *modelWatch
	partitions int
	ready      atomic.Bool
	losses     atomic.Int64 // how often lanes have found that writes were lost

	// mu guards the lanes of the generation at hand (serving says that there is one), and the wish to stop.
	mu       sync.Mutex
	lanes    []*pipeline.Lane
	serving  bool
	stopping bool
}

// run serves until ctx ends, which drains, or until everything has been caught up with where that was asked for.
func (s *service) run(ctx context.Context) error {
	publisher, err := s.prepare(ctx)
	if ctx.Err() != nil {
		return nil // told to stop before there was anything to drain
	}
	if err != nil {
		return err
	}
	s.lane.Store, s.lane.Publisher, s.lane.Codec, s.lane.Engine = s.store, publisher, s.codec, s.models.engine
	s.lane.Layout, s.lane.Partitions = s.layout, s.partitions
	s.lane.Report, s.lane.ErrorClass = s.report, errorClass
	if s.watch != nil {
		s.lane.Codec = telling{s.codec, s.watch}
	}
	if s.between != nil {
		s.lane.Store = s.between(s.store)
	}

	group, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	unheard := context.AfterFunc(ctx, func() { s.stop(leave) })
	defer unheard()
	s.group = s.cluster.NewGroup(func(err error) { s.log.Warn("kafka: trying again", zap.Error(err)) })
	s.ready.Store(true)

	background, done := context.WithCancel(group)
	var wait sync.WaitGroup
	wait.Go(func() { s.models.follow(background) })
	var healthy func() bool
	if s.exitWhenCaughtUp {
		wait.Go(func() { healthy = s.awaitCaughtUp(background, leave) })
	}
	err = s.group.Run(group, s.handle)
	done()
	wait.Wait()
	if err == nil && healthy != nil && !healthy() {
		err = errLostAtTheEnd
	}
	return errors.Join(err, publisher.Close())
}

// prepare checks the servers, lays out the data or finds its layout, and loads the model in force.
func (s *service) prepare(ctx context.Context) (*kafka.Publisher, error) {
	partitions, err := s.cluster.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	s.partitions = partitions
	initial, err := model.Parse(s.initialModel)
	if err != nil {
		return nil, err
	}
	s.layout.Base = initial.Base
	if err := s.layOut(ctx); err != nil {
		return nil, err
	}
	for _, f := range s.store.CheckServer(ctx) {
		if !f.OK {
			return nil, fmt.Errorf("redis: %s: %s (%s)", f.Name, f.Detail, f.Remedy)
		}
	}
	if err := s.store.Open(ctx); err != nil {
		return nil, err
	}
	s.models = &modelWatch{log: s.log, store: s.store, zone: s.layout.Zone}
	if err := s.models.start(ctx, s.initialModel, initial.Hash, s.modelGiven); err != nil {
		return nil, err
	}
	return s.cluster.NewPublisher(shard.Murmur2)
}

// layOut makes the store, with as many shards as the data has unless the user says a number: then it must be that.
func (s *service) layOut(ctx context.Context) (err error) {
	if s.store, err = redis.New(s.client, s.prefix, shard.Layout{}); err != nil {
		return err
	}
	if s.layout.Shards == 0 {
		s.layout.Shards = shard.DefaultShards(s.partitions)
		there, ok, err := s.store.Layout(ctx)
		if err != nil {
			return err
		}
		if ok {
			s.layout.Shards = there.Shards
		}
	}
	if err := s.layout.Check(s.partitions); err != nil {
		return err
	}
	s.store, err = redis.New(s.client, s.prefix, s.layout)
	return err
}

// handle runs the lanes of one generation, one per partition index, until it ends.
func (s *service) handle(ctx context.Context, gen *kafka.Generation) error {
	if err := s.models.load(ctx); err != nil { // the lanes before may have heard of a switch that this instance has not
		return kafka.Retryable(err)
	}
	indexes := gen.Partitions()
	lanes := make([]*pipeline.Lane, len(indexes))
	for i, index := range indexes {
		config := s.lane
		config.Source, config.Index, config.Committed = gen, index, committed(gen, index)
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
	s.log.Info("generation begins", zap.Int("generation", gen.ID()), zap.Ints("partitions", indexes))
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

// begin notes the lanes at work; false says that the service is to stop instead.
func (s *service) begin(lanes []*pipeline.Lane) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.lanes, s.serving = lanes, true
	return true
}

func (s *service) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lanes, s.serving = nil, false
}

func (s *service) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// stop drains the lanes; once they have ended, or where there are none, the group is left.
func (s *service) stop(leave context.CancelFunc) {
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

// errLostAtTheEnd is the error of a service that had caught up, but found on its way out that it no longer had.
var errLostAtTheEnd = errors.New("redis lost writes while the service ended: start it again, and it reads them again")

// awaitCaughtUp stops the service once the group has caught up and every own lane is done. The answer, nil where that did
// not come to pass, says afterwards whether it was still so when the lanes looked for the last time.
func (s *service) awaitCaughtUp(ctx context.Context, leave context.CancelFunc) (healthy func() bool) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		before := s.losses.Load()
		if !s.lanesCaughtUp() {
			continue
		}
		if done, err := s.cluster.CaughtUp(ctx); err == nil && done {
			s.log.Info("the group has caught up")
			s.stop(leave)
			return func() bool { return s.losses.Load() == before }
		}
	}
}

// lanesCaughtUp reports whether this member serves, and has nothing more to do.
func (s *service) lanesCaughtUp() bool {
	all, serving := s.progress()
	for _, p := range all {
		serving = serving && p.CaughtUp
	}
	return serving
}

// progress is that of the lanes at work, of which there may be none, and whether this member has its share.
func (s *service) progress() (all []pipeline.Progress, serving bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lane := range s.lanes {
		all = append(all, lane.Progress())
	}
	return all, s.serving
}

// errorClass names the kind of an error of either server, for a metric label: a lane does not know what its ports hide.
func errorClass(err error) string {
	if class := redis.ErrorClass(err); class != "other" {
		return class
	}
	return kafka.ErrorClass(err)
}

// report logs what a lane says.
func (s *service) report(n pipeline.Notice) {
	if n.Kind == pipeline.LostWrites {
		s.losses.Add(1)
	}
	if n.Kind == pipeline.Drift {
		s.log.Warn("the churn model no longer holds: "+n.Operation, zap.Error(n.Err))
		return
	}
	s.log.Warn(n.Kind.String(),
		zap.String("topic", string(n.Partition.Topic)), zap.Int("partition", n.Partition.Index), zap.Int("shard", n.Shard),
		zap.String("operation", n.Operation), zap.Error(n.Err))
}

// isReady says why the service is not ready; nil when it does its share.
func (s *service) isReady(ctx context.Context) error {
	if !s.ready.Load() || !s.group.Joined() {
		return errors.New("not joined")
	}
	if err := s.store.Writable(ctx); err != nil {
		return fmt.Errorf("redis does not take writes: %w", err)
	}
	return nil
}
