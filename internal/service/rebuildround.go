package service

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// round is one round of a rebuild: lanes, one per partition index and all in this process, apply the log up to fixed ends, and then run the
// reviews up to fixed instants. A lane merges its inputs in the order of the log only if their ends stand still; so each round has its own.
type round struct {
	rebuild *rebuild
	log     pipeline.Source
	// order is not nil for a round that reads the log in the order of its events; origins are its first records as it reads them.
	order   *eventOrder
	origins map[shard.Partition]shard.Origin
	lanes   []*pipeline.Lane
	// from are the offsets at which the lanes begin, ends those at which they end.
	from, ends shard.Marks
	cuts       []event.Instant
}

// newRound makes a round. Without cuts it runs no reviews. With an order it reads the log in that order.
func (b *rebuild) newRound(ctx context.Context, ends shard.Marks, order *eventOrder, told *told, cuts []event.Instant) (*round, error) {
	r := &round{rebuild: b, order: order, origins: b.origins, from: shard.Marks{}, ends: ends, cuts: cuts}
	if cuts == nil {
		for range b.next.partitions {
			r.cuts = append(r.cuts, math.MinInt64)
		}
	}
	heads, err := b.next.store.Metas(ctx, b.next.layout.Numbers())
	if err != nil {
		return nil, err
	}
	there := least(heads, b.next.partitions, func(int, int) bool { return true })
	r.log = boundedLog{b.log, ends}
	if order != nil {
		r.log = orderedLog{boundedLog{b.log, ends}, order}
		if r.origins, err = order.origins(); err != nil {
			return nil, err
		}
	}
	firsts, err := b.hold(ctx, ends)
	if err != nil {
		return nil, err
	}
	for index := range b.next.partitions {
		for _, p := range shard.Partitions(index) {
			if r.from[p] = max(firsts[p], there[p]); r.from[p] > ends[p] {
				return nil, errWentBack
			}
		}
		lane, err := pipeline.New(r.config(told, index))
		if err != nil {
			return nil, err
		}
		r.lanes = append(r.lanes, lane)
	}
	return r, nil
}

// hold moves the ends of all partitions to where the log holds them, and returns the first offsets of the log. What is left to the members
// ends where it begins.
func (b *rebuild) hold(ctx context.Context, ends shard.Marks) (shard.Marks, error) {
	firsts := shard.Marks{}
	for index := range b.next.partitions {
		for _, p := range shard.Partitions(index) {
			first, end, err := b.log.Bounds(ctx, p)
			if err != nil {
				return nil, err
			}
			if first > 0 && b.cfg.OnDataLoss == pipeline.FailOnLoss {
				return nil, fmt.Errorf("%s holds no more what stood before offset %d: a rebuild would forget it; --on-data-loss continue does", p, first)
			}
			if b.anew[p] {
				ends[p] = first
			}
			firsts[p], ends[p] = first, max(first, min(ends[p], end))
		}
	}
	return firsts, nil
}

func (r *round) config(told *told, index int) pipeline.Config {
	b := r.rebuild
	return pipeline.Config{
		Ports: pipeline.Ports{
			Source: r.log, Store: recognized{unseen{b.next.store}, r.origins, r.ends}, Publisher: outputs{b.publisher, told != nil, &b.linksSent}, Codec: b.cfg.Codec, Engine: b.models.engine,
		},
		Settings: pipeline.Settings{
			Layout: b.next.layout, Partitions: b.next.partitions, Index: index, GivenUp: b.next.givenUp,
			Told: told.of, OnDataLoss: b.cfg.OnDataLoss, AlertMaxAge: b.cfg.AlertMaxAge,
			Canonical: r.order != nil, Clock: pipeline.SimulatedClock, Now: func() event.Instant { return r.cuts[index] },
			RollingCycle: -1, Breaker: pipeline.Breaker{Bury: true}, Report: b.report, ErrorClass: errorClass,
		},
	}
}

// report logs what a lane of the rebuild reports.
func (b *rebuild) report(n pipeline.Notice) {
	switch n.Kind { //nolint:exhaustive // the others are lines of their own
	case pipeline.Trouble, pipeline.Recovered, pipeline.GivenUp:
		b.incidents.report(n)
	case pipeline.Drift, pipeline.TooManyBad: // the members judge the model and the input
	default:
		b.cfg.Log.Warn("rebuild: "+n.Kind.String(), zap.Int("shard", n.Shard), zap.String("operation", n.Operation), zap.Error(n.Err))
	}
}

// run runs the lanes to the end of the round. It returns the number of records that they have applied.
func (r *round) run(ctx context.Context) (int64, error) {
	together, ctx := errgroup.WithContext(ctx)
	for _, lane := range r.lanes {
		together.Go(func() error { return lane.Run(ctx) })
	}
	together.Go(func() error {
		defer r.drain()
		return r.follow(ctx)
	})
	err := together.Wait()
	return r.applied() - sum(r.from), err
}

