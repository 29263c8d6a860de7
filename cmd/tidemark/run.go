package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

type runCommand struct {
	kafkaSettings
	redisSettings
	registrySettings
	modelSettings
	clockSettings
	ExitWhenCaughtUp bool          `help:"End once the group's committed offsets equal the end of the log on all partitions."`
	Shards           int           `help:"Virtual shards, laid out at the first start and fixed from then on; 0 is the smallest multiple of twice the partitions that is at least 64." default:"0"`
	Partitioner      string        `help:"Hash by which the producers choose a partition: ${enum}. Ask doctor." enum:"murmur2,crc32,fnv1a" default:"murmur2"`
	OnDataLoss       string        `help:"Where the log no longer holds what was not read: ${enum}." enum:"fail,continue" default:"fail"`
	RollingCycle     time.Duration `help:"Time in which every customer's public score is rewritten once." default:"1h"`
	DrainWithin      time.Duration `help:"Deadline of a graceful end." default:"10s"`
	Admin            string        `help:"Listen address of /livez, /readyz and /metrics; empty for none." default:"127.0.0.1:9464" placeholder:"HOST:PORT"`
	Pprof            bool          `help:"Serve /debug/pprof on the admin address."`
	LogLevel         string        `help:"Least level that is logged: ${enum}." enum:"debug,info,warn,error" default:"info"`
}

// clockSettings say how far reviews in silence may run.
type clockSettings struct {
	Clock       string        `help:"${enum}: wall scores as time passes; event loads a history up to --as-of." enum:"wall,event" default:"wall"`
	AsOf        instant       `help:"End of the event clock; an event after it is an error." placeholder:"TIME"`
	AlertMaxAge time.Duration `help:"Transitions older than this at their commit are recorded but not published; 0 publishes all." default:"168h"`
}

func (c clockSettings) clock() (pipeline.Clock, error) {
	if c.Clock == "wall" {
		if c.AsOf != 0 {
			return 0, fmt.Errorf("--as-of goes with --clock event")
		}
		return pipeline.WallClock, nil
	}
	if c.AsOf == 0 {
		return 0, fmt.Errorf("--clock event needs --as-of: the end of the history to load")
	}
	return pipeline.EventClock, nil
}

// Run wires the service and runs it until it is told to stop, or has caught up.
func (c *runCommand) Run(ctx context.Context, _ streams) error {
	log, err := newLog(c.LogLevel)
	if err != nil {
		return err
	}
	defer func() { _ = log.Sync() }()
	clock, err := c.clock()
	if err != nil {
		return err
	}
	cluster, err := c.cluster()
	if err != nil {
		return err
	}
	defer cluster.Close()
	client, err := c.client()
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	codec, err := c.codec(ctx)
	if err != nil {
		return err
	}
	source, err := c.source()
	if err != nil {
		return err
	}
	policy := pipeline.FailOnLoss
	if c.OnDataLoss == "continue" {
		policy = pipeline.ContinueFromFirst
	}
	service := &service{
		log: log, cluster: cluster, client: client, codec: codec, prefix: c.RedisPrefix,
		initialModel: source, modelGiven: c.Model != "",
		layout:           shard.Layout{Shards: c.Shards, Partitioner: shard.Partitioner(c.Partitioner), Zone: c.Zone},
		exitWhenCaughtUp: c.ExitWhenCaughtUp,
		lane: pipeline.Config{
			Clock: clock, AsOf: event.Instant(c.AsOf), AlertMaxAge: c.AlertMaxAge, OnDataLoss: policy,
			RollingCycle: c.RollingCycle, DrainWithin: c.DrainWithin, Metrics: pipeline.NewMetrics(),
		},
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(service.lane.Metrics)
	admin, err := startAdmin(c.Admin, c.Pprof, registry, service, log)
	if err != nil {
		return err
	}
	defer admin.stop()
	log.Info("tidemark starts", zap.String("version", version()), zap.Strings("brokers", c.KafkaBrokers), zap.String("admin", admin.addr))
	return service.run(ctx)
}

// newLog returns a logger of JSON lines on standard error, sampled so that a storm does not drown itself.
func newLog(level string) (*zap.Logger, error) {
	config := zap.NewProductionConfig()
	parsed, err := zap.ParseAtomicLevel(level)
	if err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	config.Level = parsed
	config.DisableStacktrace = true
	config.DisableCaller = true
	return config.Build()
}
