package service

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// RebuildConfig configures a rebuild. A field must be set unless its comment says optional.
type RebuildConfig struct {
	Log     *zap.Logger
	Cluster *kafka.Cluster
	Redis   goredis.UniversalClient
	Codec   *avro.Codec
	// Prefix, optional, begins the names of the keys in Redis.
	Prefix string
	// Shards, Partitioner and Zone are what is to change; zero values stay as they are. If the number of shards cannot serve the partitions,
	// zero stands for shard.DefaultShards.
	Shards      int
	Partitioner shard.Partitioner
	Zone        string
	// LogOrder applies the log in its own order. Without it, what the shards in force have applied when the rebuild begins is applied in the
	// order of events: so a history that was written behind newer events is not too late. Only a rebuild in the order of the log goes on
	// where an interrupted one was; and it needs neither memory (32 bytes an event) nor a temporary file for the order.
	LogOrder bool
	// OnDataLoss says what to do if the log no longer holds its first records.
	OnDataLoss pipeline.LossPolicy
	// AlertMaxAge mutes transitions that are older than this, as pipeline.Settings says.
	AlertMaxAge time.Duration
	// ForgetProspects is that of the members: see Config.
	ForgetProspects time.Duration
	// Remedy, optional, says what to do about an error.
	Remedy func(error) string
	// Progress, optional, hears now and then how far the rebuild has got.
	Progress func(RebuildProgress)
}

// RebuildProgress is how far a rebuild has got: the records that it has applied, out of those that the edition in force has applied.
type RebuildProgress struct {
	Stage         redis.Stage
	Applied, Goal int64
}

// Rebuilt is the outcome of a rebuild.
type Rebuilt struct {
	Before, Now shard.Layout
	// Records is the number of records applied.
	Records int64
	// Took is the time of the whole rebuild, Paused the time from the stop of the old shards to the switch.
	Took, Paused time.Duration
}

// rebuildLease is the lease of a rebuild. The owner renews it three times as often.
const rebuildLease = 15 * time.Second

