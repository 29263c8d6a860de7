package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/service"
	"tidemark/internal/shard"
)

type runCommand struct {
	clockSettings
	ExitWhenCaughtUp bool          `help:"Stop when the group has committed the end offset of every input partition."`
	BadRecords       string        `help:"What to do when the share of bad records jumps: ${enum}. pause waits a minute, then longer, up to 15 minutes, and tries again in between. bury goes on, and sends all bad records to the dead letters." enum:"pause,bury" default:"pause"`
	OnDataLoss       string        `help:"What to do if Kafka has deleted records that are not read yet, or a topic was deleted and created again: ${enum}. continue goes on at the first record left." enum:"fail,continue" default:"fail"`
	Shards           int           `help:"Number of shards, fixed at the first start; tidemark rebuild changes it. 0 takes the number of the data; at the first start it takes the smallest multiple of 12 and of twice the partitions that is at least 64." default:"0"`
	Partitioner      string        `help:"Hash by which the producers choose a partition: ${enum}. auto takes that of the data; at the first start the one that explains where the records in the topics lie, and murmur2 if none does." enum:"auto,murmur2,crc32,fnv1a" default:"auto"`
	BatchEvents      int           `help:"Most events in one batch. A larger batch gives more throughput, a smaller one less latency." default:"2000"`
	PublishScores    bool          `help:"Also publish each changed score to customer.scores.v1."`
	Detail           string        `help:"What tm:detail holds: ${enum}. brief keeps Redis small, all is every entry of tidemark indicators." enum:"brief,all" default:"brief"`
	RollingCycle     time.Duration `help:"Period in which the public score of every customer is written again once." default:"1h"`
	DrainWithin      time.Duration `help:"Longest time that a graceful end may take." default:"10s"`
	Admin            string        `help:"Listen address, host:port, of /livez, /readyz and /metrics. Empty opens no listener." default:"127.0.0.1:9464"`
	Pprof            bool          `help:"Serve /debug/pprof on the admin address."`
	LogLevel         string        `help:"Lowest level that is logged: ${enum}." enum:"debug,info,warn,error" default:"info"`
	startSettings
	cacheSettings
	forgetSettings
	quietSettings
	boundSettings
	limitSettings
	modelSettings
	memberSettings
	kafkaSettings
	redisSettings
	registrySettings
}

// memberSettings say how this process joins the consumer group.
type memberSettings struct {
	groupSettings
	KafkaSessionTimeout time.Duration `group:"kafka" help:"Time without a heartbeat after which the group gives the partitions of a member to other members." default:"10s"`
}

// Validate returns all mistakes in the flags.
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
	if c.StartWithin < 0 {
		wrong = append(wrong, errors.New("--start-within cannot be negative"))
	}
	if c.AlertMaxAge < 0 || c.RollingCycle <= 0 || c.DrainWithin <= 0 {
		wrong = append(wrong, errors.New("--alert-max-age cannot be negative, --rolling-cycle and --drain-within must be positive"))
	}
	return errors.Join(append(wrong, c.bounds().Check(), c.limitSettings.check(), c.cacheSettings.check(), c.quietSettings.check())...)
}

// clockSettings choose the clock of the reviews in silence, and its end.
type clockSettings struct {
	Clock       string        `help:"Clock of the reviews in silence: ${enum}. wall is the time of day. event follows the events and ends at --as-of: it loads a history." enum:"wall,event" default:"wall"`
	AsOf        instant       `help:"End of the event clock, a date or an RFC 3339 time. An event after it is an error." placeholder:"TIME"`
	AlertMaxAge time.Duration `help:"A transition that is older than this at its commit is recorded but not published; 0 publishes all." default:"168h"`
}

func (c clockSettings) clock() pipeline.Clock {
	if c.Clock == "event" {
		return pipeline.EventClock
	}
	return pipeline.WallClock
}

// Help is printed by run --help.
func (*runCommand) Help() string {
	return `Start more processes to share the work. Metrics, /livez and /readyz are on the --admin address. Without --model the service uses the model in force; the first start puts the model that comes with Tidemark into force.

To load a history in event time and then stop:

    tidemark run --clock event --as-of 1998-06-30 --alert-max-age 0 \
      --exit-when-caught-up

Under the wall clock an old log is safe too: transitions older than --alert-max-age are recorded but not published.`
}

// Run connects the parts of the service and runs it. Run returns when ctx ends, or with --exit-when-caught-up when the group has
// caught up.
func (c *runCommand) Run(ctx context.Context, s streams) error {
	log, err := newLog(s.err, c.LogLevel)
	if err != nil {
		return err
	}
	config, err := c.configOf(c.groupSettings, c.limitSettings)
	if err != nil {
		return err
	}
	config.SessionTimeout = c.KafkaSessionTimeout
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
	source, err := c.source()
	if err != nil {
		return err
	}
	metrics, cache := pipeline.NewMetrics(), c.limit()
	scorer := service.New(service.Config{
		Log: log, Cluster: cluster, Redis: client, OpenCodec: func(ctx context.Context) (*avro.Codec, error) { return c.codec(ctx, c.MaxRecord) }, Prefix: c.RedisPrefix,
		Model: source, ModelGiven: c.Model != "",
		Layout:           shard.Layout{Shards: c.Shards, Partitioner: c.partitioner(), Zone: c.Zone},
		StartWithin:      c.StartWithin,
		ForgetProspects:  c.ForgetProspects.silence(),
		ExitWhenCaughtUp: c.ExitWhenCaughtUp, Remedy: func(err error) string { return remedy(err, "") },
		Lane: pipeline.Settings{
			Clock: c.clock(), AsOf: event.Instant(c.AsOf), AlertMaxAge: c.AlertMaxAge, OnDataLoss: c.lossPolicy(), QuietHold: c.QuietHold,
			Breaker:     pipeline.Breaker{Bury: c.BadRecords == "bury"},
			BatchEvents: c.BatchEvents, PublishScores: c.PublishScores, WholeDetail: c.Detail == "all", RollingCycle: c.RollingCycle, DrainWithin: c.DrainWithin, Drift: c.bounds(), Metrics: metrics,
			Cache: pipeline.NewCache(cache),
		},
	})
	admin, err := service.StartAdmin(service.AdminConfig{
		Address: c.Admin, Pprof: c.Pprof, Version: version(), Metrics: metrics, Ready: scorer.Ready, Log: log,
	})
	if err != nil {
		return fmt.Errorf("%w (choose another with --admin)", err)
	}
	defer admin.Stop()
	log.Info("tidemark starts", zap.String("version", version()), zap.Strings("brokers", c.KafkaBrokers), zap.String("admin", admin.Addr()), zap.Int64("cache_bytes", cache))
	if err := scorer.Run(ctx); err != nil {
		return err
	}
	log.Info("tidemark ends")
	return nil
}

// partitioner returns the partitioner that the user names, empty if the user leaves it open.
func (c *runCommand) partitioner() shard.Partitioner {
	if c.Partitioner == "auto" {
		return ""
	}
	return shard.Partitioner(c.Partitioner)
}

func (c *runCommand) lossPolicy() pipeline.LossPolicy {
	if c.OnDataLoss == "continue" {
		return pipeline.ContinueFromFirst
	}
	return pipeline.FailOnLoss
}

// newLog returns a logger of JSON lines. It drops most repetitions of a message within a second, so that a storm of errors does not
// flood the log.
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
