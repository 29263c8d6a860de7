package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tidemark/internal/redis"
	"tidemark/internal/service"
	"tidemark/internal/shard"
)

// watchSettings say how doctor watches a running service.
type watchSettings struct {
	For     time.Duration `help:"How long a running service is watched: what stands still is seen by two looks. 0 looks once, and finds nothing that stands still." default:"10s"`
	Members []string      `help:"Admin addresses, host:port, of running members: they say why a lane stands still." placeholder:"HOST:PORT"`
}

// watch looks twice at the service, if there is data and somebody works on it, and asks the members that are given.
func (c *doctorCommand) watch(ctx context.Context, layout shard.Layout, tell func(finding)) {
	for _, member := range c.Members {
		tell(askMember(ctx, member))
	}
	if layout.Shards == 0 {
		c.askWhereTheDataIs(ctx, tell)
		return
	}
	findings, err := c.lookTwice(ctx, layout)
	if err != nil {
		tell(finding{Name: "the running service", Detail: "cannot be watched: " + err.Error(), Remedy: "see what is marked above"})
	}
	for _, f := range findings {
		tell(f)
	}
}

// askWhereTheDataIs finds a group that has worked although Redis holds no data: Redis was emptied, or another one, or another prefix, is asked.
func (c *doctorCommand) askWhereTheDataIs(ctx context.Context, tell func(finding)) {
	cluster, err := c.clusterOf(c.groupSettings)
	if err != nil {
		return // said already
	}
	defer cluster.Close()
	progress, err := cluster.Progress(ctx)
	if err != nil {
		return // said already
	}
	for _, p := range progress {
		if p.Committed > 0 {
			tell(finding{
				Name:   "data",
				Detail: fmt.Sprintf("none in Redis, although group %s has committed offsets", c.KafkaGroup),
				Remedy: "check --redis-url and --redis-prefix; if Redis was emptied, `tidemark run` rebuilds all from the log",
			})
			return
		}
	}
}

func (c *doctorCommand) lookTwice(ctx context.Context, layout shard.Layout) ([]finding, error) {
	db, err := c.open()
	if err != nil {
		return nil, err
	}
	defer db.close()
	var store *redis.Store
	if store, err = db.laidOut(layout); err != nil {
		return nil, err
	}
	cluster, err := c.clusterOf(c.groupSettings)
	if err != nil {
		return nil, err
	}
	defer cluster.Close()
	before, err := lookAt(ctx, cluster, store, layout)
	if err != nil {
		return nil, err
	}
	lag := finding{Name: "lag", OK: true, Detail: fmt.Sprintf("group %s is %d records behind", c.KafkaGroup, before.lag())}
	if before.members.Members == 0 || c.For <= 0 {
		return append([]finding{lag}, membership(before, before)...), nil
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-time.After(c.For):
	}
	after, err := lookAt(ctx, cluster, store, layout)
	if err != nil {
		return nil, err
	}
	return append([]finding{lag}, stuck(before, after)...), nil
}

// askMember asks a member whether it is ready, and why it is not.
func askMember(ctx context.Context, address string) finding {
	f := finding{Name: "member " + address}
	reached, err := reachable(address)
	if err != nil {
		f.Detail, f.Remedy = err.Error(), "--members takes host:port"
		return f
	}
	said, err := ask(ctx, "http://"+reached+"/readyz")
	if err != nil {
		said = err.Error()
	}
	var answer service.Readiness
	if json.Unmarshal([]byte(said), &answer) != nil {
		f.Detail, f.Remedy = said, "is this the --admin address of a running member?"
		return f
	}
	f.OK, f.Detail = answer.Ready, answer.String()
	if !f.OK {
		f.Remedy = remedyOf(f.Detail)
	}
	return f
}

// remedyOf says what to do about what a member says of itself.
func remedyOf(said string) string {
	switch {
	case strings.Contains(said, "paused"):
		return "its log says how many records are bad, and why; mend the producer, then wait or restart it; `tidemark run --bad-records bury` never pauses"
	case strings.Contains(said, "has failed"):
		return "the call is tried until it succeeds: mend the server that it names"
	case strings.Contains(said, "redis does not take writes"):
		return "mend Redis as said above; the lanes go on by themselves"
	case strings.Contains(said, "not joined"):
		return "it waits for a server or for the group; its log says for which"
	}
	return "see its log; a lane that hangs is ended and taken over after two minutes"
}