func (r *round) drain() {
	for _, lane := range r.lanes {
		lane.Drain()
	}
}

// tellEvery is the time between two reports of progress.
const tellEvery = time.Second

// follow waits until the lanes are done, and tells how far they have got.
func (r *round) follow(ctx context.Context) error {
	var told time.Time
	for {
		done, err := r.done(ctx)
		if err != nil {
			return err
		}
		if done || time.Since(told) > tellEvery {
			told = time.Now()
			r.rebuild.tell(RebuildProgress{r.rebuild.stage.get(), r.rebuild.records + r.applied() - sum(r.from), r.rebuild.records + sum(r.ends) - sum(r.from)})
		}
		if done {
			return nil
		}
		if err := sleep(ctx, switchInterval/5); err != nil {
			return err
		}
	}
}

// done reports whether the lanes have applied the log up to the ends, and have no review left up to the cuts.
func (r *round) done(ctx context.Context) (bool, error) {
	for index, lane := range r.lanes {
		p := lane.Progress()
		for _, partition := range shard.Partitions(index) {
			if p.Applied[partition] < r.ends[partition] {
				return false, nil
			}
		}
		if p.Reviewed < r.cuts[index] || len(p.End) == 0 {
			return false, nil
		}
	}
	next := r.rebuild.next
	for _, n := range next.layout.Numbers() {
		cut := r.cuts[n%next.partitions]
		if cut == math.MinInt64 {
			continue
		}
		due, err := next.store.Due(ctx, n, 1)
		if err != nil || len(due) > 0 && due[0].At <= cut {
			return false, err
		}
	}
	return true, nil
}

func (r *round) applied() int64 {
	all := shard.Marks{}
	for p, from := range r.from {
		all[p] = max(r.lanes[p.Index].Progress().Applied[p], from)
	}
	return sum(all)
}

func sum(marks shard.Marks) (total int64) {
	for _, mark := range marks {
		total += mark
	}
	return total
}

// boundedLog is the log up to some ends.
type boundedLog struct {
	log  *kafka.Log
	ends shard.Marks
}

// Bounds returns the first offset of the log, and the end up to which it is read.
func (l boundedLog) Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error) {
	first, _, err = l.log.Bounds(ctx, p)
	return first, max(first, l.ends[p]), err
}

// boundedWait is how long a fetch at the end waits.
const boundedWait = 50 * time.Millisecond

// Fetch reads records up to the end. What lies beyond does not exist for the reader.
func (l boundedLog) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	end := l.ends[p]
	if offset >= end {
		return stream.Fetch{Next: offset, HighWatermark: offset}, sleep(ctx, boundedWait)
	}
	f, err := l.log.Fetch(ctx, p, offset)
	for i, r := range f.Records {
		if r.Offset >= end {
			f.Records = f.Records[:i]
			break
		}
	}
	stable := min(f.HighWatermark-f.Open, end)
	f.Next, f.HighWatermark, f.Open = min(f.Next, end), end, end-stable
	return f, err
}

// CommitOffsets does nothing: a rebuild goes by the marks of its shards.
func (boundedLog) CommitOffsets(context.Context, map[shard.Partition]int64) error { return nil }

// Counted returns nothing: the cuts of a rebuild are no instants at which anybody looked at the topics.
func (boundedLog) Counted() (partitions int, at event.Instant) { return 0, 0 }

// unseen is a store without public views: those show the edition in force.
type unseen struct{ pipeline.Store }

// Project does nothing.
func (unseen) Project(context.Context, []shard.View) error { return nil }

// ProjectPopulation does nothing.
func (unseen) ProjectPopulation(context.Context, map[string]string) error { return nil }

// outputs publishes the outputs of a rebuild. Dead letters of records that every shard in force has seen are published already.
type outputs struct {
	publisher *kafka.Publisher
	letters   bool
	// links counts the messages of links.
	links *atomic.Int64
}

// Publish publishes what has not been published.
func (o outputs) Publish(ctx context.Context, all []shard.Output) error {
	var kept []shard.Output
	var places []int
	for i, output := range all {
		if o.letters || output.Topic != schemas.DeadLetters {
			kept, places = append(kept, output), append(places, i)
		}
		if output.Topic == schemas.Links {
			o.links.Add(1)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	err := o.publisher.Publish(ctx, kept)
	if unsent, ok := errors.AsType[*shard.UnsentError](err); ok {
		for i, n := range unsent.Unsent {
			unsent.Unsent[i] = places[n]
		}
	}
	return err
}
