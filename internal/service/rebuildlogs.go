package service

import (
	"context"
	"maps"

	"go.uber.org/zap"

	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// recognize looks whether the logs are those that the shards in force have read. A topic that was deleted and created again is begun anew,
// and not by the rebuild: what the old shards have seen of the log before says nothing of what has been published of this one.
func (b *rebuild) recognize(ctx context.Context) error {
	b.origins, b.anew = map[shard.Partition]shard.Origin{}, map[shard.Partition]bool{}
	var all []shard.Partition
	for index := range b.next.partitions {
		all = append(all, shard.Partitions(index)...)
	}
	remembered, err := b.old.store.Origins(ctx, all)
	if err != nil {
		return err
	}
	heads, committed, err := b.stand(ctx)
	if err != nil {
		return err
	}
	high := shard.Highest(heads)
	for _, p := range all {
		sight, err := pipeline.Look(ctx, b.log, p, remembered[p])
		if err != nil {
			return err
		}
		_, inGroup := committed[p]
		if loss := sight.Loss(p, high[p], inGroup); loss != nil {
			b.cfg.Log.Warn("another log than the one that the shards have read: the members read it from its first record", zap.Error(loss))
			b.anew[p] = true
			if sight, err = pipeline.Look(ctx, b.log, p, shard.Origin{}); err != nil {
				return err
			}
		}
		b.origins[p] = sight.Found
	}
	if len(b.anew) > 0 {
		return b.clear(ctx, b.next.layout)
	}
	return nil
}

// remember leaves the first records of the logs that the new edition has read.
func (b *rebuild) remember(ctx context.Context) error {
	return b.old.store.Remember(ctx, b.origins)
}

// recognized is a store that remembers the logs as the rebuild has found them. The edition in force has its own memory until the switch.
type recognized struct {
	unseen
	origins map[shard.Partition]shard.Origin
	ends    shard.Marks
}

// Origins returns what the rebuild has found, as far as the round reads.
func (r recognized) Origins(context.Context, []shard.Partition) (map[shard.Partition]shard.Origin, error) {
	known := maps.Clone(r.origins)
	maps.DeleteFunc(known, func(p shard.Partition, o shard.Origin) bool { return o == shard.Origin{} || o.Offset >= r.ends[p] })
	return known, nil
}

// Remember does nothing: the rebuild remembers at the switch.
func (recognized) Remember(context.Context, map[shard.Partition]shard.Origin) error { return nil }
