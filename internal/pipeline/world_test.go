package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/internal/watch"
	"tidemark/schemas"
)

// scorer is an engine under test, with the codec of its profiles.
type scorer struct {
	name   string
	engine Engine
	// next is the engine of another model, in force from an instant on.
	next   func(from event.Instant) Engine
	encode func(score.Profile) []byte
	decode func([]byte) (score.Profile, error)
	// base is the currency of the engine's amounts.
	base event.Currency
}

func toyScorer() scorer {
	first := toy{hash: "toy-1", strict: 1}
	next := func(from event.Instant) Engine {
		return toy{hash: "toy-2", before: &first, effective: from, strict: 3}
	}
	return scorer{"toy", first, next, encodeToy, decodeToy, "EUR"}
}

// world is a store, logs and a publisher, in a bubble of synctest. The clock of the bubble begins on 2000-01-01.
type world struct {
	t          *testing.T
	scorer     scorer
	layout     shard.Layout
	partitions int
	store      *memory
	logs       *logs
	wire       *wire
	// adjust changes the configuration of the lanes to come.
	adjust func(*Config)
	// blind switches off the check of marks.
	blind bool

	// shopped counts the customers of shop.
	shopped int

	mu      sync.Mutex
	notices []Notice
	// next is the engine that replaces the scorer's, once the model has been switched.
	next Engine
}

func newWorld(t *testing.T, s scorer, partitions, shards int) *world {
	w := &world{
		t: t, scorer: s, partitions: partitions,
		layout: shard.Layout{Shards: shards, Partitioner: shard.Murmur2, Zone: "UTC", Base: s.base},
		store:  newMemory(shards), logs: newLogs(), wire: newWire(), adjust: func(*Config) {},
	}
	w.wire.links = func(o *shard.Output) {
		customer := string(o.Key)
		w.logs.append(w.place(event.Links, customer), event.InstantOf(time.Now()), customer, o.Value, o.Headers...)
	}
	return w
}

// ago returns an instant before the present of the bubble.
func ago(d time.Duration) event.Instant { return event.InstantOf(time.Now().Add(-d)) }

func (w *world) place(topic event.Topic, customer string) shard.Partition {
	return shard.Partition{Topic: topic, Index: w.layout.Partitioner.Of(customer, w.partitions)}
}

// send writes a message to the partition of its customer. The record time is now.
func (w *world) send(topic event.Topic, m message) {
	w.sendTo(w.place(topic, m.Customer), m.Occurred, m)
}

func (w *world) sendTo(p shard.Partition, at event.Instant, m message) {
	w.t.Helper()
	if m.Currency == "" {
		m.Currency = "EUR"
	}
	value, err := json.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	w.logs.append(p, at, m.Customer, value)
}

// live writes the lives of customers, from start on, in canonical order: bursts and silences.
func (w *world) live(r *rand.Rand, customers, events int, start event.Instant) {
	at := start
	topics := event.Topics()
	for n := range events {
		at = at.Add(time.Duration(1+r.IntN(20)) * time.Hour)
		m := message{
			ID: fmt.Sprintf("e%04d", n), Customer: fmt.Sprintf("c%02d", r.IntN(customers)), Occurred: at, Amount: int64(20 + r.IntN(200)),
		}
		w.send(topics[r.IntN(len(topics))], m)
		if r.IntN(10) == 0 {
			m.Occurred++ // the producer's clock has moved on by the time it tries again
			w.send(event.Purchases, m)
		}
	}
}

// running is a running lane.
type running struct {
	lane *Lane
	stop context.CancelFunc
	done chan error
	err  error
}

// wait waits until a stopped lane has ended.
func (r *running) wait() { r.err = <-r.done }

// start runs the lane of an index. All its calls go through a fuse. A nil fuse lets every call through.
func (w *world) start(index int, f *fuse) *running {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	if f == nil {
		f = &fuse{at: -1}
	}
	f.kill = stop
	w.logs.grow(w.partitions)
	cfg := Config{Ports: Ports{
		Source: fusedSource{w.logs, f}, Store: fusedStore{w.store, f}, Publisher: fusedPublisher{w.wire, f}, Codec: plain{},
		Engine: func() (Engine, error) { return w.engine(), nil },
	}, Settings: Settings{
		Layout: w.layout, Partitions: w.partitions, Index: index, Committed: w.logs.offsets(),
		BatchEvents: 10, CommitProfiles: 2, viewsPerStep: 2,
		Jitter: func() float64 { return 0.5 },
		Report: func(n Notice) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.notices = append(w.notices, n)
		},
		decode: w.scorer.decode, encode: w.scorer.encode,
	}}
	w.adjust(&cfg)
	lane, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	lane.blind = w.blind
	r := &running{lane: lane, stop: stop, done: make(chan error, 1)}
	go func() { r.done <- lane.Run(ctx) }()
	return r
}

