package service

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// A rebuild sends the histories of linked ids for its new shards, and these shards read them back:
//
//	first round    the log in the order of its events ──> histories, at the end of customer.links.v1, behind what the edition in force has sent
//	next rounds    read these histories: nobody is told what follows from them
//	switch         a history that is still to be read would be read by the members, who tell what follows
//
// In the first round the new shards read the histories that the edition in force has sent: a survivor is judged from all histories at every
// instant. In the next rounds they may come by states that are short of events once more. So the rebuild fills on until the histories of its
// first round are read.

// sentLinks notes, after a round that has sent histories, how far the topic of links must be read.
func (b *rebuild) sentLinks(ctx context.Context) error {
	if b.linksSent.Swap(0) == 0 || b.linksTo != nil {
		return nil
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
