package pipeline

import (
	"context"
	"maps"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func (m *memory) Tell(_ context.Context, index int, r *shard.Reading) (map[int]shard.Reading, event.Instant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r != nil {
		m.lanes[index] = *r
	}
	return maps.Clone(m.lanes), event.InstantOf(time.Now().Add(m.clock)), nil
}

// setClock puts the store's clock ahead of the clock of the bubble.
func (m *memory) setClock(ahead time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock = ahead
}

func (s fusedStore) Tell(ctx context.Context, index int, r *shard.Reading) (all map[int]shard.Reading, now event.Instant, err error) {
	err = s.f.around("lanes", func() (err error) { all, now, err = s.m.Tell(ctx, index, r); return err })
	return all, now, err
}
