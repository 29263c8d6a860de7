package service

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// A rebuild sends the histories of linked ids for its new shards, and these shards read them back:
//
//	first round    the log in the order of its events ──> histories, at the end of customer.links.v1, behind what the edition in force has sent
//	its end        every linked id sends its history once more, with the edition as one more mark
//	next rounds    read these histories: nobody is told what follows from them
//	switch         a history that is still to be read would be read by the members, who tell what follows
//
// In the first round the new shards read the histories that the edition in force has sent: a survivor is judged from all histories at every
// instant. In the next rounds they may come by states that are short of events once more. So the rebuild fills on until the histories of its
// first round are read.
//
// The histories at the end of the first round replace those that the edition in force has sent. The others may not: their marks are no greater.
// And the two may differ: in the order of the events an order counts that was too late when it came.

// sentLinks notes, after a round that has sent histories, how far the topic of links must be read.
func (b *rebuild) sentLinks(ctx context.Context) error {
	if b.linksSent.Swap(0) == 0 || b.linksTo != nil {
		return nil
	}
	if err := b.sendHistories(ctx); err != nil {
		return fmt.Errorf("send the histories of linked ids: %w", err)
	}
	b.linksTo = shard.Marks{}
	for index := range b.next.partitions {
		p := shard.Partition{Topic: event.Links, Index: index}
		_, end, err := b.log.Bounds(ctx, p)
		if err != nil {
			return fmt.Errorf("how far the histories of linked ids go that the rebuild has sent: %w", err)
		}
		b.linksTo[p] = end
	}
	return nil
}

// unreadLinks counts the records up to the last history of the first round that lie beyond ends.
func (b *rebuild) unreadLinks(ends shard.Marks) (n int64) {
	for p, to := range b.linksTo {
		n += max(0, to-ends[p])
	}
	return n
}

// historiesPage is how many profiles the rebuild looks at together.
const historiesPage = 500

// sendHistories sends the history of every linked id of the new shards.
func (b *rebuild) sendHistories(ctx context.Context) error {
	engine, err := b.models.engine()
	if err != nil {
		return err
	}
	numbers := b.next.layout.Numbers()
	heads, err := b.next.store.Metas(ctx, numbers)
	if err != nil {
		return err
	}
	tooLarge := 0
	for i, n := range numbers {
		for cursor, first := uint64(0), true; first || cursor != 0; first = false {
			var page [][]byte
			if page, cursor, err = b.next.store.Scan(ctx, n, cursor, historiesPage); err != nil {
				return err
			}
			left, err := b.sendPage(ctx, engine, page, heads[i].Marks)
			if tooLarge += left; err != nil {
				return fmt.Errorf("shard %d: %w", n, err)
			}
		}
	}
	if tooLarge > 0 {
		b.cfg.Log.Warn("histories of linked ids are too long to be sent: the other ids are read without them, or from older ones", zap.Int("ids", tooLarge))
	}
	return nil
}

// sendPage sends the histories of some profiles of a shard. It returns the number of ids with a history that is too long.
func (b *rebuild) sendPage(ctx context.Context, engine pipeline.Engine, page [][]byte, marks shard.Marks) (tooLarge int, err error) {
	var outputs []shard.Output
	for _, encoded := range page {
		p, err := score.Decode(encoded)
		if err != nil {
			return tooLarge, err
		}
		all, large, err := pipeline.Histories(engine, b.cfg.Codec, b.next.layout, &p, marks)
		if err != nil {
			return tooLarge, err
		}
		if large {
			tooLarge++
		}
		outputs = append(outputs, all...)
	}
	return tooLarge, b.publisher.Publish(ctx, outputs)
}
