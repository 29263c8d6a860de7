package service_test

import (
	"context"
	"sync/atomic"
	"testing"

	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/service/servicetest"
)

// A member joins the group, and leaves it, while the lanes of a service drain because the group has caught up. The new generation ends the
// old one before the last checkpoint has trimmed the outboxes. The service stays for the next generation, and ends only after a last checkpoint.
func TestGenerationEndsWhileDraining(t *testing.T) {
	s := servicetest.Start(t, 2)
	s.Send(t, smallLog(t))
	loading := usual()
	loading.asOf, loading.untilCaughtUp = instant(t, "2026-03-10"), true
	guest := make(chan error, 1)
	visit, depart := context.WithCancel(t.Context())
	defer depart()
	var m atomic.Pointer[member]
	var visited atomic.Bool
	loading.between = func(store pipeline.Store) pipeline.Store {
		return &holding{Store: store, hold: func(ctx context.Context) {
			if m.Load() == nil || len(m.Load().notices("the group has caught up")) == 0 || !visited.CompareAndSwap(false, true) {
				return
			}
			go func() {
				guest <- s.Cluster(t).NewGroup(nil).Run(visit, func(ctx context.Context, _ *kafka.Generation) error {
					<-ctx.Done()
					return context.Cause(ctx)
				})
			}()
			<-ctx.Done() // the guest has joined: the service's generation is over
			depart()
		}}
	}
	service := start(t, "the service", s, loading)
	m.Store(service)
	<-service.done
	if service.err != nil {
		t.Fatal(service.err)
	}
	if !visited.Load() {
		t.Fatal("no generation ended while the lanes drained: the test shows nothing")
	}
	if err := <-guest; err != nil {
		t.Errorf("the guest: want no error, got %v", err)
	}
	if got := len(service.notices("the group has caught up")); got < 2 {
		t.Errorf("times that the group has caught up: want 2 at least, got %d", got)
	}
	s.OutboxesAreEmpty(t)
}

// holding is a store whose census, which the last checkpoint always asks for before it trims the outboxes, waits for hold.
type holding struct {
	pipeline.Store
	hold func(context.Context)
}

func (h *holding) Census(ctx context.Context, shards []int) ([]map[string]int64, error) {
	h.hold(ctx)
	return h.Store.Census(ctx, shards)
}
