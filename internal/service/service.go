// Package service is the running scorer: it joins a consumer group, runs a lane for each partition index that the group gives
// it, and follows the model in force. It knows no flags and no environment.
package service

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
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

	group     *kafka.Group
	models    *models
	ready     atomic.Bool
	losses    atomic.Int64 // number of lost writes that lanes have reported
	incidents *incidents
	// waiting says for which server the start waits, and why; nil while it does not.
	waiting atomic.Pointer[string]
	// refused is the last error of joining the group; nil in a generation.
	refused atomic.Pointer[string]

	// mu guards lanes, the lanes of the present generation; serving, whether there is a present generation; begun, the number of generations
	// that have begun; stopping; finishing, whether the lanes drain because the group has caught up; moving, whether the lanes drain because
	// a rebuild takes over; and unfit, what a generation waits for before it starts its lanes, empty if for nothing.
	mu        sync.Mutex
	lanes     []*pipeline.Lane
	serving   bool
	begun     int
	stopping  bool
	finishing bool
	moving    bool
	unfit     string
}

// New returns a service that does not run yet.
func New(c Config) *Service {
	if c.Lane.Metrics == nil {
		c.Lane.Metrics = pipeline.NewMetrics()
	}
	return &Service{cfg: c, lane: pipeline.Config{Settings: c.Lane}, incidents: newIncidents(c.Log, c.Remedy)}
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
	s.group = s.cfg.Cluster.NewGroup(s.trouble)
	s.ready.Store(true)

	background, done := context.WithCancel(group)
	var wait sync.WaitGroup
	wait.Go(func() { s.models.follow(background) })
	wait.Go(func() { s.watchRebuild(background) })
	wait.Go(func() { s.watchKeys(background) })
	minutes := time.NewTicker(summaryEvery)
	defer minutes.Stop()
	summary := &summaries{log: s.cfg.Log, metrics: s.cfg.Lane.Metrics, began: time.Now(), before: s.cfg.Lane.Metrics.Totals()}
	wait.Go(func() { summary.run(background, minutes.C) })
	var healthy func() bool
	if s.cfg.ExitWhenCaughtUp {
		wait.Go(func() { healthy = s.awaitCaughtUp(background, leave, s.cfg.Cluster.CaughtUp) })
	}
	err = s.group.Run(group, s.handle)
	done()
	wait.Wait()
	summary.write("the last minute, up to the end")
	if err == nil && healthy != nil && !healthy() {
		err = errLostAtTheEnd
	}
	return errors.Join(err, publisher.Close())
}

// trouble notes and logs an error after which the group is joined again.
func (s *Service) trouble(err error) {
	why := err.Error()
	s.refused.Store(&why)
	s.incidents.lonely("kafka: trying again", joinGroup, err)
}

// report logs a notice of a lane.
func (s *Service) report(n pipeline.Notice) {
	switch n.Kind { //nolint:exhaustive // the others do not take a lane back
	case pipeline.LostWrites, pipeline.Damaged, pipeline.OutOfRange, pipeline.AnotherLog:
		s.losses.Add(1)
	}
	switch n.Kind { //nolint:exhaustive // the others are lines of their own
	case pipeline.Trouble, pipeline.Recovered, pipeline.GivenUp:
		s.incidents.report(n)
		return
	}
	if n.Kind == pipeline.Paused {
		n.Operation = "to go on without pauses: tidemark run --bad-records bury"
	}
	if n.Kind == pipeline.Shortened {
		n.Operation = "the input topic still holds the record; --max-record and --max-batch bound what is accepted"
	}
	if n.Kind == pipeline.ReadOnly {
		n.Operation += ": the server is a replica: end the failover, or give --redis-url the address of the master"
	}
	if n.Kind == pipeline.Refused {
		n.Operation = "from now on with smaller commits; raise proto-max-bulk-len of Redis, or the limit of the proxy before it"
	}
	if n.Kind == pipeline.OpenTransaction {
		n.Operation = "the producer, or a broker after transaction.timeout.ms, ends it; else: " +
			s.cfg.Cluster.AbortCommand(n.Partition, n.Offset)
	}
	if n.Kind == pipeline.QuietOver || n.Kind == pipeline.StrangersRead {
		s.cfg.Log.Info(n.Kind.String(), zap.String("topic", string(n.Partition.Topic)), zap.Int("partition", n.Partition.Index), zap.Duration("took", n.Took))
		return
	}
	if n.Kind == pipeline.Drift {
		s.cfg.Log.Warn("the churn model no longer holds: "+n.Operation, zap.Error(n.Err))
		return
	}
	s.cfg.Log.Warn(n.Kind.String(),
		zap.String("topic", string(n.Partition.Topic)), zap.Int("partition", n.Partition.Index), zap.Int64("offset", n.Offset), zap.Int("shard", n.Shard),
		zap.String("operation", n.Operation), zap.Error(n.Err))
}

// Customers counts the customers and the shards of the store. Call it only after Progress has returned that this member serves.
func (s *Service) Customers(ctx context.Context) (customers, shards int, err error) {
	d := s.data.Load()
	all := d.layout.Numbers()
	counts, err := d.store.Census(ctx, all)
	for _, c := range counts {
		customers += int(c["customers"])
	}
	return customers, len(all), err
}
