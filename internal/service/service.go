// Package service is the running scorer: it joins a consumer group, runs a lane for each partition index that the group gives
// it, and follows the model in force. It knows no flags and no environment.
package service

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"

	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// Service is the running scorer.
//
//	kafka.Group ── one generation at a time ──> handle
//	                                              ├── pipeline.Lane, partition index 0 ─┐
//	                                              ├── pipeline.Lane, partition index 3 ─┼─> redis.Store, kafka.Publisher
//	                                              └── …                                 ┘        (shared)
//	models ── tm:model ──> the engine that all lanes ask for at their batch boundaries
type Service struct {
	cfg Config

	// layout and lane start as in cfg; prepare and Run complete them.
	layout shard.Layout
	lane   pipeline.Config

	store      *redis.Store
	group      *kafka.Group
	models     *models
	partitions int
	ready      atomic.Bool
	losses     atomic.Int64 // number of lost writes that lanes have reported

	// mu guards lanes, the lanes of the present generation; serving, whether there is a present generation; and stopping.
	mu       sync.Mutex
	lanes    []*pipeline.Lane
	serving  bool
	stopping bool
}

// New returns a service that does not run yet.
func New(c Config) *Service {
	return &Service{cfg: c, layout: c.Layout, lane: pipeline.Config{Settings: c.Lane}}
}

// Run serves until ctx ends, then drains. With ExitWhenCaughtUp it also ends when the group has caught up. Call Run only once.
func (s *Service) Run(ctx context.Context) error {
	publisher, err := s.prepare(ctx)
	if ctx.Err() != nil {
		return nil // ctx ended before there was anything to drain
	}
	if err != nil {
		return err
	}
	s.lane.Store, s.lane.Publisher, s.lane.Codec, s.lane.Engine = s.store, publisher, s.cfg.Codec, s.models.engine
	s.lane.Layout, s.lane.Partitions = s.layout, s.partitions
	s.lane.Report, s.lane.ErrorClass = s.report, errorClass
	if s.cfg.Observe != nil {
		s.lane.Codec = observed{s.cfg.Codec, s.cfg.Observe}
	}
	if s.cfg.Between != nil {
		s.lane.Store = s.cfg.Between(s.store)
	}

	group, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	unregister := context.AfterFunc(ctx, func() { s.stop(leave) })
	defer unregister()
	s.group = s.cfg.Cluster.NewGroup(func(err error) { s.cfg.Log.Warn("kafka: trying again", zap.Error(err)) })
	s.ready.Store(true)

	background, done := context.WithCancel(group)
	var wait sync.WaitGroup
	wait.Go(func() { s.models.follow(background) })
	var healthy func() bool
	if s.cfg.ExitWhenCaughtUp {
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

// prepare checks the servers, finds the layout of the data or makes a new one, and loads the model in force.
func (s *Service) prepare(ctx context.Context) (*kafka.Publisher, error) {
	partitions, err := s.cfg.Cluster.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	s.partitions = partitions
	initial, err := model.Parse(s.cfg.Model)
	if err != nil {
		return nil, err
	}
	// Everything that the user has given is checked before anything is written: a wrong zone in the layout would refuse the right one.
	if _, err := NewEngine(s.cfg.Model, s.layout.Zone, nil); err != nil {
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
	s.models = &models{log: s.cfg.Log, store: s.store, zone: s.layout.Zone, forget: s.cfg.ForgetProspects}
	if err := s.models.start(ctx, s.cfg.Model, initial.Hash, s.cfg.ModelGiven); err != nil {
		return nil, err
	}
	return s.cfg.Cluster.NewPublisher(shard.Murmur2)
}

// layOut makes the store. Without a number of shards from the user, it takes the number of the data. Open later returns an error if the
// user's number differs from the number of the data.
func (s *Service) layOut(ctx context.Context) (err error) {
	if s.store, err = redis.New(s.cfg.Redis, s.cfg.Prefix, shard.Layout{}); err != nil {
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
	s.store, err = redis.New(s.cfg.Redis, s.cfg.Prefix, s.layout)
	return err
}

// errorClass returns the class of an error of Redis or Kafka, for a metric label. Lanes get it as a function, because they know neither
// server.
// Kafka comes first: its errors are net.Errors as well, and package redis would call each of them "network".
func errorClass(err error) string {
	if class := kafka.ErrorClass(err); class != "other" {
		return class
	}
	return redis.ErrorClass(err)
}

// report logs a notice of a lane.
func (s *Service) report(n pipeline.Notice) {
	switch n.Kind { //nolint:exhaustive // the others do not take a lane back
	case pipeline.LostWrites, pipeline.Damaged, pipeline.OutOfRange:
		s.losses.Add(1)
	}
	if n.Kind == pipeline.Paused {
		n.Operation = "to go on without pauses: tidemark run --bad-records bury"
	}
	if n.Kind == pipeline.Drift {
		s.cfg.Log.Warn("the churn model no longer holds: "+n.Operation, zap.Error(n.Err))
		return
	}
	s.cfg.Log.Warn(n.Kind.String(),
		zap.String("topic", string(n.Partition.Topic)), zap.Int("partition", n.Partition.Index), zap.Int("shard", n.Shard),
		zap.String("operation", n.Operation), zap.Error(n.Err))
}

// Customers counts the customers and the shards of the store. Call it only after Progress has returned that this member serves.
func (s *Service) Customers(ctx context.Context) (customers, shards int, err error) {
	all := make([]int, s.layout.Shards)
	for i := range all {
		all[i] = i
	}
	counts, err := s.store.Census(ctx, all)
	for _, c := range counts {
		customers += int(c["customers"])
	}
	return customers, len(all), err
}
