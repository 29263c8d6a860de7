package pipeline

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// BenchmarkIdlePartitions measures what lanes that have nothing to do cost Redis: by their number of partitions, the CPU of a real Redis
// and the scripts that it runs. Both are figures for one checkpoint of each lane, which is due each second.
func BenchmarkIdlePartitions(b *testing.B) {
	for _, partitions := range []int{12, 100} {
		b.Run(strconv.Itoa(partitions), func(b *testing.B) { idle(b, partitions) })
	}
}

func idle(b *testing.B, partitions int) {
	client := serverstest.Redis(b, servers.RedisOptions{}).Client()
	layout := shard.Layout{Shards: shard.DefaultShards(partitions), Partitioner: shard.Murmur2, Zone: "UTC", Base: "USD"}
	store, err := redis.New(client, "idle", layout)
	if err != nil {
		b.Fatal(err)
	}
	topics := newLogs()
	topics.wait = 250 * time.Millisecond
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, partitions)
	var checkpoints atomic.Int64
	for index := range partitions {
		for _, p := range shard.Partitions(index) {
			topics.append(p, event.InstantOf(time.Now()), "nobody", nil) // no event: it only moves the marks
		}
		lane, err := New(Config{Ports: Ports{
			Source: topics, Store: marked{store.Of(shard.Partitions(index)...), &checkpoints}, Publisher: newSink(0), Codec: silent{}, Engine: func() (Engine, error) { return toyScorer().engine, nil },
		}, Settings: Settings{Layout: layout, Partitions: partitions, Index: index, RollingCycle: -1, OnDataLoss: ContinueFromFirst}})
		if err != nil {
			b.Fatal(err)
		}
		go func() { ended <- lane.Run(ctx) }()
	}
	// await waits until each lane has made so many further checkpoints, on average.
	await := func(each int64) {
		until := checkpoints.Load() + each*int64(partitions)
		for tick := time.NewTicker(10 * time.Millisecond); checkpoints.Load() < until; <-tick.C {
		}
	}
	await(3) // all lanes have taken over, and applied what there is
	cpu, scripts := spent(b, client)
	before := checkpoints.Load()
	for b.Loop() {
		await(1)
	}
	seconds := float64(checkpoints.Load()-before) / float64(partitions) // as many as there would be on a machine that has time for all lanes
	cpuThen, scriptsThen := spent(b, client)
	b.ReportMetric((cpuThen-cpu)*1000/seconds, "redis-cpu-ms/checkpoint")
	b.ReportMetric((scriptsThen-scripts)/seconds, "scripts/checkpoint")
	stop()
	for range partitions {
		if err := <-ended; err == nil {
			b.Error("a lane ended by itself")
		}
	}
}

// marked counts checkpoints: each of them moves marks once, and one a second is due.
type marked struct {
	Store
	checkpoints *atomic.Int64
}

func (c marked) Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	c.checkpoints.Add(1)
	return c.Store.Mark(ctx, markers)
}

// silent is a codec that finds no event in any record.
type silent struct{ plain }

func (silent) Decode(stream.Record) (event.Event, error) { return nil, nil }

// spent returns the CPU seconds that a Redis has used, and the scripts that it has run.
func spent(b *testing.B, client *goredis.Client) (cpu, scripts float64) {
	b.Helper()
	info, err := client.Info(b.Context(), "cpu", "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "used_cpu_user", "used_cpu_sys":
			x, _ := strconv.ParseFloat(value, 64)
			cpu += x
		case "cmdstat_evalsha":
			_, _ = fmt.Sscanf(value, "calls=%f", &scripts)
		}
	}
	return cpu, scripts
}
