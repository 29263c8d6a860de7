package service

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// run copies the tombstones, fills the new shards, stops the old ones, finishes and switches.
func (b *rebuild) run(ctx context.Context) error {
	if err := b.copyTombstones(ctx); err != nil {
		return err
	}
	if err := b.fill(ctx); err != nil {
		return err
	}
	stopped := time.Now()
	b.cfg.Log.Info("the new shards are filled: the members are asked to stop the old ones", zap.Int64("records", b.records))
	if err := b.claim(ctx, redis.Stopping); err != nil {
		return err
	}
	heads, err := b.stopOld(ctx)
	if err != nil {
		return err
	}
	b.cfg.Log.Info("the old shards are stopped: the new ones catch up", zap.Duration("after", time.Since(stopped)))
	if err := b.finish(ctx, heads); err != nil {
		return err
	}
	if err := b.remember(ctx); err != nil {
		return err
	}
	err = b.switchEdition(ctx)
	b.paused = time.Since(stopped)
	return err
}

// copyTombstones copies the tombstones of the edition in force, before any lane makes the new shards. The events of those who are erased
// after that are still to be applied to the new shards: they stand at the end of the log.
func (b *rebuild) copyTombstones(ctx context.Context) error {
	copied, err := b.old.store.CopyErased(ctx, b.next.store, shard.Token(rand.Text()))
	if err != nil {
		return fmt.Errorf("copy the tombstones of erased customers to the new shards: %w", err)
	}
	if copied > 0 {
		b.cfg.Log.Info("the tombstones of erased customers are copied", zap.Int64("copies", copied))
	}
	return nil
}

// switchEdition puts the new edition into force. After an error it looks whether the switch is done all the same.
func (b *rebuild) switchEdition(ctx context.Context) error {
	err := b.old.store.SwitchEdition(ctx, b.owner)
	if err == nil {
		return nil
	}
	if there, _, looked := b.old.store.Rebuild(ctx); looked == nil && there.Layout.Edition == b.next.layout.Edition {
		return nil
	}
	return err
}

const (
	// closeEnough is how many records may be left when a rebuild stops the shards in force: the service then stands still for a short time only.
	closeEnough = 5_000
	// closeWithin is how long a rebuild waits to come as close, once its rounds are quick: busy members commit their offsets late.
	closeWithin, quick = time.Minute, 3 * time.Second
)

// fill applies, in rounds, what the shards in force have applied. Each round ends where these stood when it began. The shards in force read the
// histories of linked ids that the rebuild sends, too, and ignore them: so the rounds come to these.
func (b *rebuild) fill(ctx context.Context) error {
	var deadline time.Time
	for {
		began := time.Now()
		heads, committed, err := b.stand(ctx)
		if err != nil {
			return err
		}
		ends := seen(heads, committed, b.old.partitions)
		before := b.records
		if err := b.fillTo(ctx, ends); err != nil {
			return err
		}
		applied := b.records - before
		if err := b.sentLinks(ctx); err != nil {
			return err
		}
		unread := b.unreadLinks(ends)
		left := sum(shard.Highest(heads)) - sum(ends)
		took := time.Since(began)
		switch {
		case left <= closeEnough && applied <= closeEnough && unread == 0:
			return nil
		case took > quick:
			deadline = time.Time{}
		case deadline.IsZero():
			deadline = began.Add(closeWithin)
		case began.After(deadline):
			return nil
		}
		if err := sleep(ctx, quick/3-min(took, quick/3)); err != nil {
			return err
		}
	}
}

// fillTo applies the log up to the ends: the first time in the order of its events, unless the log's own order is asked for.
func (b *rebuild) fillTo(ctx context.Context, ends shard.Marks) error {
	var order *eventOrder
	stops := []shard.Marks{ends}
	if !b.cfg.LogOrder && !b.ordered {
		firsts, err := b.hold(ctx, ends)
		if err != nil {
			return err
		}
		if order, err = b.orderLog(ctx, firsts, ends); err != nil {
			return err
		}
		defer order.close()
		stops, b.ordered = order.stops(ends), true
	}
	for _, stop := range stops {
		r, err := b.newRound(ctx, stop, order, nil, nil)
		if err != nil {
			return err
		}
		applied, err := r.run(ctx)
		if b.records += applied; err != nil {
			return err
		}
	}
	return nil
}

// stand returns how far the edition in force is: the heads of its shards, and then the offsets that the group has committed.
func (b *rebuild) stand(ctx context.Context) (heads []shard.Meta, committed shard.Marks, err error) {
	if heads, err = b.old.store.Metas(ctx, b.old.layout.Numbers()); err != nil {
		return nil, nil, err
	}
	progress, err := b.cfg.Cluster.Progress(ctx)
	committed = shard.Marks{}
	for _, p := range progress {
		if p.Committed >= 0 {
			committed[p.Partition] = p.Committed
		}
	}
	return heads, committed, err
}

const (
	// drainAtMost is how long a rebuild waits for the members to drain their lanes before it stops the shards itself.
	drainAtMost = 15 * time.Second
	// finishAtMost bounds the last round: in it nobody scores. After it the rebuild is given up.
	finishAtMost = 2 * time.Minute
)

