package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/internal/traffic"
)

// readFloors measures the cost that every consumer of the topics has: to fetch the records, and to fetch and decode them.
func (b *bench) readFloors(ctx context.Context) error {
	b.say("floors: fetch, fetch and decode")
	var err error
	if b.result.Fetch, err = b.read(ctx, func(stream.Record) error { return nil }); err != nil {
		return err
	}
	b.result.FetchDecode, err = b.read(ctx, func(r stream.Record) error {
		_, err := b.codec.Decode(r)
		return err
	})
	return err
}

// read reads all input partitions once, in parallel.
func (b *bench) read(ctx context.Context, each func(stream.Record) error) (Rate, error) {
	log := b.cluster.NewLog()
	defer log.Close()
	before, err := b.servers.usage(ctx, b.client)
	if err != nil {
		return Rate{}, err
	}
	began := time.Now()
	var read atomic.Int64
	together, ctx := errgroup.WithContext(ctx)
	for _, topic := range event.Topics() {
		for i := range b.Partitions {
			p := shard.Partition{Topic: topic, Index: i}
			together.Go(func() error {
				at, end, err := log.Bounds(ctx, p)
				for err == nil && at < end {
					var fetch stream.Fetch
					if fetch, err = log.Fetch(ctx, p, at); err != nil {
						break
					}
					for _, r := range fetch.Records {
						if err := each(r); err != nil {
							return err
						}
					}
					read.Add(int64(len(fetch.Records)))
					at = fetch.Next
				}
				return err
			})
		}
	}
	if err := together.Wait(); err != nil {
		return Rate{}, err
	}
	took := time.Since(began)
	if got := read.Load(); got != int64(b.Traffic.Events) {
		return Rate{}, fmt.Errorf("the topics hold %d events, want the %d loaded", got, b.Traffic.Events)
	}
	after, err := b.servers.usage(context.WithoutCancel(ctx), b.client)
	return rateOf(b.Traffic.Events, took, after.less(before)), err
}

const (
	setsAtOnce = 500
	setWriters = 4
)

// setFloor measures how long Redis takes to store as many bytes by plain SETs, one for each event, pipelined. Then it deletes the keys.
func (b *bench) setFloor(ctx context.Context) error {
	b.say("floor: SET of %d bytes", b.result.RedisBytesPerEvent)
	if b.result.RedisBytesPerEvent == 0 {
		return nil // the server does not report the bytes
	}
	value := make([]byte, b.result.RedisBytesPerEvent)
	for i := range value {
		value[i] = byte(rand.N(256))
	}
	before, err := b.servers.usage(ctx, b.client)
	if err != nil {
		return err
	}
	began := time.Now()
	together, within := errgroup.WithContext(ctx)
	for w := range setWriters {
		together.Go(func() error { return b.set(within, w, value) })
	}
	if err := together.Wait(); err != nil {
		return err
	}
	took := time.Since(began)
	after, err := b.servers.usage(ctx, b.client)
	b.result.Set = rateOf(b.Traffic.Events, took, after.less(before))
	return errors.Join(err, b.unset(ctx))
}

// set stores the values of one writer.
func (b *bench) set(ctx context.Context, writer int, value []byte) error {
	random := rand.New(rand.NewPCG(b.Traffic.Seed, uint64(writer)))
	for left := b.Traffic.Events/setWriters + min(1, max(0, b.Traffic.Events%setWriters-writer)); left > 0; left -= setsAtOnce {
		pipe := b.client.Pipeline()
		for range min(left, setsAtOnce) {
			pipe.Set(ctx, prefix+":floor:"+traffic.Customer(random.IntN(b.Traffic.Customers)), value, 0)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("SET: %w", err)
		}
	}
	return nil
}

// unset deletes the keys, if the server is a given one. The bench's own server is thrown away.
func (b *bench) unset(ctx context.Context) error {
	if b.Given == nil {
		return nil
	}
	for n := 0; n < b.Traffic.Customers; n += setsAtOnce {
		pipe := b.client.Pipeline()
		for i := n; i < min(n+setsAtOnce, b.Traffic.Customers); i++ {
			pipe.Unlink(ctx, prefix+":floor:"+traffic.Customer(i))
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("UNLINK: %w", err)
		}
	}
	return nil
}
