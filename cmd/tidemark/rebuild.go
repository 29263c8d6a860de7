package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/service"
	"tidemark/internal/shard"
	"tidemark/internal/terminal"
)

type rebuildCommand struct {
	Shards      int           `help:"Number of shards, a multiple of the partitions. 0 keeps the number, or takes the default if the number cannot serve the partitions." default:"0"`
	Partitioner string        `help:"Hash by which the producers choose a partition: ${enum}. Empty keeps it." enum:",murmur2,crc32,fnv1a" default:""`
	Zone        string        `help:"Time zone of calendar days, such as Europe/Berlin. Empty keeps it." default:""`
	Order       string        `help:"Order in which the log is applied: ${enum}. In event order, a history that was imported behind newer events is not too late. In log order, a rebuild goes on where an interrupted one was, and takes no memory for the order (32 bytes an event)." enum:"event,log" default:"event"`
	OnDataLoss  string        `help:"What to do if Kafka has deleted the first records: ${enum}. continue forgets what they said." enum:"fail,continue" default:"fail"`
	AlertMaxAge time.Duration `help:"A transition that is older than this at its commit is recorded but not published; 0 publishes all." default:"168h"`
	LogLevel    string        `help:"Lowest level that is logged: ${enum}." enum:"debug,info,warn,error" default:"info"`
	limitSettings
	forgetSettings
	groupSettings
	kafkaSettings
	redisSettings
	registrySettings
}

// Help is printed by rebuild --help.
func (*rebuildCommand) Help() string {
	return `The rebuild reads the input topics from the beginning into new shards. Until it is done, the service goes on with the old shards. Then the members stop for some seconds, and go on with the new ones; nobody restarts anything. What has been published is not published again.

Redis needs memory for both editions until the switch. If the rebuild is interrupted before it, the old shards serve on; the same command begins anew, or goes on where it was with --order log.`
}

// Validate returns the mistakes in the flags.
func (c *rebuildCommand) Validate() error {
	if c.Shards < 0 || c.AlertMaxAge < 0 {
		return fmt.Errorf("--shards and --alert-max-age cannot be negative")
	}
	return c.limitSettings.check()
}

// Run rebuilds, and says how far it is and what it has done.
func (c *rebuildCommand) Run(ctx context.Context, s streams) error {
	log, err := newLog(s.err, c.LogLevel)
	if err != nil {
		return err
	}
	config, err := c.configOf(c.groupSettings, c.limitSettings)
	if err != nil {
		return err
	}
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
	codec, err := c.codec(ctx, c.MaxRecord)
	if err != nil {
		return err
	}
	loss := pipeline.FailOnLoss
	if c.OnDataLoss == "continue" {
		loss = pipeline.ContinueFromFirst
	}
	done, err := service.Rebuild(ctx, service.RebuildConfig{
		Log: log, Cluster: cluster, Redis: client, Codec: codec, Prefix: c.RedisPrefix,
		Shards: c.Shards, Partitioner: shard.Partitioner(c.Partitioner), Zone: c.Zone, LogOrder: c.Order == "log",
		OnDataLoss: loss, AlertMaxAge: c.AlertMaxAge, ForgetProspects: c.ForgetProspects.silence(),
		Remedy:   func(err error) string { return remedy(err, "") },
		Progress: tellRebuild(s.err),
	})
	if done.Now.Edition == 0 {
		return err
	}
	_, told := fmt.Fprintf(s.out, "edition %d is in force: %d shards by %s, days of %s (before: %d by %s, days of %s)\n"+
		"%s records in %s; the service stood still for %s\n",
		done.Now.Edition, done.Now.Shards, done.Now.Partitioner, done.Now.Zone, done.Before.Shards, done.Before.Partitioner, done.Before.Zone,
		terminal.Grouped(done.Records), done.Took.Round(100*time.Millisecond), done.Paused.Round(100*time.Millisecond))
	if err == nil {
		err = told
	}
	return err
}

// rebuildLine is the time between two lines of progress where there is no terminal.
const rebuildLine = 10 * time.Second

// tellRebuild shows progress: a bar per stage on a terminal, elsewhere a line now and then.
func tellRebuild(w io.Writer) func(service.RebuildProgress) {
	doing := map[redis.Stage]string{service.Ordering: "ordering", redis.Filling: "filling", redis.Stopping: "finishing"}
	stage, told := redis.Filling, time.Now()
	bar := terminal.NewProgress(w, doing[stage])
	return func(p service.RebuildProgress) {
		if p.Stage != stage {
			bar.End()
			bar, stage = terminal.NewProgress(w, doing[p.Stage]), p.Stage
		}
		bar.Show(p.Applied, p.Goal, "records")
		if !bar.Drawn() && time.Since(told) > rebuildLine {
			told = time.Now()
			fmt.Fprintf(w, "%s of %s records\n", terminal.Grouped(p.Applied), terminal.Grouped(p.Goal))
		}
		if p.Stage == redis.Stopping && p.Applied == p.Goal {
			bar.End()
		}
	}
}