// stopOld waits until the members have stopped the shards in force, or until drainAtMost is over: then it stops them itself. It publishes
// what their outboxes still hold, and returns their heads.
func (b *rebuild) stopOld(ctx context.Context) ([]shard.Meta, error) {
	edition := b.next.layout.Edition
	deadline := time.Now().Add(drainAtMost)
	if b.old.layout.Check(b.old.partitions) != nil {
		deadline = time.Now() // the shards cannot serve the partitions: no lane runs
	}
	for time.Now().Before(deadline) {
		heads, err := b.old.store.Metas(ctx, b.old.layout.Numbers())
		if err == nil && allMoved(heads, edition) {
			break
		}
		if err := sleep(ctx, switchInterval); err != nil {
			return nil, err
		}
	}
	heads, err := b.old.store.Stop(ctx, b.old.layout.Numbers(), edition, shard.Token(rand.Text()))
	if err != nil {
		return nil, err
	}
	for n, head := range heads {
		if head.Counts.Outbox <= 1 { // the sentinel
			continue
		}
		left, err := b.old.store.Outbox(ctx, n)
		if err != nil {
			return nil, err
		}
		waiting := slices.DeleteFunc(left.Outputs, func(o shard.Output) bool { return o.Blank() })
		if err := b.publisher.Publish(ctx, waiting); err != nil {
			return nil, fmt.Errorf("publish what shard %d has left: %w", n, err)
		}
	}
	return heads, nil
}

func allMoved(heads []shard.Meta, edition int) bool {
	for _, head := range heads {
		if head.Moved != edition {
			return false
		}
	}
	return true
}

// errWentBack is the error of a rebuild that has applied more than the shards in force: these have lost writes meanwhile.
var errWentBack = errors.New("redis has lost writes of the shards in force while they were rebuilt: start the rebuild again")

// finish applies what the stopped shards have applied, and runs the reviews that they have run.
func (b *rebuild) finish(ctx context.Context, heads []shard.Meta) error {
	ctx, cancel := context.WithTimeoutCause(ctx, finishAtMost, fmt.Errorf("the new shards have not caught up within %s of the stop", finishAtMost))
	defer cancel()
	cuts, err := b.cuts(ctx, heads)
	if err != nil {
		return err
	}
	r, err := b.newRound(ctx, shard.Highest(heads), nil, &told{b.old.layout, heads}, cuts)
	if err != nil {
		return err
	}
	applied, err := r.run(ctx)
	b.records += applied
	return err
}

// cuts returns, per partition index, the instant up to which all stopped shards have run the reviews of its customers: no later than
// the first review that is left in any of the shards.
func (b *rebuild) cuts(ctx context.Context, heads []shard.Meta) ([]event.Instant, error) {
	now, err := b.old.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	cuts := make([]event.Instant, b.next.partitions)
	for index := range cuts {
		cuts[index] = now.Add(-time.Second) // the watermark of a lane stays behind its fetches
	}
	for n := range heads {
		due, err := b.old.store.Due(ctx, n, 1)
		if err != nil {
			return nil, err
		}
		for index := range cuts {
			if len(due) > 0 && b.shares(n, index) {
				cuts[index] = min(cuts[index], due[0].At.Add(-time.Millisecond))
			}
		}
	}
	return cuts, nil
}

// shares reports whether customers of an old shard can belong to the lane of a partition index. If the partitioner stays, both numbers
// are remainders of one hash.
func (b *rebuild) shares(old, index int) bool {
	if b.old.layout.Partitioner != b.next.layout.Partitioner {
		return true
	}
	g := gcd(b.old.layout.Shards, b.next.partitions)
	return old%g == index%g
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// seen are the offsets below which all shards have seen everything. The marks of all shards say so; but marks of idle shards of other lanes
// follow late. So does the committed offset of the group, as long as the shards of the lane that has committed it have not lost their marks.
func seen(heads []shard.Meta, committed shard.Marks, partitions int) shard.Marks {
	low := least(heads, partitions, func(int, int) bool { return true })
	own := least(heads, partitions, func(n, index int) bool { return n%partitions == index })
	for p := range low {
		low[p] = max(low[p], min(own[p], committed[p]))
	}
	return low
}

// least are the least marks over the shards that exist and that count for a partition index. A partition of which a shard has no mark counts
// as 0: the shard has seen nothing of it.
func least(heads []shard.Meta, partitions int, counts func(n, index int) bool) shard.Marks {
	low := shard.Marks{}
	for index := range partitions {
		for _, p := range shard.Partitions(index) {
			first := true
			for n, head := range heads {
				if head.Token == "" || !counts(n, index) {
					continue // a shard that is gone is rebuilt by its lane, which publishes what is young
				}
				if mark := head.Marks[p]; first || mark < low[p] {
					low[p], first = mark, false
				}
			}
			if first {
				low[p] = 0
			}
		}
	}
	return low
}

// told knows what stopped shards have published: what the records below their marks have caused.
type told struct {
	layout shard.Layout
	heads  []shard.Meta
}

func (t *told) of(customer string, p shard.Partition, offset int64) bool {
	return t == nil || offset < t.heads[t.layout.Of(customer)].Marks[p]
}

// sleep waits for a time, or until ctx ends: then it returns the cause.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
