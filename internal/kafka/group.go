package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
)

// Group is our membership in the consumer group.
//
//	Run ── awaitTopics ──> ConsumerGroup (library: join, sync, heartbeats)
//	 │                          │ Next
//	 └── one at a time ── Generation ─┬─> handler (the lanes) ─┬─ one returns ──> the generation ends, join again
//	                                  └─> watch (new partitions)
type Group struct {
	cluster *Cluster
	notice  func(error)
	joined  atomic.Bool
	// assigned is the partition count that this member has given out as the leader of the group, since the last generation; 0 if it is no leader.
	assigned atomic.Int64
	// counted is what the present generation has last seen of the number of partitions; nil for nothing yet.
	counted atomic.Pointer[count]
}

// count is the number of partitions of each input topic, as an answer told it to a question that was asked at an instant.
type count struct {
	partitions int
	asked      event.Instant
}

// leaveTimeout bounds how long leaving the group may take. After it the connections are cut, and the group misses the member
// after SessionTimeout.
const leaveTimeout = 3 * time.Second

// NewGroup returns a membership in the cluster's configured group. notice is called with every error that Run tries again after.
// notice may be nil; it must not block.
func (c *Cluster) NewGroup(notice func(error)) *Group {
	if notice == nil {
		notice = func(error) {}
	}
	return &Group{cluster: c, notice: notice}
}

// Joined reports whether a generation is being handled now.
func (g *Group) Joined() bool { return g.joined.Load() }

// Run joins the group and calls handle once per generation, one at a time, until ctx ends. Then it leaves the group and returns
// nil. A generation may own no partitions. Run waits for handle to return before it does anything else, and the group waits for
// Run, at most the rebalance timeout.
//
// handle's ctx ends with ctx or with the generation. What handle returns decides:
//   - nil during the generation: Run returns nil
//   - nil, the context's error or ErrGenerationEnded after the end of the generation: join again
//   - an error marked Retryable: join again after a pause
//   - any other error: Run returns it
//
// If brokers are down or topics are missing, Run waits. It also waits while the input topics have unequal partition counts because some
// of them grow; at the beginning unequal counts are an error, as are group settings that the brokers do not accept.
func (g *Group) Run(ctx context.Context, handle func(ctx context.Context, gen *Generation) error) error {
	if ready, err := g.awaitTopics(ctx); !ready {
		return err
	}
	network := g.cluster.network.within()
	members, err := kafkago.NewConsumerGroup(g.settings(network))
	if err != nil {
		return fmt.Errorf("join group %s: %w", g.cluster.config.Group, err)
	}
	defer leave(members, network)

	for ctx.Err() == nil {
		next, err := members.Next(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			err = fmt.Errorf("join group %s: %w", g.cluster.config.Group, g.cluster.unreachable(err))
			if errors.Is(err, kafkago.InvalidSessionTimeout) || errors.Is(err, kafkago.InvalidGroupId) {
				return err
			}
			g.notice(err) // the library pauses for Rejoin by itself
			continue
		}
		done, err := g.serve(ctx, next, handle)
		if done || err != nil && !isRetryable(err) {
			return err
		}
		if err != nil {
			g.notice(err)
			_ = pause(ctx, g.cluster.config.Rejoin)
		}
	}
	return nil
}

// serve calls handle for one generation and waits for it. done is true if handle returned before the generation ended.
func (g *Group) serve(ctx context.Context, next *kafkago.Generation, handle func(context.Context, *Generation) error) (done bool, err error) {
	g.counted.Store(nil)
	var running sync.WaitGroup
	running.Add(2)
	var parted error
	// The function that returns first ends the generation, and so the other function.
	next.Start(func(life context.Context) {
		defer running.Done()
		parted = g.watch(life)
	})
	next.Start(func(life context.Context) {
		defer running.Done()
		done, err = g.live(ctx, life, next, handle)
	})
	running.Wait()
	if err == nil {
		err = parted
	}
	return done, err
}

// watch returns when the partition count has changed: for the leader since the assignment, for another member since the first look. Its
// error, which is Retryable, says that the topics have unequal counts. The watch of the library would compare with what it finds after the
// join, not with the state of the join. It would also create topics that somebody has deleted.
//
// The lanes' watermark goes no further than the last look: what a new partition holds is not read yet. So a look also follows at once.
func (g *Group) watch(life context.Context) error {
	ticker := time.NewTicker(g.cluster.config.WatchInterval)
	defer ticker.Stop()
	before := g.assigned.Swap(0)
	for {
		asked := g.cluster.config.Now()
		n, err := g.cluster.Partitions(life)
		if errors.Is(err, ErrUnequalPartitions) { // topics grow one after another: until all have, some events of a customer are read by nobody
			return Retryable(err)
		}
		switch {
		case err != nil: // it meets the fetches as well
		case before != 0 && before != int64(n):
			return nil
		default:
			before = int64(n)
			g.counted.Store(&count{n, asked})
		}
		select {
		case <-life.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (g *Group) live(ctx, life context.Context, next *kafkago.Generation, handle func(context.Context, *Generation) error) (done bool, err error) {
	gen, err := newGeneration(life, g.cluster, next)
	if err != nil {
		return false, err
	}
	defer gen.log.Close()
	gen.counted = &g.counted

	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(life, func() { cancel(ErrGenerationEnded) })
	defer stop()

	g.joined.Store(true)
	err = handle(both, gen)
	g.joined.Store(false)

	ended := both.Err() != nil
	if errors.Is(err, ErrGenerationEnded) || ended && errors.Is(err, context.Canceled) {
		return false, nil
	}
	return err == nil && !ended, err
}

// awaitTopics waits until all input topics exist, with equal partition counts. ready is false with an error that waiting does not
// mend, or without an error if ctx has ended.
func (g *Group) awaitTopics(ctx context.Context) (ready bool, err error) {
	for ctx.Err() == nil {
		_, err := g.cluster.Partitions(ctx)
		if err == nil {
			return true, nil
		}
		if errors.Is(err, ErrUnequalPartitions) {
			return false, err
		}
		if ctx.Err() == nil {
			g.notice(err)
			_ = pause(ctx, g.cluster.config.Rejoin)
		}
	}
	return false, nil
}

func (g *Group) settings(network *network) kafkago.ConsumerGroupConfig {
	c := g.cluster.config
	return kafkago.ConsumerGroupConfig{
		ID:                c.Group,
		Brokers:           c.Brokers,
		Dialer:            g.cluster.dialerOn(network),
		Topics:            inputNames(),
		GroupBalancers:    []kafkago.GroupBalancer{copartitioned{func(n int) { g.assigned.Store(int64(n)) }}},
		HeartbeatInterval: c.Heartbeat,
		SessionTimeout:    c.SessionTimeout,
		RebalanceTimeout:  c.RebalanceTimeout,
		JoinGroupBackoff:  c.Rejoin,
		StartOffset:       kafkago.FirstOffset,
		Timeout:           min(c.RequestTimeout, c.SessionTimeout/2), // a heartbeat that hangs must not cost the session
	}
}

// leave leaves the group. The Close of the library waits for its call under way, which may be a join of RebalanceTimeout. So
// leave cuts the connections after leaveTimeout.
func leave(members *kafkago.ConsumerGroup, network *network) {
	impatience := time.AfterFunc(leaveTimeout, network.sever)
	defer impatience.Stop()
	_ = members.Close() // always nil
	network.sever()
}
