package release

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"tidemark/internal/avro"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

var update = flag.Bool("update", false, "write the files of the newest folder of testdata again")

// firstCommit is a store that carries out the first commits that change profiles, and then answers no commit any more: the process that
// uses the store might as well be gone. So the outputs of these commits stay in the outbox.
type firstCommit struct {
	pipeline.Store
	once sync.Once
	done chan struct{} // closed after these commits
}

func (s *firstCommit) Commit(ctx context.Context, commits []shard.Commit) []error {
	select {
	case <-s.done:
		<-ctx.Done()
	default:
	}
	errs := s.Store.Commit(ctx, commits)
	for _, c := range commits {
		if len(c.Updates) > 0 {
			s.once.Do(func() { close(s.done) })
			<-ctx.Done()
		}
	}
	return errs
}

// erasureKey is the key of the hashes of erased customers: that of a real store is random.
var erasureKey = strings.Repeat("0123456789abcdef", 4)

// written returns the keys that today's service writes when it applies the events before Cut.
func written(t *testing.T, r Release) Keys {
	t.Helper()
	s := servicetest.Start(t, 1)
	if err := s.Data.HSet(t.Context(), "tm:meta", "erasure_key", erasureKey).Err(); err != nil {
		t.Fatal(err)
	}
	events, before := r.Events(t)
	s.Send(t, events[:before])
	cluster, err := kafka.NewCluster(kafka.Config{Brokers: []string{s.Kafka}})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	client, err := redis.Dial("redis://"+s.Redis, false)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tokens := 0
	store := &firstCommit{done: make(chan struct{})}
	running := service.New(service.Config{
		Log: zap.NewNop(), Cluster: cluster, Redis: client, Codec: codec, Model: r.source(t),
		Layout: shard.Layout{Shards: Shards, Partitioner: shard.Murmur2, Zone: "UTC"},
		Lane: pipeline.Settings{
			Clock: pipeline.EventClock, AsOf: AsOf, DrainWithin: time.Millisecond,
			NewToken: func() shard.Token { tokens++; return shard.Token(fmt.Sprint("token ", tokens)) }, // one lane: no race
		},
		Between: func(s pipeline.Store) pipeline.Store { store.Store = s; return store },
	})
	ctx, stop := context.WithTimeout(t.Context(), servicetest.Longest)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- running.Run(ctx) }()
	select {
	case <-store.done:
	case err := <-ended:
		t.Fatalf("the service ended before its first commit: %v", err)
	}
	keys, err := Dump(t.Context(), s.Data)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	t.Logf("the service could not drain: %v", <-ended)
	return keys
}

// write writes a file of a release's folder.
func (r Release) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join("testdata", r.Name(), name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}
