package pipeline

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// halfDeaf is a publisher that takes every second output of a call only, so often.
type halfDeaf struct {
	Publisher
	calls *int
}

func (h halfDeaf) Publish(ctx context.Context, outputs []shard.Output) error {
	if *h.calls--; *h.calls < 0 || len(outputs) < 2 {
		return h.Publisher.Publish(ctx, outputs)
	}
	var taken []shard.Output
	failed := &shard.UnsentError{Err: errors.New("refused")}
	for i, o := range outputs {
		if i%2 == 0 {
			taken = append(taken, o)
			continue
		}
		failed.Unsent = append(failed.Unsent, i)
	}
	if err := h.Publisher.Publish(ctx, taken); err != nil {
		return err
	}
	return failed
}

// TestOnlyTheUnsentAreSentAgain: transitions and dead letters that are acknowledged are not repeated for the sake of others.
func TestOnlyTheUnsentAreSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		calls := 20
		w.adjust = func(c *Config) { c.Publisher = halfDeaf{c.Publisher, &calls} }
		for n := range 60 {
			m := message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(time.Hour) + event.Instant(n), Amount: 400}
			if n%3 == 0 {
				m.Bad = "schema"
			}
			w.send(event.Purchases, m)
		}
		lane := w.start(0, nil)
		finish(t, lane)
		if w.wire.repeats != 0 {
			t.Errorf("outputs sent again though they were acknowledged: want none, got %d", w.wire.repeats)
		}
		w.check(event.InstantOf(time.Now()))
	})
}
