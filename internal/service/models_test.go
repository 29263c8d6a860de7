package service

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"tidemark/internal/embed"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// modelStore returns a store on an empty Redis.
func modelStore(t *testing.T) *redis.Store {
	t.Helper()
	return storeAt(t, emptyRedis(t))
}

// emptyRedis starts a Redis for the test, and returns its address.
func emptyRedis(t *testing.T) string {
	t.Helper()
	server, err := embed.StartRedis(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server.Addr()
}

// storeAt returns a store with its own client.
func storeAt(t *testing.T, address string, hooks ...goredis.Hook) *redis.Store {
	t.Helper()
	client, err := redis.Dial("redis://"+address, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	for _, hook := range hooks {
		client.AddHook(hook)
	}
	store, err := redis.New(client, "", shard.Layout{Shards: 4, Partitioner: shard.Murmur2, Zone: "UTC", Base: "USD"})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

// version returns the default model with another version name, and its hash.
func version(t *testing.T, name string) (source []byte, hash string) {
	t.Helper()
	source = append([]byte("# "+name+"\n"), model.Default()...)
	m, err := model.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	return source, m.Hash
}

// activate activates a version from an instant on.
func activate(t *testing.T, store *redis.Store, name string, at event.Instant) {
	t.Helper()
	source, hash := version(t, name)
	if err := store.ActivateModel(t.Context(), source, hash, at); err != nil {
		t.Fatal(err)
	}
}

func dataOf(store *redis.Store) func() *data {
	return func() *data { return &data{store: store, layout: shard.Layout{Zone: "UTC"}} }
}

// instance is an instance that has started with a version.
func instance(t *testing.T, store *redis.Store, name string, named bool) (*models, error) {
	t.Helper()
	source, hash := version(t, name)
	w := &models{log: zap.NewNop(), data: dataOf(store), incidents: newIncidents(zap.NewNop(), nil)}
	return w, w.start(t.Context(), source, hash, named)
}

// follows starts an instance, and has it follow the models until the test is over.
func follows(t *testing.T, store *redis.Store, name string) *models {
	t.Helper()
	w, err := instance(t, store, name, false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { w.follow(ctx) })
	t.Cleanup(func() { stop(); done.Wait() })
	return w
}

// awaitID waits until an instance has loaded the models in Redis.
func (w *models) awaitID(t *testing.T, store *redis.Store) {
	t.Helper()
	want, err := store.ModelID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); w.now.Load().model.ID() != want; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("the instance scores by %q, want %q, which stands in Redis", w.now.Load().model.ID(), want)
		}
	}
}

// scorer returns the version of the model with which an instance reviews a customer at an instant. lastSeenBy is the
// version of the customer's last evaluation.
func (w *models) scorer(t *testing.T, lastSeenBy string, at event.Instant, versions ...string) string {
	t.Helper()
	engine, err := w.engine()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, name := range versions {
		_, hash := version(t, name)
		names[hash] = name
	}
	_, hash := version(t, lastSeenBy)
	p := engine.New("ann")
	p.Model, p.AsOf = hash, at.Add(-time.Second)
	p, _ = engine.Review(p, at)
	return names[p.Model]
}

const week = 7 * 24 * time.Hour

// The instant of an announced switch is moved, forward or back. The instance follows, although the model stays the same.
func TestAMovedSwitchIsFollowed(t *testing.T) {
	store := modelStore(t)
	w := follows(t, store, "a")
	now := event.InstantOf(time.Now())
	for _, at := range []event.Instant{now.Add(week), now.Add(2 * week), now.Add(week / 2)} {
		activate(t, store, "b", at)
		w.awaitID(t, store)
		for _, look := range []struct {
			at   event.Instant
			want string
		}{{at - 1, "a"}, {at, "b"}} {
			if got := w.scorer(t, "a", look.at, "a", "b"); got != look.want {
				t.Errorf("b from %s, a customer reviewed at %s: scored by %s, want %s", at, look.at, got, look.want)
			}
		}
	}
}