// activate switches the model, from an instant on.
func (w *world) activate(from event.Instant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = w.scorer.next(from)
}

// engine returns the engine that lanes score with.
func (w *world) engine() Engine {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == nil {
		return w.scorer.engine
	}
	return Succession{Before: w.scorer.engine, Now: w.next}
}

// noticed counts the notices of a kind.
func (w *world) noticed(kind NoticeKind) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, notice := range w.notices {
		if notice.Kind == kind {
			n++
		}
	}
	return n
}

// pass lets time pass in the bubble.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the clock of the bubble, which moves on when everybody waits
}

// eventually lets time pass until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 3000 {
		if holds() {
			return
		}
		pass(100 * time.Millisecond)
	}
	t.Fatalf("%s: want it within five minutes, got nothing of it", what)
}

// rest waits until a lane has done everything that is due.
func (r *running) rest(t *testing.T) {
	t.Helper()
	now := event.InstantOf(time.Now())
	eventually(t, "a lane at rest", func() bool {
		p := r.lane.Progress()
		return len(r.done) > 0 || p.CaughtUp && p.Reviewed >= now
	})
}

// finish lets lanes come to rest and drains them.
func finish(t *testing.T, lanes ...*running) {
	t.Helper()
	for _, r := range lanes {
		r.rest(t)
	}
	for _, r := range lanes {
		r.lane.Drain()
		if err := <-r.done; err != nil {
			t.Fatalf("a drained lane: want no error, got %v", err)
		}
	}
}

// truth is the wanted result: a fold of the logs, one event after another, without a lane.
type truth struct {
	profiles map[string][]byte
	due      map[string]event.Instant
	outputs  map[string][]byte // by topic and id
	outcomes map[string]int64  // the counters of forecasts
	dead     []string
	// forgotten counts how often a prospect was forgotten.
	forgotten int
	// erased are the instants of erasures, by customer. unsaid are the outputs of customers from before their erasures: who is erased
	// while they wait takes them along.
	erased map[string]event.Instant
	unsaid map[string]struct{}
	// cut are the instants up to which the links of erased customers are cut.
	cut map[string]event.Instant
}

// take notes that a customer was erased at an instant.
func (all *truth) take(customer string, at event.Instant, outputs map[string]string) {
	all.erased[customer] = at
	for id, of := range outputs {
		if of == customer {
			all.unsaid[id] = struct{}{}
		}
	}
}

