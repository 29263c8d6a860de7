package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// announcement is a transition on its way out: the message, and what metrics say of it.
type announcement struct {
	state       *state
	output      shard.Output
	kind, cause string
	// ofLinks says that the output is no transition, but what one merged id tells another.
	ofLinks bool
	// muted says that the transition is recorded, but not published: it is too old, or an alert of the control group, or goes on with an
	// episode that was not published. control says that it is an alert of the control group that the model keeps back.
	muted, control bool
}

// published is the value of the metric label of that name.
func (a announcement) published() string {
	switch {
	case a.muted && a.control:
		return "control"
	case a.muted:
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
	if ends(t) {
		o.Headers = append(o.Headers, endHeader)
	}
	return announcement{output: o, kind: kindOf(t), cause: t.Common().Cause.String(), control: t.Common().Unannounced}, nil
}

// publish writes out what has been committed since the last time.
func (s *session) publish(ctx context.Context) error {
	if len(s.unpublished) == 0 {
		return nil
	}
	outputs := make([]shard.Output, 0, len(s.unpublished))
	for _, a := range s.unpublished {
		if !a.output.Blank() {
			outputs = append(outputs, a.output)
		}
	}
	if err := s.outlet.send(ctx, outputs); err != nil {
		return err
	}
	s.noteLinks(outputs)
	for _, a := range s.unpublished {
		a.state.outbox.send()
	}
	s.announced, s.unpublished = append(s.announced, s.unpublished...), nil
	s.metrics.outbox.WithLabelValues(s.label()).Set(0)
	return nil
}

// publishLeftovers publishes what the outbox of an own shard holds and the session has not published yet: when the session first reads the
// shard, or when another lane has written to it. If the token beside the outbox is not the token of the head, another commit came in
// between, or another master answered: then the state is forgotten, and read again.
func (s *session) publishLeftovers(ctx context.Context, st *state) error {
	if !st.own {
		return nil
	}
	if st.counts.Outbox <= 1 { // the sentinel
		st.sent = nil
		return nil
	}
	var left shard.Outbox
	err := s.retry(ctx, "outbox", func() (err error) {
		left, err = s.queues.Outbox(ctx, st.number)
		return err
	})
	if err != nil {
		return err
	}
	if left.Token != st.token {
		st.forget()
		return nil
	}
	ids := make([]string, len(left.Outputs))
	var unsent []shard.Output
	for i, o := range left.Outputs {
		ids[i] = o.ID
		if o.Blank() {
			continue
		}
		if _, ok := st.sent[o.ID]; !ok {
			unsent = append(unsent, o)
		}
		if o.Topic != schemas.Links { // whose key is the receiver, of whatever shard: nothing of the sender's view follows from it
			s.display.markDirty(st, string(o.Key))
		}
	}
	if len(unsent) > 0 && len(s.unpublished) == 0 {
		s.metrics.outbox.WithLabelValues(s.label()).Set(float64(time.Now().Unix()))
	}
	if err := s.outlet.send(ctx, unsent); err != nil {
		return err
	}
	s.noteLinks(unsent)
	st.outbox, st.sent = leftovers(ids), nil
	s.dropPublished(st)
	return nil
}

// linksAmong reports whether any output is a message of links.
func linksAmong(outputs []shard.Output) bool {
	return slices.ContainsFunc(outputs, func(o shard.Output) bool { return o.Topic == schemas.Links })
}

// dropPublished takes the announcements of a shard off the list of what is still to be published: publishLeftovers has just published
// its whole outbox.
func (s *session) dropPublished(st *state) {
	s.unpublished = slices.DeleteFunc(s.unpublished, func(a announcement) bool {
		if a.state == st {
			s.announced = append(s.announced, a)
		}
		return a.state == st
	})
	if len(s.unpublished) == 0 {
		s.metrics.outbox.WithLabelValues(s.label()).Set(0)
	}
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
	// After a conflict the shard is read again: by the next batch, by the marks of this checkpoint, or by clearOutboxes. Another owner has
	// published the outbox; what a lane that does not own the shard has appended is published then.
	_, err := s.commit(ctx, works)
	return err
}

// outlet writes messages to their topics.
type outlet struct {
	*base
	publisher Publisher
}

// send returns when all outputs are acknowledged. After an error that says which outputs have failed, it sends only these again.
func (o outlet) send(ctx context.Context, outputs []shard.Output) error {
	if len(outputs) == 0 {
		return nil
	}
	return o.retry(ctx, "publish", func() error {
		err := o.publisher.Publish(ctx, outputs)
		if failed, ok := errors.AsType[*shard.UnsentError](err); ok {
			left := make([]shard.Output, len(failed.Unsent))
			for i, n := range failed.Unsent {
				left[i] = outputs[n]
			}
			outputs = left
		}
		return err
	})
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
