package pipeline

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// announcement is a transition on its way out: the message, and what metrics say of it.
type announcement struct {
	state       *state
	output      shard.Output
	kind, cause string
	// muted says that the transition is recorded, but too old to be published.
	muted bool
}

// published is the value of the metric label of that name.
func (a announcement) published() string {
	if a.muted {
		return "false"
	}
	return "true"
}

// announcement encodes a transition that is so old at its commit.
func (s *session) announcement(t score.Transition, age time.Duration) (announcement, error) {
	o, err := s.codec.Encode(t)
	if err != nil {
		return announcement{}, fmt.Errorf("encode a transition: %w", err)
	}
	o.Headers = append(o.Headers, backfill(s.cfg.Clock, age))
	return announcement{output: o, kind: kindOf(t), cause: t.Common().Cause.String()}, nil
}

// publish writes out what has been committed since the last time.
func (s *session) publish(ctx context.Context) error {
	if len(s.unpublished) == 0 {
		return nil
	}
	outputs := make([]shard.Output, len(s.unpublished))
	for i, a := range s.unpublished {
		outputs[i] = a.output
	}
	if err := s.outlet.send(ctx, outputs); err != nil {
		return err
	}
	for _, a := range s.unpublished {
		a.state.outbox.send()
	}
	s.announced, s.unpublished = append(s.announced, s.unpublished...), nil
	s.metrics.outbox.WithLabelValues(s.label()).Set(0)
	return nil
}

// publishLeftovers publishes what a shard's outbox holds when the session first reads the shard, or when another owner has written to
// it. The outbox is read after the token: if the outbox changes in between, the next commit conflicts.
func (s *session) publishLeftovers(ctx context.Context, st *state) error {
	if st.counts.Outbox <= 1 { // the sentinel
		return nil
	}
	var left []shard.Output
	err := s.retry(ctx, "outbox", func() (err error) {
		left, err = s.queues.Outbox(ctx, st.number)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.outlet.send(ctx, left); err != nil {
		return err
	}
	for _, o := range left {
		s.display.markDirty(st, string(o.Key))
	}
	st.outbox = leftovers(len(left))
	return nil
}

// release ends the work that published announcements: see outbox.
func (s *session) release() {
	for _, a := range s.announced {
		a.state.outbox.release()
	}
	s.announced = nil
}

// trim removes removable entries from the outboxes of shards that have had no commit since the last checkpoint; all says from every
// shard.
func (s *session) trim(ctx context.Context, all bool) error {
	var works []*work
	for _, st := range s.states.all {
		if st.loaded && st.outbox.removable > 0 && (all || !st.active) {
			works = append(works, &work{state: st, parts: []*part{{commit: shard.Commit{Shard: st.number}}}})
		}
		st.active = false
	}
	// A conflict does not matter: the other owner has read and published the outbox.
	_, err := s.commit(ctx, works)
	return err
}

// outlet writes messages to their topics.
type outlet struct {
	*base
	publisher Publisher
}

// send returns when all outputs are acknowledged.
func (o outlet) send(ctx context.Context, outputs []shard.Output) error {
	if len(outputs) == 0 {
		return nil
	}
	return o.retry(ctx, "publish", func() error { return o.publisher.Publish(ctx, outputs) })
}

// backfillAfter is the age from which a transition is called a backfill.
const backfillAfter = time.Hour

// backfill is the header that tells subscribers whether to act at once.
func backfill(c Clock, age time.Duration) stream.Header {
	value := "false"
	if c == EventClock || age > backfillAfter {
		value = "true"
	}
	return stream.Header{Key: "backfill", Value: []byte(value)}
}

// ageOf is how long before the present an instant lies; zero where the present is unknown, or the instant still to come.
func ageOf(at, present event.Instant) time.Duration {
	if present == unknown || at >= present {
		return 0
	}
	return present.Sub(at)
}