// A model that is announced and withdrawn scores nobody: the model in force scores until the instant of the last announcement. All
// instances agree: one that has read every announcement, one that has read only the last, and one that started in between.
func TestAWithdrawnModelScoresNobody(t *testing.T) {
	now := event.InstantOf(time.Now())
	type announcement struct {
		name string
		at   event.Instant
	}
	for _, row := range []struct {
		why       string
		announced []announcement
		// next is in force from an instant on, until then a.
		next announcement
	}{
		{"another is announced instead", []announcement{{"b", now.Add(week)}, {"c", now.Add(2 * week)}}, announcement{"c", now.Add(2 * week)}},
		{"another, for the same instant", []announcement{{"b", now.Add(week)}, {"c", now.Add(week)}}, announcement{"c", now.Add(week)}},
		{"another, for an earlier instant", []announcement{{"b", now.Add(2 * week)}, {"c", now.Add(week)}}, announcement{"c", now.Add(week)}},
		{
			"two in a row are withdrawn",
			[]announcement{{"b", now.Add(week)}, {"c", now.Add(2 * week)}, {"d", now.Add(3 * week)}},
			announcement{"d", now.Add(3 * week)},
		},
		{"the model in force is activated again", []announcement{{"b", now.Add(week)}, {"a", now.Add(week / 2)}}, announcement{"a", now.Add(week / 2)}},
		{
			"withdrawn, and announced again",
			[]announcement{{"b", now.Add(week)}, {"a", now}, {"b", now.Add(2 * week)}},
			announcement{"b", now.Add(2 * week)},
		},
	} {
		t.Run(row.why, func(t *testing.T) {
			t.Parallel() // they wait, mostly
			store := modelStore(t)
			attentive := follows(t, store, "a")
			var instances []*models
			for i, x := range row.announced {
				activate(t, store, x.name, x.at)
				attentive.awaitID(t, store)
				if i == 0 { // it will have heard of the first announcement, and of the last
					middle, err := instance(t, store, "a", true)
					if err != nil {
						t.Fatalf("an instance that starts with the model in force while another is announced: got error %v, want none", err)
					}
					instances = append(instances, middle)
				}
			}
			late, err := instance(t, store, "a", true)
			if err != nil {
				t.Fatal(err)
			}
			if err := instances[0].load(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i, w := range append(instances, attentive, late) {
				for _, at := range []event.Instant{now, row.next.at - 1} {
					if got := w.scorer(t, "a", at, "a", "b", "c", "d"); got != "a" {
						t.Errorf("instance %d: a customer at %s is scored by %s, want a", i, at, got)
					}
				}
				if got := w.scorer(t, "a", row.next.at, "a", "b", "c", "d"); got != row.next.name {
					t.Errorf("instance %d: a customer at the instant of the announcement is scored by %s, want %s", i, got, row.next.name)
				}
				engine, err := w.engine()
				if err != nil {
					t.Fatal(err)
				}
				if _, hash := version(t, "a"); engine.New("new").Model != hash {
					t.Errorf("instance %d: a new customer is not of a, which is in force", i)
				}
			}
		})
	}
}

// An announced model whose instant has passed is in force. The next announcement keeps it as the model before.
func TestAnAnnouncementComesIntoForce(t *testing.T) {
	store := modelStore(t)
	w := follows(t, store, "a")
	now := event.InstantOf(time.Now())
	activate(t, store, "b", now.Add(-time.Hour))
	activate(t, store, "c", now.Add(week))
	w.awaitID(t, store)
	for _, look := range []struct {
		at   event.Instant
		want string
	}{{now, "b"}, {now.Add(week), "c"}} {
		if got := w.scorer(t, "b", look.at, "a", "b", "c"); got != look.want {
			t.Errorf("a customer reviewed at %s: scored by %s, want %s", look.at, got, look.want)
		}
	}
}

// inStep makes clients wait for each other after each has read a whole hash for the first time. So all clients have read the same.
type inStep struct {
	once sync.Once
	all  *sync.WaitGroup
}

func (s *inStep) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (s *inStep) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return next
}

