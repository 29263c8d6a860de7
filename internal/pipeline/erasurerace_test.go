package pipeline

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// eraseElsewhere erases a customer as a lane does that is not of this test: profile and due time go, and a tombstone comes.
func (m *memory) eraseElsewhere(t *testing.T, n int, customer string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.commit(shard.Commit{
		Shard: n, Read: m.shards[n].meta.Token, Token: shard.Token("erased " + customer), Forgotten: []string{customer},
		Erased: []shard.Tombstone{{Customer: customer, At: event.InstantOf(time.Now())}},
	})
	if err != nil {
		t.Errorf("erase %s elsewhere: %v", customer, err)
	}
}

// erasedMeanwhile is a store whose due times are out of date once: another lane erases a customer as soon as a review is due.
type erasedMeanwhile struct {
	Store
	erase func()
	done  *bool
}

func (s erasedMeanwhile) Due(ctx context.Context, n, limit int) ([]shard.Due, error) {
	due, err := s.Store.Due(ctx, n, limit)
	if err == nil && !*s.done && len(due) > 0 && due[0].At <= event.InstantOf(time.Now()) {
		*s.done = true
		s.erase()
	}
	return due, err
}

// TestErasedBeforeTheirReview: another lane erases a customer after this lane has read that a review of the customer is due. The lane goes on,
// and reviews the others.
func TestErasedBeforeTheirReview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 1)
		done := false
		w.adjust = func(c *Config) {
			c.Store = erasedMeanwhile{c.Store, func() { w.store.eraseElsewhere(t, 0, "ann") }, &done}
		}
		for _, customer := range []string{"ann", "bob"} {
			w.send(event.Purchases, message{ID: customer, Customer: customer, Occurred: ago(10*day - 20*time.Second), Amount: 500})
		}
		lane := w.start(0, nil)
		lane.rest(t)
		pass(time.Minute)
		finish(t, lane)
		if !done {
			t.Fatal("nobody was erased")
		}
		alerts := map[string]int{}
		for _, o := range w.wire.of(schemas.ChurnAlerts) {
			alerts[string(o.Key)]++
		}
		if alerts["ann"] != 0 || alerts["bob"] != 1 {
			t.Errorf("alerts: want one, of bob, got %v", alerts)
		}
		if s := w.store.shards[0]; len(s.due) != 1 || s.profiles["ann"] != nil {
			t.Errorf("want a due time of bob and no profile of ann, got due times %v", s.due)
		}
	})
}
