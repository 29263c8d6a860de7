// Package service is the running scorer: it joins a consumer group, runs a lane for each partition index that the group gives
// it, and follows the model in force. It knows no flags and no environment.
package service

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

// Config is what a service is made of. What is not marked as optional must be set.
type Config struct {
	Log     *zap.Logger
	Cluster *kafka.Cluster
	Redis   goredis.UniversalClient
	Codec   *avro.Codec
	// Prefix begins the keys in Redis; empty is redis.DefaultPrefix.
	Prefix string
	// Model is the source of the model to put into force where none is. ModelGiven says that the user named this model: then
	// no other may be in force.
	Model      []byte
	ModelGiven bool
	// Layout is how a first start lays the data out. No shards are as many as the data has, or else the default for the
	// partitions. The currency is the model's.
	Layout shard.Layout
	// ExitWhenCaughtUp ends the service once the committed offsets of the group are the ends of the log.
	ExitWhenCaughtUp bool
	// Lane is what all lanes have in common. The service sets what connects a lane with the rest.
	Lane pipeline.Config
	// Watch, optional, sees every transition when it is encoded; a commit that is tried again shows it again.
	Watch func(score.Transition)
	// Between, optional, wraps the store that the lanes are given: a test takes away what they rely on.
	Between func(pipeline.Store) pipeline.Store
}

// Service is the running scorer.
//
//	kafka.Group ── one generation at a time ──> handle
//	                                              ├── pipeline.Lane, partition index 0 ─┐
//	                                              ├── pipeline.Lane, partition index 3 ─┼─> redis.Store, kafka.Publisher
//	                                              └── …                                 ┘        (shared)
//	models ── tm:model ──> the engine that all lanes ask for at their batch boundaries
type Service struct {
	cfg Config

	// layout and lane begin as those of cfg, and are completed by prepare.
	layout shard.Layout
	lane   pipeline.Config

	store      *redis.Store
	group      *kafka.Group
	models     *models
	partitions int
	ready      atomic.Bool
	losses     atomic.Int64 // how often lanes have found that writes were lost

	// mu guards the lanes of the present generation (serving says that there is one), and the wish to stop.
	mu       sync.Mutex
	lanes    []*pipeline.Lane
	serving  bool
	stopping bool
}

// New returns a service that is yet to run.
func New(c Config) *Service { return &Service{cfg: c, layout: c.Layout, lane: c.Lane} }

// Run serves until ctx ends, and then drains. With ExitWhenCaughtUp it also ends when the group has caught up. It may be called
// once.
func (s *Service) Run(ctx context.Context) error {
	publisher, err := s.prepare(ctx)
	if ctx.Err() != nil {
		return nil // told to stop before there was anything to drain
	}
	if err != nil {
		return err
	}
	s.lane.Store, s.lane.Publisher, s.lane.Codec, s.lane.Engine = s.store, publisher, s.cfg.Codec, s.models.engine
	s.lane.Layout, s.lane.Partitions = s.layout, s.partitions
	s.lane.Report = s.report
	if s.cfg.Watch != nil {
		s.lane.Codec = telling{s.cfg.Codec, s.cfg.Watch}
	}
	if s.cfg.Between != nil {
		s.lane.Store = s.cfg.Between(s.store)
	}

	group, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	unheard := context.AfterFunc(ctx, func() { s.stop(leave) })
	defer unheard()
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

// prepare checks the servers, lays out the data or finds its layout, and loads the model in force.
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
	s.models = &models{log: s.cfg.Log, store: s.store, zone: s.layout.Zone}
	if err := s.models.start(ctx, s.cfg.Model, initial.Hash, s.cfg.ModelGiven); err != nil {
		return nil, err
	}
	return s.cfg.Cluster.NewPublisher(shard.Murmur2)
}

// layOut makes the store, with as many shards as the data has unless the user says a number: then it must be that.
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

// handle runs the lanes of one generation, one per partition index, until it ends.
func (s *Service) handle(ctx context.Context, gen *kafka.Generation) error {
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

// begin notes the lanes at work; false says that the service is to stop instead.
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

// stop drains the lanes; once they have ended, or where there are none, the group is left.
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

// errLostAtTheEnd is the error of a service that had caught up, but found on its way out that it no longer had.
var errLostAtTheEnd = errors.New("redis lost writes while the service ended: start it again, and it reads them again")

// awaitCaughtUp stops the service once the group has caught up and every own lane is done. The answer, nil where that did
// not come to pass, says afterwards whether it was still so when the lanes looked for the last time.
func (s *Service) awaitCaughtUp(ctx context.Context, leave context.CancelFunc) (healthy func() bool) {
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
		if done, err := s.cfg.Cluster.CaughtUp(ctx); err == nil && done {
			s.cfg.Log.Info("the group has caught up")
			s.stop(leave)
			return func() bool { return s.losses.Load() == before }
		}
	}
}

// lanesCaughtUp reports whether this member serves, and has nothing more to do.
func (s *Service) lanesCaughtUp() bool {
	all, serving := s.Progress()
	for _, p := range all {
		serving = serving && p.CaughtUp
	}
	return serving
}

// Progress is that of the lanes at work, of which there may be none, and whether this member has its share.
func (s *Service) Progress() (all []pipeline.Progress, serving bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lane := range s.lanes {
		all = append(all, lane.Progress())
	}
	return all, s.serving
}

// report logs what a lane says.
func (s *Service) report(n pipeline.Notice) {
	if n.Kind == pipeline.LostWrites {
		s.losses.Add(1)
	}
	if n.Kind == pipeline.Drift {
		s.cfg.Log.Warn("the churn model no longer holds: "+n.Operation, zap.Error(n.Err))
		return
	}
	s.cfg.Log.Warn(n.Kind.String(),
		zap.String("topic", string(n.Partition.Topic)), zap.Int("partition", n.Partition.Index), zap.Int("shard", n.Shard),
		zap.String("operation", n.Operation), zap.Error(n.Err))
}

// Ready says why the service is not ready; nil when it does its share.
func (s *Service) Ready(ctx context.Context) error {
	if !s.ready.Load() || !s.group.Joined() {
		return errors.New("not joined")
	}
	if err := s.store.Writable(ctx); err != nil {
		return fmt.Errorf("redis does not take writes: %w", err)
	}
	return nil
}

// Customers counts the customers in the store, and its shards. It may be called once Progress has said that this member serves.
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
