package service_test

import (
	"context"
	"maps"
	"sync"

	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

// blind is a store that hides losses from its lanes: it never returns a mark lower than one it returned before.
type blind struct {
	pipeline.Store

	mu   sync.Mutex
	seen map[int]shard.Marks
}

// Metas hides losses.
func (b *blind) Metas(ctx context.Context, shards []int) ([]shard.Meta, error) {
	metas, err := b.Store.Metas(ctx, shards)
	for i := range metas {
		b.cover(shards[i], &metas[i])
	}
	return metas, err
}

// Load hides losses.
func (b *blind) Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error) {
	loaded, err := b.Store.Load(ctx, queries)
	for i := range loaded {
		b.cover(queries[i].Shard, &loaded[i].Meta)
	}
	return loaded, err
}

// Mark moves marks from their real offsets, and hides losses.
func (b *blind) Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	shards := make([]int, len(markers))
	for i, m := range markers {
		shards[i] = m.Shard
	}
	metas, err := b.Store.Metas(ctx, shards)
	if err != nil {
		return nil, err
	}
	for i := range markers {
		markers[i].Acked = metas[i].Marks
	}
	if metas, err = b.Store.Mark(ctx, markers); err != nil {
		return nil, err
	}
	for i := range metas {
		b.cover(markers[i].Shard, &metas[i])
	}
	return metas, nil
}

// Commit records the marks of acknowledged commits.
func (b *blind) Commit(ctx context.Context, commits []shard.Commit) []error {
	errs := b.Store.Commit(ctx, commits)
	for i, err := range errs {
		if err == nil {
			b.note(commits[i].Shard, commits[i].Marks)
		}
	}
	return errs
}

// cover raises the marks of a head to the highest marks that were ever recorded.
func (b *blind) cover(n int, m *shard.Meta) {
	m.Marks = b.note(n, m.Marks)
}

// note records marks, and returns the highest ones so far.
func (b *blind) note(n int, marks shard.Marks) shard.Marks {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen[n] == nil {
		b.seen[n] = shard.Marks{}
	}
	for p, mark := range marks {
		b.seen[n][p] = max(b.seen[n][p], mark)
	}
	return maps.Clone(b.seen[n])
}