func (s *inStep) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := next(ctx, cmd)
		if cmd.Name() == "hgetall" {
			s.once.Do(func() {
				s.all.Done()
				s.all.Wait()
			})
		}
		return err
	}
}

// An instance whose user names a model starts only under this model, beside other instances or after them. An instance whose user names
// no model takes the model in force.
func TestANamedModelIsHeldTo(t *testing.T) {
	t.Run("instances that start at once on an empty Redis", func(t *testing.T) {
		const each = 4
		address := emptyRedis(t)
		var looked, wait sync.WaitGroup
		looked.Add(3 * each)
		var mu sync.Mutex
		started := map[string]int{}
		for n := range 3 * each {
			name := []string{"a", "b", ""}[n%3]
			source, hash := version(t, "the default")
			if name != "" {
				source, hash = version(t, name)
			}
			w := &models{log: zap.NewNop(), data: dataOf(storeAt(t, address, &inStep{all: &looked})), incidents: newIncidents(zap.NewNop(), nil)}
			wait.Go(func() {
				err := w.start(t.Context(), source, hash, name != "")
				if err != nil && !strings.Contains(err.Error(), "is in force, --model is "+hash) {
					t.Errorf("an instance with the model %q: got error %v, want none, or which model is in force", name, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					started[name+" refused"]++
					return
				}
				started[name]++
				if got := w.now.Load().model.Hash; name != "" && got != hash {
					t.Errorf("an instance with the model %s goes on under %s", hash, got)
				}
			})
		}
		wait.Wait()
		stands, _, err := storeAt(t, address).Model(t.Context())
		if err != nil || stands.Before != nil {
			t.Errorf("in Redis: got %q and error %v, want one model, and none before it", stands.ID(), err)
		}
		for _, name := range []string{"a", "b"} {
			_, hash := version(t, name)
			want := fmt.Sprintf("%s refused", name)
			if hash == stands.Hash {
				want = name
			}
			if started[want] != each {
				t.Errorf("started %v with %s in force, want all %d of %q", started, stands.Hash, each, want)
			}
		}
		if started[""] != each {
			t.Errorf("started %v, want all %d that name no model", started, each)
		}
	})
	t.Run("an instance that starts later", func(t *testing.T) {
		store := modelStore(t)
		activate(t, store, "a", 0)
		activate(t, store, "b", event.InstantOf(time.Now()).Add(week))
		for name, wanted := range map[string]bool{"a": true, "b": true, "c": false} {
			if _, err := instance(t, store, name, true); (err == nil) != wanted {
				t.Errorf("--model %s while a is in force and b announced: got error %v, want it to start: %t", name, err, wanted)
			}
			if _, err := instance(t, store, name, false); err != nil {
				t.Errorf("the default is %s: got error %v, want none", name, err)
			}
		}
		activate(t, store, "c", event.InstantOf(time.Now()).Add(week))
		if _, err := instance(t, store, "b", true); err == nil {
			t.Error("--model b after b has been withdrawn: got no error, want which model is in force")
		}
	})
}

// A switch can be taken back whatever is announced, put off and withdrawn after it.
func TestAWithdrawnModelLeavesTheSwitchBeforeIt(t *testing.T) {
	t.Parallel() // it waits, mostly
	store := modelStore(t)
	w := follows(t, store, "first")
	now := event.InstantOf(time.Now())
	activate(t, store, "b", now.Add(-time.Hour))
	for _, x := range []struct {
		name string
		at   event.Instant
	}{{"c", now.Add(week)}, {"c", now.Add(2 * week)}, {"d", now.Add(week)}, {"b", now}, {"first", now.Add(week)}} {
		activate(t, store, x.name, x.at)
	}
	w.awaitID(t, store)
	engine, err := w.engine()
	if err != nil {
		t.Fatal(err)
	}
	if next := engine.(pipeline.Succession).Now.(*score.Engine); !next.TakesBack() {
		t.Error("the first model is activated again, after b, with announcements of others in between: want that it takes b back")
	}
}