// fold applies all records in the logs, and then the reviews that are due by an instant. If the model is switched, every customer is
// reviewed up to the switch by the engine before, and at the switch by the next engine.
func (w *world) fold(until event.Instant) truth {
	w.t.Helper()
	all := truth{profiles: map[string][]byte{}, due: map[string]event.Instant{}, outputs: map[string][]byte{}, outcomes: map[string]int64{}}
	all.erased, all.cut, all.unsaid = map[string]event.Instant{}, map[string]event.Instant{}, map[string]struct{}{}
	said := map[string]string{} // the customer of each output but the last words of an erasure
	var records []stream.Record
	for _, log := range w.logs.records {
		records = append(records, log...)
	}
	slices.SortFunc(records, func(a, b stream.Record) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
	})
	profiles := map[string]score.Profile{}
	add := func(p *score.Profile, transitions []score.Transition) {
		public := p.Publish(transitions, 0, 0)
		for i, t := range transitions {
			if !public[i] { // an alert of the control group
				continue
			}
			o, err := plain{}.Encode(t)
			if err != nil {
				w.t.Fatal(err)
			}
			all.outputs[o.Topic+" "+o.ID] = o.Value
			if t.Common().Cause != score.ByErasure {
				said[o.Topic+" "+o.ID] = t.Common().Customer
			}
		}
	}
	engine := w.scorer.engine
	reviewAll := func(until event.Instant) {
		for customer, p := range profiles {
			for p.Due <= until {
				var transitions []score.Transition
				p, transitions = engine.Review(p, p.Due)
				add(&p, transitions)
				if all.forgotten += p.Forgotten; p.Unknown() {
					break
				}
				p.Forgotten = 0
				p = engine.Schedule(p)
			}
			if profiles[customer] = p; p.Unknown() {
				delete(profiles, customer)
			}
		}
	}
	switched := w.next == nil
	reach := func(at event.Instant) {
		if switched || at < w.next.EffectiveAt() {
			return
		}
		switched = true
		from := w.next.EffectiveAt()
		reviewAll(from)
		engine = w.next
		for customer, p := range profiles {
			p, transitions := engine.Review(p, from)
			add(&p, transitions)
			if all.forgotten += p.Forgotten; p.Unknown() {
				delete(profiles, customer)
				continue
			}
			profiles[customer] = engine.Schedule(p)
		}
	}
	for _, r := range records {
		reach(r.Time)
		refuse := func() {
			all.dead = append(all.dead, fmt.Sprintf("%s %s/%d/%d", schemas.DeadLetters, r.Topic, r.Partition, r.Offset))
		}
		x, err := decodeSafely(r)
		if err != nil {
			refuse()
		}
		if x == nil {
			continue
		}
		customer := x.Common().Customer
		p, ok := profiles[customer]
		if !ok {
			p = engine.New(customer)
			p = p.Buried(all.erased[customer], all.cut[customer])
		}
		erased := p.Erased
		p, transitions, verdict := engine.Apply(p, x)
		add(&p, transitions)
		switch verdict {
		case score.Accepted:
			all.forgotten, p.Forgotten = all.forgotten+p.Forgotten, 0
			if p.Unknown() || p.Erased > erased {
				watch.Count(all.outcomes, p.Outcomes)
				delete(profiles, customer)
				if !p.Unknown() {
					p.Outcomes = nil
					profiles[customer] = engine.Schedule(p)
				}
				all.take(customer, p.Erased, said)
				all.cut[customer] = p.Links().Erased
				o, err := plain{}.EncodeErasure(customer, p.Erased)
				if err != nil {
					w.t.Fatal(err)
				}
				all.outputs[o.Topic+" "+o.ID] = o.Value
				continue
			}
			profiles[customer] = engine.Schedule(p)
		case score.Repeated, score.Swallowed:
		case score.RefusedTooLate, score.RefusedTooOld, score.RefusedCurrency, score.RefusedPart:
			refuse()
		}
	}
	reach(until)
	reviewAll(until)
	for customer, p := range profiles {
		all.profiles[customer] = w.scorer.encode(p)
		watch.Count(all.outcomes, p.Outcomes)
		if p.Due != event.Never {
			all.due[customer] = p.Due
		}
	}
	slices.Sort(all.dead)
	return all
}

func decodeSafely(r stream.Record) (x event.Event, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("panic")
		}
	}()
	return plain{}.Decode(r)
}

// check compares the world with the fold up to an instant. The lanes have been drained.
func (w *world) check(until event.Instant) {
	w.t.Helper()
	for _, problem := range w.problems(until) {
		w.t.Error(problem)
	}
}

