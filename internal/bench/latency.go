package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

const (
	// offerEvery is the time over which events are gathered before they are sent. It counts as latency.
	offerEvery = 20 * time.Millisecond
	// offersUnderWay bounds the batches that are not acknowledged yet. At the bound the bench sends events later than scheduled. The time
	// of an event is its scheduled time, so the delay counts as latency.
	offersUnderWay = 256
)

// stopwatch measures the time from the event that causes a transition until a consumer has the transition.
type stopwatch struct {
	mu     sync.Mutex
	since  event.Instant
	caused map[string]event.Instant
	took   []time.Duration
}

// note records a transition that an event caused. A transition of silence has no event to count from. One that is kept back from the control group
// reaches no consumer.
func (w *stopwatch) note(t score.Transition) {
	s := t.Common()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since != 0 && s.Cause == score.ByEvent && !s.Unannounced && s.AsOf >= w.since {
		w.caused[s.ID] = s.AsOf
	}
}

// start forgets all transitions, and records the transitions of events since an instant.
func (w *stopwatch) start(since event.Instant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since, w.caused, w.took = since, map[string]event.Instant{}, nil
}

// received records that a consumer has received the transition with an id.
func (w *stopwatch) received(id string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cause, ok := w.caused[id]; ok {
		w.took = append(w.took, at.Sub(cause.Time()))
		delete(w.caused, id) // a repetition does not count
	}
}

// latency measures in an open loop: it sends each event at its scheduled time, even if the service is late with earlier events. The
// latency runs from the scheduled time until a consumer of the output topics has the transition that the event causes.
func (b *bench) latency(ctx context.Context, ended <-chan error) error {
	perSecond := b.Rate
	if perSecond == 0 {
		perSecond = b.result.Scoring.PerSecond / 2
	}
	b.say("latency at %.0f events/s for %s", perSecond, b.LatencyFor)
	log := b.cluster.NewLog()
	defer log.Close()
	offers, began := b.offers(perSecond)
	b.stopwatch.start(event.InstantOf(began))
	listening, stop := context.WithCancel(ctx)
	defer stop()
	var consumers errgroup.Group
	for _, p := range b.outputPartitions() {
		_, end, err := log.Bounds(ctx, p)
		if err != nil {
			return err
		}
		consumers.Go(func() error { return b.listen(listening, log, p, end) })
	}
	if err := b.offer(ctx, offers); err != nil {
		return err
	}
	all := int64(b.Traffic.Events + len(offers))
	if _, err := b.await(ctx, ended, func(lanes []pipeline.Progress) bool { return applied(lanes) == all }); err != nil {
		return err
	}
	b.stopwatch.await(ctx)
	stop()
	if err := consumers.Wait(); err != nil {
		return err
	}
	b.result.Latency = b.stopwatch.result(perSecond, len(offers))
	return nil
}

// offers returns the messages of the open loop, and the time of the first one, which is in the future. The messages are made before the
// measurement, so that making them takes no CPU from the service.
func (b *bench) offers(perSecond float64) (offers []shard.Output, began time.Time) {
	const perMessage = 20 * time.Microsecond // more than it takes
	count := int(b.LatencyFor.Seconds() * perSecond)
	began = time.Now().Add(time.Second + time.Duration(count)*perMessage)
	config := b.Traffic
	config.Seed++
	source := config.Open()
	for n := range count {
		offers = append(offers, b.codec.EncodeEvent(source.Next(event.InstantOf(due(began, n, perSecond)))))
	}
	return offers, began
}

// due returns the scheduled time of the nth message.
func due(began time.Time, n int, perSecond float64) time.Time {
	return began.Add(time.Duration(float64(n) / perSecond * float64(time.Second)))
}

// offer publishes messages, each at its record time.
func (b *bench) offer(ctx context.Context, offers []shard.Output) error {
	tick := time.NewTicker(offerEvery)
	defer tick.Stop()
	together, within := errgroup.WithContext(ctx)
	together.SetLimit(offersUnderWay)
	for len(offers) > 0 {
		select {
		case <-within.Done():
			return errors.Join(context.Cause(within), together.Wait())
		case <-tick.C:
		}
		n := 0
		for n < len(offers) && !offers[n].Time.Time().After(time.Now()) {
			n++
		}
		if batch := offers[:n]; n > 0 {
			together.Go(func() error { return b.publisher.Publish(within, batch) })
		}
		offers = offers[n:]
	}
	return together.Wait()
}

// listen consumes a partition of an output topic until ctx ends.
func (b *bench) listen(ctx context.Context, log *kafka.Log, p shard.Partition, at int64) error {
	for {
		fetch, err := log.Fetch(ctx, p, at)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the fetch failed because ctx ended
		case err != nil:
			return err
		}
		now := time.Now()
		for _, r := range fetch.Records {
			for _, h := range r.Headers {
				if h.Key == "ce_id" {
					b.stopwatch.received(string(h.Value), now)
				}
			}
		}
		at = fetch.Next
	}
}

// applied counts the events that lanes have committed and published.
func applied(lanes []pipeline.Progress) (n int64) {
	for _, p := range lanes {
		for _, offset := range p.Applied {
			n += offset
		}
	}
	return n
}

// lastOutputWithin bounds the time from the acknowledgement of the last output until its consumer has it.
const lastOutputWithin = 5 * time.Second

// await waits until every recorded transition has been received, at most lastOutputWithin.
func (w *stopwatch) await(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastOutputWithin)
	defer cancel()
	tick := time.NewTicker(offerEvery)
	defer tick.Stop()
	for w.missing() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *stopwatch) missing() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.caused)
}

// result returns the latency of all received transitions.
func (w *stopwatch) result(perSecond float64, offered int) *Latency {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.took)
	at := func(share float64) float64 {
		if len(w.took) == 0 {
			return 0
		}
		return float64(w.took[min(len(w.took)-1, int(share*float64(len(w.took))))].Microseconds()) / 1000
	}
	return &Latency{PerSecond: perSecond, Events: offered, Outputs: len(w.took), Unseen: len(w.caused), P50: at(.5), P99: at(.99), Max: at(1)}
}
