package pipeline

import (
	"context"
	"maps"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/traffic"
)

// sink is a store that keeps only heads. That is enough, because the lane finds every profile in its cache.
type sink struct {
	*memory
	heads []shard.Meta
}

func newSink(shards int) *sink { return &sink{newMemory(shards), make([]shard.Meta, shards)} }

func (s *sink) Metas(_ context.Context, shards []int) ([]shard.Meta, error) {
	metas := make([]shard.Meta, len(shards))
	for i, n := range shards {
		metas[i] = s.heads[n]
		metas[i].Marks = maps.Clone(s.heads[n].Marks)
	}
	return metas, nil
}

func (s *sink) Audit(ctx context.Context, shards []int) ([]shard.Audit, error) {
	metas, _ := s.Metas(ctx, shards)
	audits := make([]shard.Audit, len(shards))
	for i, m := range metas {
		audits[i] = shard.Audit{Meta: m, Actual: m.Counts}
	}
	return audits, nil
}

func (s *sink) Load(ctx context.Context, queries []shard.Query) ([]shard.Loaded, error) {
	loaded := make([]shard.Loaded, len(queries))
	for i, q := range queries {
		metas, _ := s.Metas(ctx, []int{q.Shard})
		loaded[i] = shard.Loaded{Meta: metas[0], Profiles: make([][]byte, len(q.Customers))}
	}
	return loaded, nil
}

func (s *sink) Commit(_ context.Context, commits []shard.Commit) []error {
	for _, c := range commits {
		h := &s.heads[c.Shard]
		if h.Marks == nil {
			h.Marks = shard.Marks{}
		}
		h.Token = c.Token
		if c.Model != "" {
			h.Model = c.Model
		}
		maps.Copy(h.Marks, c.Marks)
	}
	return make([]error, len(commits))
}

func (s *sink) Mark(ctx context.Context, markers []shard.Marker) ([]shard.Meta, error) {
	shards := make([]int, len(markers))
	for i, m := range markers {
		shards[i] = m.Shard
		maps.Copy(s.heads[m.Shard].Marks, m.Next)
	}
	return s.Metas(ctx, shards)
}

func (s *sink) Due(context.Context, int, int) ([]shard.Due, error)         { return nil, nil }
func (s *sink) Project(context.Context, []shard.View) error                { return nil }
func (s *sink) ProjectPopulation(context.Context, map[string]string) error { return nil }
func (s *sink) Census(_ context.Context, n []int) ([]map[string]int64, error) {
	return make([]map[string]int64, len(n)), nil
}
func (s *sink) Publish(context.Context, []shard.Output) error { return nil }

// BenchmarkLane measures the work of one lane for one event, without servers: from the bytes of the message to the bytes of the commit
// and of the output. One operation is one event.
func BenchmarkLane(b *testing.B) {
	codec, err := avro.New(avro.Options{})
	if err != nil {
		b.Fatal(err)
	}
	parsed, err := model.Parse(model.Default())
	if err != nil {
		b.Fatal(err)
	}
	engine, err := score.NewEngine(parsed, event.NewCalendar(nil), avro.Identify, nil)
	if err != nil {
		b.Fatal(err)
	}
	now := event.InstantOf(time.Now())
	load := traffic.Config{
		Events: b.N, Customers: max(1, b.N/5), Mix: traffic.Mix{Interactions: 60, Purchases: 30, Feedback: 10},
		From: now.Add(-30 * 24 * time.Hour), To: now, Seed: 1,
	}
	topics := newLogs()
	topics.limit = 5000
	for x := range load.All() {
		out := codec.EncodeEvent(x)
		topics.append(shard.Partition{Topic: x.Topic()}, out.Time, string(out.Key), out.Value)
	}
	store := newSink(64)
	lane, err := New(Config{Ports: Ports{
		Source: topics, Store: store, Publisher: store, Codec: codec, Engine: func() (Engine, error) { return engine, nil },
	}, Settings: Settings{
		Layout: shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Zone: "UTC", Base: "USD"}, Partitions: 1,
		RollingCycle: -1, OnDataLoss: ContinueFromFirst,
	}})
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	b.ReportAllocs()
	b.ResetTimer()
	go func() { ended <- lane.Run(b.Context()) }()
	for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
		n := int64(0)
		for _, offset := range lane.Progress().Applied {
			n += offset
		}
		if n == int64(b.N) {
			break
		}
	}
	b.StopTimer()
	lane.Drain()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
