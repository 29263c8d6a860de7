package pipeline

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// published is an output beside what it says.
type published struct {
	shard       *state
	output      shard.Output
	kind, cause string
	muted       bool
}

func (p published) label() string {
	if p.muted {
		return "false"
	}
	return "true"
}

// announce encodes a transition of an age.
func (l *Lane) announce(t score.Transition, age time.Duration) (published, error) {
	o, err := l.cfg.Codec.Encode(t)
	if err != nil {
		return published{}, fmt.Errorf("encode a transition: %w", err)
	}
	o.Headers = append(o.Headers, backfill(l.cfg.Clock, age))
	return published{output: o, kind: kindOf(t), cause: t.Common().Cause.String()}, nil
}

// publish writes out what has been committed since the last time.
func (l *Lane) publish(ctx context.Context) error {
	if len(l.outputs) == 0 {
		return nil
	}
	outputs := make([]shard.Output, len(l.outputs))
	for i, o := range l.outputs {
		outputs[i] = o.output
	}
	if err := l.send(ctx, outputs); err != nil {
		return err
	}
	for _, o := range l.outputs {
		o.shard.published += o.shard.pending
		o.shard.pending = 0
	}
	l.spoken, l.outputs = append(l.spoken, l.outputs...), nil
	l.metrics.outbox.WithLabelValues(l.label()).Set(0)
	return nil
}

// publishLeftovers publishes what a shard's outbox holds when the lane first reads it, or finds that another has written
// to it. The outbox is read after the token: if it changes in between, the next commit conflicts.
func (l *Lane) publishLeftovers(ctx context.Context, s *state) error {
	if s.counts.Outbox <= 1 { // the sentinel
		return nil
	}
	var left []shard.Output
	err := l.retry(ctx, "outbox", func() (err error) {
		left, err = l.cfg.Store.Outbox(ctx, s.number)
		return err
	})
	if err != nil {
		return err
	}
	if err := l.send(ctx, left); err != nil {
		return err
	}
	for _, o := range left {
		l.touch(s, string(o.Key))
	}
	s.waiting = len(left)
	return nil
}

// confirm notes that what has been published may leave the outbox: its customers have been projected, or will be with the
// events that are behind it, which come again if this lane does not get that far. Behind leftovers it waits for these.
func (l *Lane) confirm() {
	for _, o := range l.spoken {
		s := o.shard
		if s.waiting+s.showing > 0 {
			s.waiting += s.published
		} else {
			s.confirmed += s.published
		}
		s.published = 0
	}
	l.spoken = nil
}

// confirmShown notes that the leftovers may go that had been published when the turn began that has just ended: until their
// customers were projected, the outbox told a successor who was to be.
func (l *Lane) confirmShown() {
	for _, s := range l.states {
		s.confirmed += s.showing
		s.showing = 0
	}
}

func (l *Lane) send(ctx context.Context, outputs []shard.Output) error {
	if len(outputs) == 0 {
		return nil
	}
	return l.retry(ctx, "publish", func() error { return l.cfg.Publisher.Publish(ctx, outputs) })
}

// trim takes confirmed entries off the outboxes of shards that have had no commit of their own since the last checkpoint.
func (l *Lane) trim(ctx context.Context, all bool) error {
	var works []*work
	for _, s := range l.states {
		if s.held && s.confirmed > 0 && (all || !s.active) {
			works = append(works, &work{shard: s, parts: []*part{{commit: shard.Commit{Shard: s.number}}}})
		}
		s.active = false
	}
	// A conflict is no matter: who came in between has read, and published, the outbox.
	_, err := l.commit(ctx, works)
	return err
}
