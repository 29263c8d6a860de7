// Package bench measures the service: its throughput on preloaded topics, and the latency of its outputs in an open loop. Beside them
// stand floors: the cost that every consumer of the same topics has.
package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/service"
	"tidemark/internal/shard"
)

// bench measures the service, on preloaded topics and then under an open loop.
//
//	traffic ──> Kafka ──> floors: fetch, fetch + decode                  floors.go
//	              │
//	              └─────> service ──> Redis, output topics               the backlog, as fast as it goes
//	traffic ──> Kafka ──> service ──> output topics ──> the stopwatch    latency.go, at half that rate, or at Config.Rate
//	              SET of as many bytes ──> Redis                           floors.go
type bench struct {
	Config
	servers   *hosts
	cluster   *kafka.Cluster
	client    goredis.UniversalClient
	codec     *avro.Codec
	publisher *kafka.Publisher
	service   *service.Service
	stopwatch stopwatch
	result    Result
}

// Run starts the servers or connects to the given servers, measures, and stops the servers that it has started.
func Run(ctx context.Context, c Config) (r Result, err error) {
	b := &bench{Config: c}
	if err := b.open(ctx); err != nil {
		return r, errors.Join(err, b.close())
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.measure(ctx); err != nil {
		return r, err
	}
	return b.result, nil
}

// prefix begins the names of the keys of a bench.
const prefix = "tmbench"

// open starts the servers or connects to the given servers, creates the topics, and makes the clients and the service.
func (b *bench) open(ctx context.Context) (err error) {
	b.say("starting the servers")
	if b.servers, err = b.startServers(ctx); err != nil {
		return err
	}
	config := b.servers.kafka
	config.Group = "tidemark-bench"
	if b.cluster, err = kafka.NewCluster(config); err != nil {
		return err
	}
	b.client = b.servers.redis
	if err := b.refuseOccupied(ctx); err != nil {
		return err
	}
	if err := b.cluster.CreateTopics(ctx, b.Partitions, 1); err != nil {
		return err
	}
	if b.codec, err = avro.New(avro.Options{Source: "tidemark-bench"}); err != nil {
		return err
	}
	if b.publisher, err = b.cluster.NewPublisher(shard.Murmur2); err != nil {
		return err
	}
	b.service = service.New(service.Config{
		Log: zap.NewNop(), Cluster: b.cluster, Redis: b.client, Codec: b.codec, Prefix: prefix, Model: model.Default(),
		Layout:  shard.Layout{Partitioner: shard.Murmur2, Zone: "UTC"},
		Lane:    pipeline.Settings{BatchEvents: b.BatchEvents, Metrics: pipeline.NewMetrics(), Cache: pipeline.NewCache(b.CacheBytes)},
		Observe: b.stopwatch.note,
	})
	b.result = Result{
		Events: b.Traffic.Events, Customers: b.Traffic.Customers,
		Mix:        [3]float64{b.Traffic.Mix.Interactions, b.Traffic.Mix.Purchases, b.Traffic.Mix.Feedback},
		Partitions: b.Partitions, CPUs: runtime.GOMAXPROCS(0), Servers: b.servers.name,
	}
	return nil
}

// refuseOccupied returns an error if given servers already hold topics of Tidemark or keys of a bench.
func (b *bench) refuseOccupied(ctx context.Context) error {
	if b.Given == nil {
		return nil
	}
	if _, err := b.cluster.Partitions(ctx); !errors.Is(err, kafka.ErrTopicMissing) {
		if err != nil {
			return err
		}
		return errors.New("the topics exist already: bench fills topics of its own, so it wants a Kafka without them")
	}
	n, err := b.client.Exists(ctx, prefix+":meta").Result()
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("redis holds %s:meta, of an earlier bench: delete the keys %s:* first", prefix, prefix)
	}
	return nil
}

func (b *bench) close() error {
	var errs []error
	if b.publisher != nil {
		errs = append(errs, b.publisher.Close())
	}
	if b.cluster != nil {
		b.cluster.Close()
	}
	return errors.Join(append(errs, b.servers.close())...)
}

// measure runs the phases, one after another.
func (b *bench) measure(ctx context.Context) error {
	if err := b.preload(ctx); err != nil {
		return err
	}
	if err := b.readFloors(ctx); err != nil {
		return err
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- b.service.Run(life) }()
	err := b.backlog(ctx, ended)
	if err == nil && b.LatencyFor > 0 {
		err = b.latency(ctx, ended)
	}
	end()
	if err = errors.Join(err, <-ended); err != nil {
		return err
	}
	return b.setFloor(ctx)
}

// say writes a line of progress to Log.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.Log, format+"\n", args...) }