// Rebuild makes a new edition of the state from the log, with another layout where the user asks for one, while the edition in force
// serves:
//
//	copy     the tombstones of erased customers are copied: the log may no longer hold the events that made them
//	fill     lanes of its own apply the log to new shards, in the order of its events, as far as the shards in force have applied it: all
//	         that they would publish has been told
//	stop     the members drain their lanes; the shards in force take no commit any more
//	finish   the lanes apply what is left, up to the marks and to the watermark of the stopped shards
//	switch   one write to tm:meta; the members take over the new shards, and go on from their marks
//	retire   the old shards are removed but for their heads
//
// If Rebuild ends before the switch, the edition in force serves on, and the new shards are removed. If the process dies, they stay until a
// later Rebuild, which begins anew. One in the order of the log with the same layout goes on where an interrupted one was filling.
func Rebuild(ctx context.Context, c RebuildConfig) (Rebuilt, error) {
	b := &rebuild{cfg: c, owner: rand.Text(), began: time.Now(), incidents: newIncidents(c.Log, c.Remedy)}
	if err := b.prepare(ctx); err != nil {
		return Rebuilt{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := b.claim(ctx, redis.Filling); err != nil {
		return Rebuilt{}, err
	}
	var background sync.WaitGroup
	background.Go(func() { b.renew(ctx, cancel) })
	background.Go(func() { b.models.follow(ctx) })
	err := b.run(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	cancel(nil)
	background.Wait()
	b.log.Close()
	_ = b.publisher.Close() // everything is acknowledged
	if err != nil {
		return Rebuilt{}, errors.Join(err, b.giveUp(ctx))
	}
	return Rebuilt{Before: b.old.layout, Now: b.next.layout, Records: b.records, Took: time.Since(b.began), Paused: b.paused}, b.retire(ctx)
}

// rebuild is a rebuild under way.
type rebuild struct {
	cfg   RebuildConfig
	owner string
	began time.Time
	// old is the edition in force, next the one that is made.
	old, next *data
	stage     stage
	incidents *incidents
	models    *models
	log       *kafka.Log
	publisher *kafka.Publisher
	// origins are the first records of the logs. anew are the partitions whose log is not the one that the old shards have read: these are
	// left to the members.
	origins map[shard.Partition]shard.Origin
	anew    map[shard.Partition]bool
	// ordered says that the log up to where the rebuild began has been put into the order of events.
	ordered bool
	// linksSent counts the messages of links that the round in hand has sent. linksTo is how far customer.links.v1 must be read before the
	// switch; nil while nothing has been sent.
	linksSent atomic.Int64
	linksTo   shard.Marks
	records   int64
	paused    time.Duration
}

// stage is the stage of a rebuild. Two goroutines use it.
type stage struct{ now atomic.Value }

func (s *stage) set(to redis.Stage) { s.now.Store(to) }
func (s *stage) get() redis.Stage   { return s.now.Load().(redis.Stage) }

// prepare decides on the layout, and removes what an earlier rebuild has left of another layout.
func (b *rebuild) prepare(ctx context.Context) error {
	partitions, err := b.cfg.Cluster.Partitions(ctx)
	if err != nil {
		return err
	}
	store, err := redis.New(b.cfg.Redis, b.cfg.Prefix, shard.Layout{})
	if err != nil {
		return err
	}
	there, ok, err := store.Rebuild(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("there is no data to rebuild: the first `tidemark run` makes it from the log")
	}
	if there.Stage != "" {
		if err := store.GiveUpRebuild(ctx, b.owner); err != nil {
			return err
		}
		if there, _, err = store.Rebuild(ctx); err != nil {
			return err
		}
	}
	if b.old, err = b.dataOf(there.Layout, partitions, there.GivenUp); err != nil {
		return err
	}
	last, err := b.lastEdition(ctx)
	if err != nil {
		return err
	}
	layout, err := b.layout(there.Layout, max(last, there.GivenUp), partitions)
	if err != nil {
		return err
	}
	if b.next, err = b.dataOf(layout, partitions, there.GivenUp); err != nil {
		return err
	}
	if there.Next.Shards != 0 && (there.Next != layout || !b.cfg.LogOrder) && there.Next.Edition > there.Layout.Edition {
		if err := b.clear(ctx, there.Next); err != nil {
			return err
		}
	}
	b.models = &models{log: b.cfg.Log, data: func() *data { return b.next }, incidents: b.incidents, forget: b.cfg.ForgetProspects}
	if err := b.models.load(ctx); err != nil {
		return err
	}
	b.log = b.cfg.Cluster.NewLog()
	if err := b.recognize(ctx); err != nil {
		return err
	}
	b.publisher, err = b.cfg.Cluster.NewLanePublisher(func() shard.Partitioner { return b.next.layout.Partitioner })
	return err
}

// lastEdition is the highest edition that has ever stopped a shard of the edition in force. Where tm:meta was lost, only the heads know of it,
// and the shards of that edition may still be there: their marks would say that another edition of the same number had read the log.
func (b *rebuild) lastEdition(ctx context.Context) (last int, err error) {
	audits, err := b.old.store.Audit(ctx, b.old.layout.Numbers())
	for _, a := range audits {
		last = max(last, a.Meta.Moved)
	}
	return last, err
}

// layout is that of the new edition. last is the highest edition that has been tried.
func (b *rebuild) layout(l shard.Layout, last, partitions int) (shard.Layout, error) {
	l.Edition = max(l.Edition, last) + 1
	if b.cfg.LogOrder {
		l.Edition++ // never the edition that an interrupted rebuild has filled in another order: its marks say nothing of this one
	}
	if b.cfg.Partitioner != "" {
		l.Partitioner = b.cfg.Partitioner
	}
	if b.cfg.Zone != "" {
		l.Zone = b.cfg.Zone
	}
	if _, err := Calendar(l.Zone); err != nil {
		return l, err
	}
	switch {
	case b.cfg.Shards != 0:
		l.Shards = b.cfg.Shards
	case l.Check(partitions) != nil:
		l.Shards = shard.DefaultShards(partitions)
	}
	return l, l.Check(partitions)
}

func (b *rebuild) dataOf(l shard.Layout, partitions, givenUp int) (*data, error) {
	store, err := redis.New(b.cfg.Redis, b.cfg.Prefix, l)
	return &data{store, l, partitions, givenUp}, err
}

// clear removes the shards of a rebuild that was not finished.
func (b *rebuild) clear(ctx context.Context, l shard.Layout) error {
	d, err := b.dataOf(l, 1, 0)
	if err != nil {
		return err
	}
	return d.store.Clear(ctx, d.layout.Numbers())
}

func (b *rebuild) claim(ctx context.Context, s redis.Stage) error {
	b.stage.set(s)
	return b.old.store.ClaimRebuild(ctx, b.owner, b.next.layout, s, rebuildLease)
}

// renew renews the lease until ctx ends. When the lease is lost, it ends ctx.
func (b *rebuild) renew(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(rebuildLease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := b.old.store.ClaimRebuild(ctx, b.owner, b.next.layout, b.stage.get(), rebuildLease)
		if errors.Is(err, redis.ErrRebuildGone) || errors.Is(err, redis.ErrRebuildBusy) {
			cancel(err)
			return
		}
		if err != nil && ctx.Err() == nil {
			b.cfg.Log.Warn("renew the lease of the rebuild: trying again", zap.Error(err))
		}
	}
}

// giveUp leaves the edition in force to serve on, and removes what the rebuild has filled: no erasure reaches it, so customers who are erased
// later would live on in it. A rebuild in the order of the log leaves its shards to the one that goes on with them.
func (b *rebuild) giveUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rebuildLease)
	defer cancel()
	removed := b.removeUnfinished(ctx)
	if removed != nil {
		removed = fmt.Errorf("what the rebuild has filled could not be removed: the next rebuild removes it: %w", removed)
	}
	err := b.old.store.GiveUpRebuild(ctx, b.owner)
	if errors.Is(err, redis.ErrRebuildBusy) {
		err = nil // the rebuild is another owner's now
	}
	return errors.Join(removed, err)
}

// removeUnfinished removes the new shards, unless they are another owner's or in force by now. While the lease runs, nobody else fills
// or switches.
func (b *rebuild) removeUnfinished(ctx context.Context) error {
	if b.cfg.LogOrder {
		return nil
	}
	err := b.claim(ctx, b.stage.get())
	if errors.Is(err, redis.ErrRebuildGone) || errors.Is(err, redis.ErrRebuildBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	there, _, err := b.old.store.Rebuild(ctx)
	if err != nil || there.Layout != b.old.layout {
		return err
	}
	return b.clear(ctx, b.next.layout)
}

func (b *rebuild) retire(ctx context.Context) error {
	if err := b.old.store.Retire(context.WithoutCancel(ctx), b.old.layout.Numbers()); err != nil {
		return fmt.Errorf("the new edition serves, but the old one could not be removed: %w", err)
	}
	return nil
}

func (b *rebuild) tell(p RebuildProgress) {
	if b.cfg.Progress != nil {
		b.cfg.Progress(p)
	}
}
