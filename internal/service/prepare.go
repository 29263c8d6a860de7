package service

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// sampledKeys is the number of records per partition that the first start looks at, to learn the partitioner of the producers.
const sampledKeys = 200

// prepare waits for the servers and checks them, finds the layout of the data or makes a new one, and loads the model in force.
func (s *Service) prepare(ctx context.Context) (*kafka.Publisher, error) {
	d := &data{layout: s.cfg.Layout}
	initial, err := model.Parse(s.cfg.Model)
	if err != nil {
		return nil, err
	}
	// Everything that the user has given is checked before anything is waited for or written: a wrong zone in the layout would
	// refuse the right one.
	if _, err := NewEngine(s.cfg.Model, d.layout.Zone, nil); err != nil {
		return nil, err
	}
	err = s.await(ctx, "kafka", func(ctx context.Context) (err error) {
		d.partitions, err = s.cfg.Cluster.Partitions(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.nameMissingOutputs(ctx)
	if err := s.openCodec(ctx); err != nil {
		return nil, err
	}
	d.layout.Base = initial.Base
	if err := s.layOut(ctx, d); err != nil {
		return nil, err
	}
	err = s.await(ctx, "redis", func(ctx context.Context) error { return s.openStore(ctx, d, initial.Hash) })
	if err != nil {
		return nil, err
	}
	return s.cfg.Cluster.NewLanePublisher(func() shard.Partitioner { return s.data.Load().layout.Partitioner })
}

// openCodec makes the codec, unless the service has been given one.
func (s *Service) openCodec(ctx context.Context) error {
	if s.cfg.OpenCodec == nil {
		return nil
	}
	return s.await(ctx, "the schema registry", func(ctx context.Context) (err error) {
		s.cfg.Codec, err = s.cfg.OpenCodec(ctx)
		return err
	})
}

// layOut completes the layout and makes the store. What the user leaves open is that of the data. At the first start, the number of shards
// follows from the partitions, and the partitioner from the records in the topics. Open later returns an error if what the user has given
// differs from the data.
func (s *Service) layOut(ctx context.Context, d *data) error {
	there, laidOut, err := s.layoutThere(ctx)
	if err != nil {
		return err
	}
	if laidOut {
		s.adopt(d, there)
	}
	if d.layout.Shards == 0 {
		d.layout.Shards = shard.DefaultShards(d.partitions)
	}
	if d.layout.Partitioner == "" {
		if d.layout.Partitioner, err = s.learnPartitioner(ctx); err != nil {
			return err
		}
	}
	if err := d.layout.Check(d.partitions); err != nil {
		return err
	}
	d.store, err = redis.New(s.cfg.Redis, s.cfg.Prefix, d.layout)
	return err
}

// layoutThere waits for Redis, and reads the layout of the data.
func (s *Service) layoutThere(ctx context.Context) (there redis.Rebuild, ok bool, err error) {
	store, err := redis.New(s.cfg.Redis, s.cfg.Prefix, shard.Layout{})
	if err != nil {
		return there, false, err
	}
	err = s.await(ctx, "redis", func(ctx context.Context) (err error) {
		there, ok, err = store.Rebuild(ctx)
		return err
	})
	return there, ok, err
}

// adopt takes from the layout of the data what no user chooses, and what the user leaves open.
func (s *Service) adopt(d *data, there redis.Rebuild) {
	d.layout.Edition, d.givenUp = there.Layout.Edition, there.GivenUp
	if s.cfg.Layout.Shards == 0 {
		d.layout.Shards = there.Layout.Shards
	}
	if s.cfg.Layout.Partitioner == "" {
		d.layout.Partitioner = there.Layout.Partitioner
	}
}

// learnPartitioner takes the partitioner that explains where the records in the topics lie.
func (s *Service) learnPartitioner(ctx context.Context) (shard.Partitioner, error) {
	var sample kafka.Sample
	err := s.await(ctx, "kafka", func(ctx context.Context) (err error) {
		sample, err = s.cfg.Cluster.SamplePartitioner(ctx, sampledKeys)
		return err
	})
	if err != nil {
		return "", err
	}
	choice := sample.Choose()
	tell := s.cfg.Log.Info
	if choice.Mixed {
		tell = s.cfg.Log.Warn
	}
	tell("first start: the customers are laid out by "+string(choice.Partitioner), zap.String("because", choice.Why))
	return choice.Partitioner, nil
}

// openStore checks Redis, writes the layout at the first start, and loads the model in force. A try that fails half-way may be repeated.
func (s *Service) openStore(ctx context.Context, d *data, model string) error {
	if err := d.store.Ping(ctx); err != nil { // as it is, for the findings below are only text
		return err
	}
	if err := d.store.Writable(ctx); timeMends(err) {
		return err
	}
	for _, f := range d.store.CheckServer(ctx) {
		if !f.OK {
			return fmt.Errorf("redis: %s: %s (%s)", f.Name, f.Detail, f.Remedy)
		}
	}
	if err := s.openLayout(ctx, d); err != nil {
		return err
	}
	s.data.Store(d)
	s.models = &models{log: s.cfg.Log, data: s.data.Load, incidents: s.incidents, forget: s.cfg.ForgetProspects}
	return s.models.start(ctx, s.cfg.Model, model, s.cfg.ModelGiven)
}

// openLayout writes the layout at the first start. Of two members that start first at once, one writes; the other takes over what it has
// left open itself, because records may have arrived between the looks of the two.
func (s *Service) openLayout(ctx context.Context, d *data) error {
	err := d.store.Open(ctx)
	if !errors.Is(err, redis.ErrLayout) {
		return err
	}
	there, ok, failed := d.store.Rebuild(ctx)
	if failed != nil || !ok {
		return errors.Join(err, failed)
	}
	s.adopt(d, there)
	if err := d.layout.Check(d.partitions); err != nil {
		return err
	}
	if d.store, failed = redis.New(s.cfg.Redis, s.cfg.Prefix, d.layout); failed != nil {
		return failed
	}
	return d.store.Open(ctx)
}
