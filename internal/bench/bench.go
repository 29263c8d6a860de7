// Package bench measures the service: what it reaches on preloaded topics, how late its outputs are in an open loop, and the floors
// below which no consumer of the same topics could go.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/service"
	"tidemark/internal/shard"
	"tidemark/internal/terminal"
	"tidemark/internal/traffic"
)

// Config is what is measured, and on which servers.
type Config struct {
	// Traffic is what is loaded into the topics beforehand. Latency is measured with more of the same, of the next seed.
	Traffic traffic.Config
	// Partitions of every topic; BatchEvents are applied together, at most.
	Partitions, BatchEvents int
	// LatencyFor is how long to measure latency; 0 leaves it out. Rate is the events a second of that; 0 is half of what was
	// reached.
	LatencyFor time.Duration
	Rate       float64
	// Embedded measures on embedded servers, Given on these. With neither, the bench starts real servers of its own.
	Embedded bool
	Given    *Given
	// Profile is the name of a file for a CPU profile of the backlog's scoring; empty is none.
	Profile string
	// Log is told what is being done.
	Log io.Writer
}

// Given are servers of the caller. They must hold nothing of Tidemark's. What a bench leaves there is the caller's to delete.
type Given struct {
	Kafka kafka.Config
	Redis goredis.UniversalClient
}

// Check says everything that is wrong with c, nil when nothing is.
func (c Config) Check() error {
	wrong := []error{c.Traffic.Check()}
	if c.Partitions < 1 || c.BatchEvents < 1 || c.Traffic.From >= c.Traffic.To || c.LatencyFor < 0 || !(c.Rate >= 0) {
		wrong = append(wrong, errors.New("--partitions, --batch-events and --span must be positive, --latency-for and --rate not negative"))
	}
	return errors.Join(wrong...)
}

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
	watch     stopwatch
	result    Result
}

// Run starts or reaches the servers, measures, and stops what it has started.
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

// prefix keeps the keys of a bench apart.
const prefix = "tmbench"

// open starts or reaches the servers and makes ready what works on them.
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
		Layout: shard.Layout{Partitioner: shard.Murmur2, Zone: "UTC"},
		Lane:   pipeline.Config{BatchEvents: b.BatchEvents, Metrics: pipeline.NewMetrics()},
		Watch:  b.watch.told,
	})
	b.result = Result{
		Events: b.Traffic.Events, Customers: b.Traffic.Customers,
		Mix:        [3]float64{b.Traffic.Mix.Interactions, b.Traffic.Mix.Purchases, b.Traffic.Mix.Feedback},
		Partitions: b.Partitions, CPUs: runtime.GOMAXPROCS(0), Servers: b.servers.name,
	}
	return nil
}

// refuseOccupied keeps the events of a bench out of topics and keys that others use.
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

// say shows what is being done.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.Log, format+"\n", args...) }

// preload fills the topics, in order of time.
func (b *bench) preload(ctx context.Context) error {
	shown := terminal.NewProgress(b.Log, "loading")
	defer shown.End()
	if !shown.Drawn() {
		b.say("loading %s events", terminal.Grouped(int64(b.Traffic.Events)))
	}
	batch := make([]shard.Output, 0, loadBatch)
	done := 0
	flush := func() error {
		if err := b.publisher.Publish(ctx, batch); err != nil {
			return err
		}
		done += len(batch)
		shown.Show(int64(done), int64(b.Traffic.Events), "events")
		batch = batch[:0]
		return nil
	}
	for x := range b.Traffic.All() {
		out, err := b.codec.EncodeEvent(x)
		if err != nil {
			return err
		}
		if batch = append(batch, out); len(batch) == loadBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// loadBatch is how many events are published at a time.
const loadBatch = 20_000

// backlog lets the service work off what the topics hold.
func (b *bench) backlog(ctx context.Context, ended <-chan error) error {
	b.say("scoring the backlog")
	before, err := b.servers.usage(ctx, b.client)
	if err != nil {
		return err
	}
	unprofiled, err := profiled(b.Profile)
	if err != nil {
		return err
	}
	took, err := b.await(ctx, ended, all(worked))
	if err != nil {
		return err
	}
	if _, err := b.await(ctx, ended, all(projected)); err != nil {
		return err
	}
	if err := unprofiled(); err != nil {
		return err
	}
	after, err := b.servers.usage(ctx, b.client)
	if err != nil {
		return err
	}
	b.result.Scoring = rateOf(b.Traffic.Events, took, after.less(before))
	written := float64(after.redisIn-before.redisIn) / float64(b.Traffic.Events)
	b.result.RedisBytesPerEvent = int(written)
	if b.result.Outputs, err = b.outputs(ctx); err != nil {
		return err
	}
	b.result.Scored, b.result.Shards, err = b.service.Customers(ctx)
	if b.result.Scored > 0 {
		b.result.RedisBytesPerCustomer = int((after.redisMemory - before.redisMemory) / int64(b.result.Scored))
	}
	return err
}

// all is what every lane must have come to.
func all(so func(pipeline.Progress) bool) func([]pipeline.Progress) bool {
	return func(lanes []pipeline.Progress) bool {
		return !slices.ContainsFunc(lanes, func(p pipeline.Progress) bool { return !so(p) })
	}
}

// await waits until the lanes are as far as asked, and returns the time since they were first at work.
func (b *bench) await(ctx context.Context, ended <-chan error, so func([]pipeline.Progress) bool) (time.Duration, error) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	var began time.Time
	for {
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case err := <-ended:
			return 0, errors.Join(errors.New("the service has ended"), err)
		case <-tick.C:
		}
		lanes, serving := b.service.Progress()
		if !serving {
			continue
		}
		if began.IsZero() {
			began = time.Now()
		}
		if so(lanes) {
			return time.Since(began), nil
		}
	}
}

// outputs counts what the output topics hold.
func (b *bench) outputs(ctx context.Context) (int, error) {
	log := b.cluster.NewLog()
	defer log.Close()
	total := 0
	for _, p := range b.outputPartitions() {
		first, end, err := log.Bounds(ctx, p)
		if err != nil {
			return 0, err
		}
		total += int(end - first)
	}
	return total, nil
}

func (b *bench) outputPartitions() []shard.Partition {
	var all []shard.Partition
	for _, topic := range kafka.TransitionTopics() {
		for i := range b.Partitions {
			all = append(all, shard.Partition{Topic: event.Topic(topic), Index: i})
		}
	}
	return all
}

// worked reports whether a lane has committed and published all that it can see.
func worked(p pipeline.Progress) bool {
	for partition, end := range p.End {
		if p.Applied[partition] < end {
			return false
		}
	}
	return len(p.End) == len(event.Topics())
}

// projected reports whether the dashboards see all of it too.
func projected(p pipeline.Progress) bool { return p.CaughtUp }

// profiled begins a CPU profile in a file of a name, and returns what ends it; nothing where there is no name.
func profiled(name string) (end func() error, err error) {
	if name == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
