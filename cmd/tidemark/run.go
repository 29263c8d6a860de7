package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/service"
	"tidemark/internal/shard"
)

type runCommand struct {
	clockSettings
	ExitWhenCaughtUp bool          `help:"End once the group's committed offsets equal the end of the log on all partitions."`
	BadRecords       string        `help:"What to do when the share of bad records jumps: ${enum}. pause: wait a minute, then longer, up to 15 minutes, and probe in between. bury: go on, and send all of them to the dead letters." enum:"pause,bury" default:"pause"`
	OnDataLoss       string        `help:"What to do where the log no longer holds what was not read: ${enum}." enum:"fail,continue" default:"fail"`
	Shards           int           `help:"Virtual shards, laid out at the first start and fixed from then on; 0 is the smallest multiple of twice the partitions that is at least 64." default:"0"`
	Partitioner      string        `help:"Hash by which the producers choose a partition: ${enum}. Ask doctor." enum:"murmur2,crc32,fnv1a" default:"murmur2"`
	BatchEvents      int           `help:"Events that are applied together, at most: more is faster, fewer is sooner." default:"2000"`
	PublishScores    bool          `help:"Also publish changed scores to customer.scores.v1."`
	RollingCycle     time.Duration `help:"Time in which every customer's public score is rewritten once." default:"1h"`
	DrainWithin      time.Duration `help:"Deadline of a graceful end." default:"10s"`
	Admin            string        `help:"Listen address of /livez, /readyz and /metrics; empty for none." default:"127.0.0.1:9464"`
	Pprof            bool          `help:"Serve /debug/pprof on the admin address."`
	LogLevel         string        `help:"Least level that is logged: ${enum}." enum:"debug,info,warn,error" default:"info"`
	boundSettings
	modelSettings
	memberSettings
	kafkaSettings
	redisSettings
	registrySettings
}

// memberSettings say how this process belongs to the consumer group.
type memberSettings struct {
	groupSettings
	KafkaSessionTimeout time.Duration `group:"kafka" help:"Silence after which the group gives a member's partitions to others." default:"10s"`
}

// Validate says everything that is wrong with the flags.
func (c *runCommand) Validate() error {
	var wrong []error
	if c.Clock == "wall" && c.AsOf != 0 {
		wrong = append(wrong, errors.New("--as-of goes with --clock event"))
	}
	if c.Clock == "event" && c.AsOf == 0 {
		wrong = append(wrong, errors.New("--clock event needs --as-of, the end of the history to load"))
	}
	if c.Shards < 0 || c.BatchEvents < 1 {
		wrong = append(wrong, errors.New("--shards cannot be negative, --batch-events must be positive"))
	}
	if c.AlertMaxAge < 0 || c.RollingCycle <= 0 || c.DrainWithin <= 0 {
		wrong = append(wrong, errors.New("--alert-max-age cannot be negative, --rolling-cycle and --drain-within must be positive"))
	}
	return errors.Join(append(wrong, c.bounds().Check())...)
}

// clockSettings say how far reviews in silence may run.
type clockSettings struct {
	Clock       string        `help:"${enum}: wall scores as time passes; event loads a history up to --as-of." enum:"wall,event" default:"wall"`
	AsOf        instant       `help:"End of the event clock, a date or time; an event after it is an error." placeholder:"TIME"`
	AlertMaxAge time.Duration `help:"Transitions older than this at their commit are recorded but not published; 0 publishes all." default:"168h"`
}

func (c clockSettings) clock() pipeline.Clock {
	if c.Clock == "event" {
		return pipeline.EventClock
	}
	return pipeline.WallClock
}

// Run wires the service and runs it until it is told to stop, or has caught up.
func (c *runCommand) Run(ctx context.Context, s streams) error {
	log, err := newLog(s.err, c.LogLevel)
	if err != nil {
		return err
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	config.Group, config.SessionTimeout = c.KafkaGroup, c.KafkaSessionTimeout
	cluster, err := kafka.NewCluster(config)
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
	metrics := pipeline.NewMetrics()
	scorer := service.New(service.Config{
		Log: log, Cluster: cluster, Redis: client, Codec: codec, Prefix: c.RedisPrefix,
		Model: source, ModelGiven: c.Model != "",
		Layout:           shard.Layout{Shards: c.Shards, Partitioner: shard.Partitioner(c.Partitioner), Zone: c.Zone},
		ExitWhenCaughtUp: c.ExitWhenCaughtUp,
		Lane: pipeline.Settings{
			Clock: c.clock(), AsOf: event.Instant(c.AsOf), AlertMaxAge: c.AlertMaxAge, OnDataLoss: c.lossPolicy(),
			Breaker:     pipeline.Breaker{Bury: c.BadRecords == "bury"},
			BatchEvents: c.BatchEvents, PublishScores: c.PublishScores, RollingCycle: c.RollingCycle, DrainWithin: c.DrainWithin, Drift: c.bounds(), Metrics: metrics,
		},
	})
	admin, err := service.StartAdmin(service.AdminConfig{
		Address: c.Admin, Pprof: c.Pprof, Version: version(), Metrics: metrics, Ready: scorer.Ready, Log: log,
	})
	if err != nil {
		return fmt.Errorf("%w (choose another with --admin)", err)
	}
	defer admin.Stop()
	log.Info("tidemark starts", zap.String("version", version()), zap.Strings("brokers", c.KafkaBrokers), zap.String("admin", admin.Addr()))
	if err := scorer.Run(ctx); err != nil {
		return err
	}
	log.Info("tidemark ends")
	return nil
}

func (c *runCommand) lossPolicy() pipeline.LossPolicy {
	if c.OnDataLoss == "continue" {
		return pipeline.ContinueFromFirst
	}
	return pipeline.FailOnLoss
}

// newLog returns a logger of JSON lines, sampled so that a storm does not drown itself.
func newLog(w io.Writer, level string) (*zap.Logger, error) {
	least, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	format := zap.NewProductionEncoderConfig()
	format.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(format), zapcore.Lock(zapcore.AddSync(w)), least)
	return zap.New(zapcore.NewSamplerWithOptions(core, time.Second, 100, 100)), nil
}
