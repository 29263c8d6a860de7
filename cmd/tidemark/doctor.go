package main

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

type doctorCommand struct {
	Sample int `help:"Keys that are read per partition, to detect the partitioner of the producers." default:"200"`
	watchSettings
	limitSettings
	groupSettings
	kafkaSettings
	redisSettings
	registrySettings
}

// Run checks everything that the service depends on. It returns an error if something must be mended.
func (c *doctorCommand) Run(ctx context.Context, s streams) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute+c.For)
	defer cancel()
	fine := true
	tell := func(f finding) { fine = f.print(s.out) && fine }

	layout := c.askRedis(ctx, tell)
	c.askKafka(ctx, layout, tell)
	c.askLanes(ctx, layout, tell)
	c.askRegistry(ctx, tell)
	c.watch(ctx, layout, tell)
	if !fine {
		fmt.Fprintln(s.out, "\nwhat is marked FAIL must be mended before Tidemark can be relied upon")
		return errFindings
	}
	_, err := fmt.Fprintln(s.out, "\nall is well")
	return err
}

// askRedis returns the layout of the data. The layout is empty if Redis holds no data or does not answer.
func (c *doctorCommand) askRedis(ctx context.Context, tell func(finding)) shard.Layout {
	db, err := c.open()
	if err != nil {
		tell(finding{Name: "redis", Detail: err.Error(), Remedy: "check the --redis- flags"})
		return shard.Layout{}
	}
	defer db.close()
	if err := db.Ping(ctx); err != nil {
		tell(finding{Name: "redis answers", Detail: err.Error(), Remedy: remedy(err, "check the --redis- flags, and that the server runs")})
		return shard.Layout{}
	}
	findings := db.CheckServer(ctx)
	for _, f := range findings {
		tell(finding(f))
	}
	if !findings[0].OK {
		return shard.Layout{} // no answer: nothing more to ask
	}
	layout, ok, err := db.Layout(ctx)
	switch {
	case err != nil:
		tell(finding{Name: "layout", Detail: err.Error(), Remedy: remedy(err, "is --redis-prefix that of Tidemark's data?")})
		return layout
	case !ok:
		tell(finding{Name: "layout", OK: true, Detail: "no data yet: the first `tidemark run` lays it out"})
		return layout
	}
	tell(finding{Name: "layout", OK: true, Detail: fmt.Sprintf("edition %d: %d shards by %s, days of %s, money in %s",
		layout.Edition, layout.Shards, layout.Partitioner, layout.Zone, layout.Base)})
	model, ok, err := db.Model(ctx)
	tell(modelInForce(model, ok, err))
	if ok && err == nil {
		tell(modelFits(model, event.InstantOf(time.Now())))
	}
	c.askUpgrade(ctx, db, layout, model, tell)
	c.askCounts(ctx, db, layout, model, tell)
	return layout
}

// modelInForce turns the answer of redis.Store.Model into a finding.
func modelInForce(m redis.InForce, ok bool, err error) finding {
	const name = "model in force"
	switch {
	case err != nil:
		return finding{Name: name, Detail: err.Error(), Remedy: "tidemark model activate FILE"}
	case !ok:
		return finding{Name: name, Detail: "none although there is data", Remedy: "tidemark model activate FILE"}
	}
	now := event.InstantOf(time.Now())
	current := m.At(now)
	detail := current.Hash
	if current.EffectiveAt != 0 {
		detail += ", from " + current.EffectiveAt.String()
	}
	if m.Announced(now) {
		detail += fmt.Sprintf(", until %s: then %s", m.EffectiveAt, m.Hash)
	}
	return finding{Name: name, OK: true, Detail: detail}
}

func (c *doctorCommand) askKafka(ctx context.Context, layout shard.Layout, tell func(finding)) {
	cluster, err := c.clusterOf(c.groupSettings)
	if err != nil {
		tell(finding{Name: "kafka", Detail: err.Error(), Remedy: "check the --kafka- flags"})
		return
	}
	defer cluster.Close()
	findings, err := cluster.CheckTopics(ctx)
	if err != nil {
		tell(finding{Name: "kafka answers", Detail: err.Error(), Remedy: remedy(err, "check the --kafka- flags, and that the brokers run")})
		return
	}
	for _, f := range findings {
		tell(finding(f))
	}
	c.askLimits(ctx, cluster, tell)
	if n, err := cluster.Partitions(ctx); err == nil && layout.Shards > 0 {
		tell(servesPartitions(layout, n))
	}
	c.askPartitioner(ctx, cluster, layout, tell)
	c.askLogs(ctx, cluster, layout, tell)
	askTransactions(ctx, cluster, tell)
	askLetters(ctx, cluster, layout, tell)
	askRetention(ctx, cluster, tell)
}

// askPartitioner compares the partitioner of the producers with the partitioner of the data's layout.
func (c *doctorCommand) askPartitioner(ctx context.Context, cluster *kafka.Cluster, layout shard.Layout, tell func(finding)) {
	sample, err := cluster.SamplePartitioner(ctx, c.Sample)
	if err != nil {
		tell(finding{Name: "partitioner", Detail: err.Error(), Remedy: "see the topics above"})
		return
	}
	tell(partitionerFinding(sample.Choose(), layout))
}

func (c *doctorCommand) askRegistry(ctx context.Context, tell func(finding)) {
	registry, err := c.registry()
	if err != nil {
		tell(finding{Name: "schema registry", Detail: err.Error(), Remedy: "check the --registry- flags"})
		return
	}
	if registry == nil {
		tell(finding{Name: "schemas", OK: true, Detail: "embedded, with fixed ids: no registry is set"})
		return
	}
	findings := registry.Check(ctx)
	for _, f := range findings {
		tell(finding{Name: f.Subject, Detail: f.Wrong, Remedy: f.Mend})
	}
	if len(findings) == 0 {
		tell(finding{Name: "schema registry", OK: true, Detail: "holds our schemas"})
	}
}
