package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
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

type benchCommand struct {
	Events     int           `help:"Events to load into the topics beforehand." default:"1000000"`
	Customers  int           `help:"Customers; every one is as likely as any other at every event." default:"200000"`
	Mix        mix           `help:"Shares of interactions, purchases and feedback." default:"60,30,10"`
	Span       time.Duration `help:"Time over which those events are spread, ending now." default:"720h"`
	Seed       uint64        `help:"Seed of the events: the same seed makes the same events." default:"1"`
	Partitions int           `help:"Partitions of every topic." default:"4"`
	Batch      int           `name:"batch-events" help:"Events that are applied together, at most." default:"2000"`
	LatencyFor time.Duration `help:"How long to measure latency; 0 leaves it out." default:"15s"`
	Rate       float64       `help:"Events a second at which to measure latency; half of what was reached if not given." placeholder:"N"`
	JSON       bool          `name:"json" help:"Print JSON instead of a table."`
	Embedded   bool          `xor:"servers" help:"Use the embedded servers instead of starting real ones."`
	Given      bool          `xor:"servers" help:"Use the servers that the flags of Kafka and Redis name. They must hold nothing of Tidemark's; what the run leaves there is yours to delete."`
	Profile    string        `help:"Write a CPU profile of the backlog's scoring to this file, for go tool pprof." placeholder:"FILE"`
	kafkaSettings
	redisSettings
}

// bench measures the service, on preloaded topics and then under an open loop.
//
//	traffic ──> Kafka ──> floors: fetch, fetch + decode                  benchfloors.go
//	              │
//	              └─────> service ──> Redis, output topics               the backlog, as fast as it goes
//	traffic ──> Kafka ──> service ──> output topics ──> the stopwatch    benchlatency.go, at half that rate, or --rate
//	              SET of as many bytes ──> Redis                           benchfloors.go
type bench struct {
	*benchCommand
	servers   *benchServers
	cluster   *kafka.Cluster
	client    goredis.UniversalClient
	codec     *avro.Codec
	publisher *kafka.Publisher
	service   *service.Service
	traffic   traffic.Config
	watch     stopwatch
	shown     streams
	result    benchResult
}

// Validate says everything that is wrong with the flags.
func (c *benchCommand) Validate() error {
	wrong := []error{c.load(0).Check()}
	if c.Partitions < 1 || c.Batch < 1 || c.Span <= 0 || c.LatencyFor < 0 || !(c.Rate >= 0) {
		wrong = append(wrong, errors.New("--partitions, --batch-events and --span must be positive, --latency-for and --rate not negative"))
	}
	return errors.Join(wrong...)
}

// load is the traffic of the topics that ends at an instant.
func (c *benchCommand) load(to event.Instant) traffic.Config {
	return traffic.Config{Events: c.Events, Customers: c.Customers, Mix: traffic.Mix(c.Mix), From: to.Add(-c.Span), To: to, Seed: c.Seed}
}

// Run measures, and prints what came of it.
func (c *benchCommand) Run(ctx context.Context, s streams) (err error) {
	b := &bench{benchCommand: c, shown: s, traffic: c.load(event.InstantOf(time.Now()))}
	if err := b.open(ctx); err != nil {
		return errors.Join(err, b.close())
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.measure(ctx); err != nil {
		return err
	}
	if c.JSON {
		to := json.NewEncoder(s.out)
		to.SetIndent("", "  ")
		return to.Encode(b.result)
	}
	return b.result.print(s.out)
}

// benchPrefix keeps the keys of a bench apart.
const benchPrefix = "tmbench"

// open starts or reaches the servers and makes ready what works on them.
func (b *bench) open(ctx context.Context) (err error) {
	b.say("starting the servers")
	if b.servers, err = b.startServers(ctx); err != nil {
		return err
	}
	config, err := b.config()
	if err != nil {
		return err
	}
	config.Group = "tidemark-bench"
	if b.cluster, err = kafka.NewCluster(config); err != nil {
		return err
	}
	if b.client, err = b.redisSettings.client(); err != nil {
		return err
	}
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
		Log: zap.NewNop(), Cluster: b.cluster, Redis: b.client, Codec: b.codec, Prefix: benchPrefix, Model: model.Default(),
		Layout: shard.Layout{Partitioner: shard.Murmur2, Zone: "UTC"},
		Lane:   pipeline.Config{BatchEvents: b.Batch, Metrics: pipeline.NewMetrics()},
		Watch:  b.watch.told,
	})
	b.result = benchResult{
		Events: b.Events, Customers: b.Customers, Mix: [3]float64{b.Mix.Interactions, b.Mix.Purchases, b.Mix.Feedback},
		Partitions: b.Partitions, CPUs: runtime.GOMAXPROCS(0), Servers: b.servers.name,
	}
	return nil
}

// refuseOccupied keeps the events of a bench out of topics and keys that others use.
func (b *bench) refuseOccupied(ctx context.Context) error {
	if !b.Given {
		return nil
	}
	if _, err := b.cluster.Partitions(ctx); !errors.Is(err, kafka.ErrTopicMissing) {
		if err != nil {
			return err
		}
		return errors.New("the topics exist already: bench fills topics of its own, so it wants a Kafka without them")
	}
	n, err := b.client.Exists(ctx, benchPrefix+":meta").Result()
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("redis holds %s:meta, of an earlier bench: delete the keys %s:* first", benchPrefix, benchPrefix)
	}
	return nil
}

func (b *bench) close() error {
	var errs []error
	if b.publisher != nil {
		errs = append(errs, b.publisher.Close())
	}
	if b.client != nil {
		errs = append(errs, b.client.Close())
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
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.shown.err, format+"\n", args...) }

// preload fills the topics, in order of time.
func (b *bench) preload(ctx context.Context) error {
	shown := terminal.NewProgress(b.shown.err, "loading")
	defer shown.End()
	if !shown.Drawn() {
		b.say("loading %s events", terminal.Grouped(int64(b.Events)))
	}
	batch := make([]shard.Output, 0, loadBatch)
	done := 0
	flush := func() error {
		if err := b.publisher.Publish(ctx, batch); err != nil {
			return err
		}
		done += len(batch)
		shown.Show(int64(done), int64(b.Events), "events")
		batch = batch[:0]
		return nil
	}
	for x := range b.traffic.All() {
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
	b.result.Scoring = rateOf(b.Events, took, after.less(before))
	written := float64(after.redisIn-before.redisIn) / float64(b.Events)
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

// mix is a flag's shares of interactions, purchases and feedback.
type mix traffic.Mix

// UnmarshalText reads three numbers, separated by commas.
func (m *mix) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), ",")
	if len(parts) != 3 {
		return fmt.Errorf("%q is not three numbers, such as 60,30,10", text)
	}
	for i, to := range []*float64{&m.Interactions, &m.Purchases, &m.Feedback} {
		x, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", parts[i])
		}
		*to = x
	}
	return nil
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
