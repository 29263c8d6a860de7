// Package storetest tests that a store of shards keeps the promises of pipeline.Store. Every kind of store runs the same tests: the
// pipeline's fake, miniredis, Redis and Redis Cluster.
package storetest

import (
	"context"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Store has the methods of pipeline.Store that the tests need. The comments of pipeline.Store say what the methods promise.
type Store interface {
	Audit(ctx context.Context, shards []int) ([]shard.Audit, error)
	Metas(ctx context.Context, shards []int) ([]shard.Meta, error)
	Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error)
	Commit(ctx context.Context, commits []shard.Commit) []error
	Drop(ctx context.Context, shards []int) error
	Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error)
	Due(ctx context.Context, shard, limit int) ([]shard.Due, error)
	Outbox(ctx context.Context, shard int) (shard.Outbox, error)
	Scan(ctx context.Context, shard int, cursor uint64, count int) (profiles [][]byte, next uint64, err error)
	Project(ctx context.Context, views []shard.View) error
	Origins(ctx context.Context, partitions []shard.Partition) (map[shard.Partition]shard.Origin, error)
	Remember(ctx context.Context, origins map[shard.Partition]shard.Origin) error
	Tell(ctx context.Context, index int, r *shard.Reading) (map[int]shard.Reading, event.Instant, error)
}

// Breakable is a Store that tests can damage from outside, as a failover or an operator would. Only a
// Breakable runs the tests of damage.
type Breakable interface {
	Store
	// LoseProfile and LoseDue remove a customer's entry. LoseOutput removes the newest entry of the
	// outbox. The head stays as it is.
	LoseProfile(t *testing.T, shard int, customer string)
	LoseDue(t *testing.T, shard int, customer string)
	LoseOutput(t *testing.T, shard int)
	// LoseTombstones removes all tombstones of a shard.
	LoseTombstones(t *testing.T, shard int)
	// LoseShard removes the shard with its head, as if the server came back empty.
	LoseShard(t *testing.T, shard int)
	// Spoil makes one key of a shard (profiles, due, outbox, census or erased) refuse writes until mend is called.
	Spoil(t *testing.T, shard int, key string) (mend func())
}

// Viewer is a Store whose public scores can be read back.
type Viewer interface {
	Store
	Score(ctx context.Context, customer string) (map[string]string, error)
	Detail(ctx context.Context, customer string) ([]byte, error)
}

// Counter is a Store whose census can be read back.
type Counter interface {
	Store
	Census(ctx context.Context, shards []int) ([]map[string]int64, error)
}

// Lister is a Store whose lists can be read back.
type Lister interface {
	Store
	Listed(ctx context.Context, shard int, list shard.List, from, limit int) ([]shard.Listed, error)
}

// layout is the layout of every store that the tests open.
var layout = shard.Layout{Shards: 8, Partitioner: shard.Murmur2, Zone: "UTC", Base: "EUR"}

// Run runs all tests on one kind of store. Each call of open must return a new, empty store.
func Run(t *testing.T, open func(t *testing.T, layout shard.Layout) Store) {
	promises := []struct {
		name string
		test func(t *testing.T, s harness)
	}{
		{"a shard begins with its first commit", testCreate},
		{"a commit updates what it names and keeps the rest", testUpdate},
		{"a commit forgets customers with all that was theirs", testForget},
		{"a tombstone outlives its shard, and the later one stays", testErased},
		{"a tombstone keeps the instant at which links are cut", testCut},
		{"tombstones are told to those who have no profile", testErasedLoad},
		{"a commit blanks outputs, and the outbox keeps its length", testBlanked},
		{"thousands are erased at once", testErasedLarge},
		{"a try again with the same token is done, not repeated", testRetry},
		{"a commit that read another state is a conflict", testConflict},
		{"of concurrent commits exactly one wins", testConcurrent},
		{"each commit of a call has its own result", testResults},
		{"a commit that cannot be is refused and writes nothing", testRefused},
		{"a commit holds thousands of customers", testLarge},
		{"any customer id and any bytes come back as they were", testBytes},
		{"memory is not shared with the caller", testMemory},
		{"lists follow every commit, the highest rank first", testLists},
		{"marks are set by commits and kept", testMarks},
		{"a commit sets no mark back, unless it says so", testMarksRise},
		{"markers move only marks that stand where they were seen", testMarkers},
		{"a marker creates no shard", testMarkerCreates},
		{"due reviews come in order of time and customer", testDue},
		{"the outbox keeps its order and gives up what is confirmed", testOutbox},
		{"a scan meets every profile", testScan},
		{"shards do not mix", testShards},
		{"a shard that is not there is empty", testAbsent},
		{"no such shard is an error", testOutOfRange},
		{"a shard that was dropped is gone, and can begin again", testDrop},
		{"counts follow every commit", testCounts},
		{"views can be projected again and again", testViews},
		{"lanes tell each other how far they have read", testLanes},
		{"the first records of the logs are remembered until others take their place", testOrigins},
	}
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) { p.test(t, harness{t, open(t, layout)}) })
	}

	if _, ok := open(t, layout).(Breakable); !ok {
		return
	}
	damages := []struct {
		name string
		test func(t *testing.T, s harness, b Breakable)
	}{
		{"an audit shows what was lost", testLoss},
		{"a refused commit writes nothing", testSpoiled},
		{"a shard that was lost can begin again", testLostShard},
		{"an audit shows lost tombstones", testLostTombstones},
		{"a refused erasure writes nothing", testSpoiledTombstones},
	}
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			s := harness{t, open(t, layout)}
			d.test(t, s, s.Store.(Breakable))
		})
	}
}
