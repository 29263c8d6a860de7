package pipeline

import (
	"context"
	"errors"
	"sync"

	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// fuse kills a lane at one of its calls, before or after the effect of the call. From then on no call of the lane has an effect, as if its
// process were dead.
type fuse struct {
	at    int
	after bool
	kill  func()

	mu    sync.Mutex
	calls int
	dead  bool
	where string
	// fails is, by the name of a call, how many of the next calls return an error; if late, after their effect.
	fails map[string]int
	late  bool
}

var errDead = errors.New("the process is dead")

func (f *fuse) blown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}

func (f *fuse) around(name string, effect func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return errDead
	}
	f.calls++
	hit := f.calls == f.at
	blow := func() error {
		f.dead, f.where = true, name
		f.kill()
		return errDead
	}
	if hit && !f.after {
		return blow()
	}
	fail := f.fails[name] > 0
	if fail {
		f.fails[name]--
		if !f.late {
			return errors.New("out of order")
		}
	}
	err := effect()
	if hit {
		return blow()
	}
	if fail {
		return errors.New("the answer was lost")
	}
	return err
}

// read is a call that is not counted, because reading the log has no effect.
func (f *fuse) read() error {
	if f.blown() {
		return errDead
	}
	return nil
}

type fusedSource struct {
	*logs
	f *fuse
}

func (s fusedSource) Bounds(ctx context.Context, p shard.Partition) (first, end int64, err error) {
	if err := s.f.read(); err != nil {
		return 0, 0, err
	}
	return s.logs.Bounds(ctx, p)
}

func (s fusedSource) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	if err := s.f.read(); err != nil {
		return stream.Fetch{}, err
	}
	return s.logs.Fetch(ctx, p, offset)
}

func (s fusedSource) CommitOffsets(ctx context.Context, offsets map[shard.Partition]int64) error {
	return s.f.around("offsets", func() error { return s.logs.CommitOffsets(ctx, offsets) })
}

type fusedPublisher struct {
	*wire
	f *fuse
}

func (p fusedPublisher) Publish(ctx context.Context, outputs []shard.Output) error {
	return p.f.around("publish", func() error { return p.wire.Publish(ctx, outputs) })
}

type fusedStore struct {
	m *memory
	f *fuse
}

func (s fusedStore) Audit(ctx context.Context, shards []int) (a []shard.Audit, err error) {
	err = s.f.around("audit", func() (err error) { a, err = s.m.Audit(ctx, shards); return err })
	return a, err
}

func (s fusedStore) Metas(ctx context.Context, shards []int) (a []shard.Meta, err error) {
	err = s.f.around("metas", func() (err error) { a, err = s.m.Metas(ctx, shards); return err })
	return a, err
}

func (s fusedStore) Load(ctx context.Context, queries []shard.Query) (a []shard.Loaded, err error) {
	err = s.f.around("load", func() (err error) { a, err = s.m.Load(ctx, queries); return err })
	return a, err
}

// Commit counts every commit by itself: a crash may fall between two shards of one call.
func (s fusedStore) Commit(ctx context.Context, commits []shard.Commit) []error {
	errs := make([]error, len(commits))
	for i, c := range commits {
		errs[i] = s.f.around("commit", func() error { return s.m.Commit(ctx, []shard.Commit{c})[0] })
	}
	return errs
}

func (s fusedStore) Drop(ctx context.Context, shards []int) error {
	return s.f.around("drop", func() error { return s.m.Drop(ctx, shards) })
}

// Mark counts every marker by itself, as Commit does.
func (s fusedStore) Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	var all []shard.Meta
	for _, marker := range markers {
		err := s.f.around("mark", func() error {
			metas, err := s.m.Mark(ctx, []shard.Marker{marker})
			all = append(all, metas...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s fusedStore) Due(ctx context.Context, n, limit int) (a []shard.Due, err error) {
	err = s.f.around("due", func() (err error) { a, err = s.m.Due(ctx, n, limit); return err })
	return a, err
}

func (s fusedStore) Outbox(ctx context.Context, n int) (a shard.Outbox, err error) {
	err = s.f.around("outbox", func() (err error) { a, err = s.m.Outbox(ctx, n); return err })
	return a, err
}

func (s fusedStore) Scan(ctx context.Context, n int, cursor uint64, count int) (a [][]byte, next uint64, err error) {
	err = s.f.around("scan", func() (err error) { a, next, err = s.m.Scan(ctx, n, cursor, count); return err })
	return a, next, err
}

func (s fusedStore) Project(ctx context.Context, views []shard.View) error {
	return s.f.around("project", func() error { return s.m.Project(ctx, views) })
}

func (s fusedStore) Census(ctx context.Context, shards []int) (a []map[string]int64, err error) {
	err = s.f.around("census", func() (err error) { a, err = s.m.Census(ctx, shards); return err })
	return a, err
}

func (s fusedStore) ProjectPopulation(ctx context.Context, fields map[string]string) error {
	return s.f.around("population", func() error { return s.m.ProjectPopulation(ctx, fields) })
}

func (s fusedStore) Origins(ctx context.Context, partitions []shard.Partition) (a map[shard.Partition]shard.Origin, err error) {
	err = s.f.around("origins", func() (err error) { a, err = s.m.Origins(ctx, partitions); return err })
	return a, err
}

func (s fusedStore) Remember(ctx context.Context, origins map[shard.Partition]shard.Origin) error {
	return s.f.around("remember", func() error { return s.m.Remember(ctx, origins) })
}

// set makes the next n calls of a name fail.
func (f *fuse) set(name string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails[name] = n
}
