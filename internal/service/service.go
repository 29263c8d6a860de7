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

	// lane starts as in cfg; prepare and Run complete it.
	lane pipeline.Config
	// data is where the data lies. Each generation looks anew: the topics may have grown, and a rebuild may have moved the data.
	data atomic.Pointer[data]

	group  *kafka.Group
	models *models
	ready  atomic.Bool
	losses atomic.Int64 // number of lost writes that lanes have reported

	// mu guards lanes, the lanes of the present generation; serving, whether there is a present generation; stopping; moving, whether the
	// lanes drain because a rebuild takes over; and unfit, why no lane can run now, empty if nothing hinders.
	mu       sync.Mutex
	lanes    []*pipeline.Lane
	serving  bool
	stopping bool
	moving   bool
	unfit    string
}

// New returns a service that does not run yet.
func New(c Config) *Service {
	return &Service{cfg: c, lane: pipeline.Config{Settings: c.Lane}}
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
	s.lane.Publisher, s.lane.Codec, s.lane.Engine = publisher, s.cfg.Codec, s.models.engine
	s.lane.Report, s.lane.ErrorClass = s.report, errorClass
	if s.cfg.Observe != nil {
		s.lane.Codec = observed{s.cfg.Codec, s.cfg.Observe}
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
	wait.Go(func() { s.watchRebuild(background) })
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
	initial, err := model.Parse(s.cfg.Model)
	if err != nil {
		return nil, err
	}
	// Everything that the user has given is checked before anything is written: a wrong zone in the layout would refuse the right one.
	if _, err := NewEngine(s.cfg.Model, s.cfg.Layout.Zone, nil); err != nil {
		return nil, err
	}
	d, err := s.layOut(ctx, partitions, initial.Base)
	if err != nil {
		return nil, err
	}
	for _, f := range d.store.CheckServer(ctx) {
		if !f.OK {
			return nil, fmt.Errorf("redis: %s: %s (%s)", f.Name, f.Detail, f.Remedy)
		}
	}
	if err := d.store.Open(ctx); err != nil {
		return nil, err
	}
	s.data.Store(d)
	s.models = &models{log: s.cfg.Log, data: s.data.Load}
	if err := s.models.start(ctx, s.cfg.Model, initial.Hash, s.cfg.ModelGiven); err != nil {
		return nil, err
	}
	return s.cfg.Cluster.NewPublisher(shard.Murmur2)
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
	case pipeline.LostWrites, pipeline.Damaged, pipeline.OutOfRange, pipeline.AnotherLog:
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
	d := s.data.Load()
	all := d.shards()
	counts, err := d.store.Census(ctx, all)
	for _, c := range counts {
		customers += int(c["customers"])
	}
	return customers, len(all), err
}
