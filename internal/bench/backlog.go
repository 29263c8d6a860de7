package bench

import (
	"context"
	"errors"
	"os"
	"runtime/pprof"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/terminal"
)

// preload publishes the events to the topics, in order of time.
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
		if batch = append(batch, b.codec.EncodeEvent(x)); len(batch) == loadBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// loadBatch is the number of events in a batch of preload.
const loadBatch = 20_000

// backlog measures the service while it processes all preloaded events, as fast as it can.
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

// all reports whether so holds for every lane.
func all(so func(pipeline.Progress) bool) func([]pipeline.Progress) bool {
	return func(lanes []pipeline.Progress) bool {
		return !slices.ContainsFunc(lanes, func(p pipeline.Progress) bool { return !so(p) })
	}
}

// await waits until so holds for the lanes, and returns the time since lanes first ran.
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

// outputs counts the records in the output topics.
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

// worked reports whether a lane has committed all records that it knows of and published their outputs.
func worked(p pipeline.Progress) bool {
	for partition, end := range p.End {
		if p.Applied[partition] < end {
			return false
		}
	}
	return len(p.End) == len(event.Inputs())
}

// projected reports whether a lane has also written the public views of these records.
func projected(p pipeline.Progress) bool { return p.CaughtUp }

// profiled starts a CPU profile in a file, and returns a function that ends it. With an empty name it does nothing.
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