// problems lists the differences between the world and the fold up to an instant.
func (w *world) problems(until event.Instant) (problems []string) {
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	want := w.fold(until)
	profiles, due, census := map[string][]byte{}, map[string]event.Instant{}, map[string]int64{}
	for n, s := range w.store.shards {
		for customer, b := range s.profiles {
			profiles[customer] = b
			if of := w.layout.Of(customer); of != n {
				complain("customer %s: want shard %d, got %d", customer, of, n)
			}
		}
		maps.Copy(due, s.due)
		for name, n := range s.census {
			census[name] += n
		}
		if len(s.outbox) != 0 {
			complain("outbox of shard %d: want it empty, got %d entries", n, len(s.outbox))
		}
	}
	for customer, b := range want.profiles {
		if !bytes.Equal(profiles[customer], b) {
			complain("profile of %s:\nwant %s\ngot  %s", customer, b, profiles[customer])
		}
		if view := w.store.views[customer]; !w.shows(view, b) {
			complain("view of %s: want that of %s, got %v", customer, b, view.Fields)
		}
	}
	for customer := range w.store.views {
		if want.profiles[customer] == nil {
			complain("view of %s: want none of a customer whom nobody knows", customer)
		}
	}
	for n, s := range w.store.shards {
		if s.meta.Token != "" && (s.meta.Counts.Profiles != int64(len(s.profiles))+1 || s.meta.Counts.Due != int64(len(s.due))+1) {
			complain("counts of shard %d: want those of %d profiles and %d due times, got %+v", n, len(s.profiles), len(s.due), s.meta.Counts)
		}
	}
	if len(profiles) != len(want.profiles) {
		complain("profiles: want %d, got %d", len(want.profiles), len(profiles))
	}
	merged := w.merged(want.profiles)
	if got := census["customers"]; got != int64(len(want.profiles)-merged) {
		complain("customers of the census: want %d, got %d", len(want.profiles)-merged, got)
	}
	if got := census[Merged]; got != int64(merged) {
		complain("merged ids of the census: want %d, got %d", merged, got)
	}
	outcomes, homes := map[string]int64{}, map[string]int64{}
	for name, n := range census {
		_, counted := homeOf(name)
		if counted && n != 0 {
			homes[name] = n
		}
		if strings.HasPrefix(name, watch.Prefix) {
			outcomes[name] = n
		}
		if counted || strings.HasPrefix(name, watch.Prefix) {
			if shown, ok := w.store.population[name]; ok {
				complain("population, %s: want it left out, got %s", name, shown)
			}
			continue
		}
		if got := w.store.population[name]; got != fmt.Sprint(n) {
			complain("population, %s: want %d, got %q", name, n, got)
		}
	}
	if !maps.Equal(outcomes, want.outcomes) {
		complain("outcomes: want %v, got %v", want.outcomes, outcomes)
	}
	if want := w.homes(want.profiles); !maps.Equal(homes, want) {
		complain("homes: want %v, got %v", want, homes)
	}
	if !maps.Equal(due, want.due) {
		complain("due times: want %v, got %v", want.due, due)
	}
	problems = append(problems, w.wrongOutputs(want)...)
	for p, log := range w.logs.records {
		if end := w.logs.first[p] + int64(len(log)); w.logs.committed[p] != end {
			complain("committed offset of %s: want %d, got %d", p, end, w.logs.committed[p])
		}
	}
	return problems
}

func (w *world) wrongOutputs(want truth) (problems []string) {
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	got, ids := w.wire.ids(false), sortedKeys(want.outputs)
	missing := slices.DeleteFunc(without(ids, got), func(id string) bool { _, ok := want.unsaid[id]; return ok })
	if invented := without(got, ids); len(missing)+len(invented) > 0 {
		complain("outputs: want %d, got %d; missing %v; invented %v", len(ids), len(got), missing, invented)
	}
	for id, payload := range want.outputs {
		if got, ok := w.wire.sent[id]; ok && !bytes.Equal(got.Value, payload) {
			complain("payload of %s: want %s, got %s", id, payload, got.Value)
		}
	}
	if len(w.wire.broken) != 0 {
		complain("ids with two payloads: want none, got %v", w.wire.broken)
	}
	if got := w.wire.ids(true); !slices.Equal(got, want.dead) {
		complain("dead letters: want %v, got %v", want.dead, got)
	}
	return problems
}

// merged counts the encoded profiles of ids that are merged into others.
func (w *world) merged(profiles map[string][]byte) (n int) {
	for _, encoded := range profiles {
		p, err := w.scorer.decode(encoded)
		if err != nil {
			w.t.Fatal(err)
		}
		if p.Away() {
			n++
		}
	}
	return n
}

// shows reports whether a view is that of an encoded profile, at whatever instant it was taken.
func (w *world) shows(v shard.View, encoded []byte) bool {
	p, err := w.scorer.decode(encoded)
	if err != nil {
		w.t.Fatal(err)
	}
	s := w.scorer.engine.Score(p, p.AsOf)
	for _, f := range s.Fields() {
		if f.Name == "tier" || f.Name == "churn_level" {
			if !slices.Contains(v.Fields, shard.Field{Name: f.Name, Value: f.Value}) {
				return false
			}
		}
	}
	return true
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
