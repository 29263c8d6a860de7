package pipeline

import (
	"context"

	"tidemark/internal/shard"
)

func (m *memory) Origins(_ context.Context, partitions []shard.Partition) (map[shard.Partition]shard.Origin, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	origins := map[shard.Partition]shard.Origin{}
	for _, p := range partitions {
		if o, ok := m.origins[p]; ok {
			origins[p] = o
		}
	}
	return origins, nil
}

func (m *memory) Remember(_ context.Context, origins map[shard.Partition]shard.Origin) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p, o := range origins {
		m.origins[p] = o
		if o == (shard.Origin{}) {
			delete(m.origins, p)
		}
	}
	return nil
}
