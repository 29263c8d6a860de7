package pipeline

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// merge sends a MERGED_INTO: from now on customer is the same as into. A word that names the customer takes the link back.
func (w *world) merge(id, customer, into string) {
	w.send(event.Interactions, message{ID: id, Customer: customer, Occurred: ago(0), Into: into})
}

// chain merges ann into bob, and bob into cid.
func (w *world) chain(lanes []*running) {
	w.t.Helper()
	w.merge("ann is bob", "ann", "bob")
	w.settle(lanes)
	w.merge("bob is cid", "bob", "cid")
	w.settle(lanes)
}

// comeAndGo starts all lanes a number of times. Each time they take so many steps, with up to two seconds behind each, and end. A step may put
// another lane in the place of one.
func (w *world) comeAndGo(r *rand.Rand, times, steps int, step func(lanes []*running, n, k int)) {
	w.t.Helper()
	for n := range times {
		lanes := w.startAll()
		for k := range steps {
			step(lanes, n, k)
			w.settle(lanes)
			pass(time.Duration(r.IntN(3)) * time.Second)
			w.settle(lanes)
		}
		pass(10 * time.Second)
		finish(w.t, lanes...)
	}
}

// buys sends orders of a customer, one a day until today.
func (w *world) buys(customer string, orders int, amount int64) {
	for n := range orders {
		w.send(event.Purchases, message{ID: fmt.Sprint(customer, n), Customer: customer, Occurred: ago(time.Duration(orders-n) * day), Amount: amount})
	}
}

// joined folds the events of customers, without what lanes have written to the topic of links: each message arrives at once, as in a replay.
// It returns the profiles, and the public transitions by topic and id.
func (w *world) joined(until event.Instant) (map[string]score.Profile, map[string]string) {
	w.t.Helper()
	var events []event.Event
	for p, log := range w.logs.records {
		if p.Topic == event.Links {
			continue
		}
		for _, r := range log {
			if x, err := decodeSafely(r); err == nil && x != nil {
				events = append(events, x)
			}
		}
	}
	slices.SortFunc(events, event.Compare)
	engine, profiles, outputs, read := w.scorer.engine, map[string]score.Profile{}, map[string]string{}, int64(0)
	say := func(p *score.Profile, transitions []score.Transition) {
		for i, public := range p.Publish(transitions, 0, 0) {
			if o, err := (plain{}).Encode(transitions[i]); err != nil {
				w.t.Fatal(err)
			} else if public {
				outputs[o.Topic+" "+o.ID] = string(o.Value)
			}
		}
	}
	for _, x := range events {
		for left := []event.Event{x}; len(left) > 0; left = left[1:] {
			x, customer := left[0], left[0].Common().Customer
			before, ok := profiles[customer]
			if !ok {
				before = engine.New(customer)
			}
			read++
			after, transitions, verdict := engine.Apply(before, x)
			say(&after, transitions)
			messages := engine.Messages(&before, &after, x, map[string]int64{"fold": read})
			if m := engine.Refers(x, verdict); m != nil {
				messages = append(messages, m)
			}
			for _, m := range messages {
				m.RecordedAt = x.Common().RecordedAt
				left = append(left, m)
			}
			profiles[customer] = engine.Schedule(after)
		}
	}
	for customer, p := range profiles {
		for p.Due <= until {
			var transitions []score.Transition
			p, transitions = engine.Review(p, p.Due)
			say(&p, transitions)
			p = engine.Schedule(p)
		}
		profiles[customer] = p
	}
	return profiles, outputs
}

// checkMerged compares the world with a fold of the logs, and with a fold that delivers messages of links at once.
func (w *world) checkMerged(until event.Instant) {
	w.t.Helper()
	w.check(until)
	w.checkJoined(until, describe)
	_, outputs := w.joined(until)
	got := w.wire.ids(false)
	if ids := sortedKeys(outputs); !slices.Equal(got, ids) {
		w.t.Errorf("outputs, against a replay: missing %v; invented %v", without(ids, got), without(got, ids))
	}
}

// checkJoined compares profiles with those of a fold that delivers messages of links at once.
func (w *world) checkJoined(until event.Instant, describe func(*score.Profile) string) {
	w.t.Helper()
	want, _ := w.joined(until)
	for customer, p := range want {
		s := w.store.shards[w.layout.Of(customer)]
		if p.Unknown() {
			if s.profiles[customer] != nil || (p.Erased != 0) != (s.erased[customer] != 0) {
				w.t.Errorf("%s, against a replay: want no profile, and a tombstone: %t; got %d bytes, and a tombstone: %t",
					customer, p.Erased != 0, len(s.profiles[customer]), s.erased[customer] != 0)
			}
			continue
		}
		got, err := w.scorer.decode(s.profiles[customer])
		if err != nil {
			w.t.Errorf("profile of %s: %v", customer, err)
			continue
		}
		if g, h := describe(&got), describe(&p); g != h {
			w.t.Errorf("%s, against a replay:\nwant %s\ngot  %s", customer, h, g)
		}
		if g, h := string(got.History.Append(nil)), string(p.History.Append(nil)); g != h {
			w.t.Errorf("%s: another history than in a replay", customer)
		}
	}
}

// describe says what the labels of a profile are, what they are read from, and how many transitions have led to them.
func describe(p *score.Profile) string {
	return fmt.Sprintf("sequence %d, due %s, %s", p.Sequence, p.Due, outcome(p))
}

// outcome says what the labels of a profile are, and what they are read from.
func outcome(p *score.Profile) string {
	return fmt.Sprintf("merged into %q, reads %v, tier %s, level %s, whole %x",
		p.MergedInto(), p.Origins(), p.Standing.Tier, p.Episode.Level, p.Whole().Append(nil))
}

// TestMergeLive: two ids become one customer. The survivor is scored from both histories, the other id has no labels and no score any more,
// and its detail says why. The lanes come to what a replay comes to.
func TestMergeLive(t *testing.T) {
	for _, partitions := range []int{1, 2} {
		t.Run(fmt.Sprint(partitions, " lanes"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], partitions, 8)
				w.adjust = func(c *Config) { c.PublishScores = true }
				w.buys("ann", 3, 20_000)
				w.buys("bob", 2, 10_000)
				lanes := w.startAll()
				w.merge("ann is bob", "ann", "bob")
				w.settle(lanes)
				bob := w.profile("bob")
				if ann := w.profile("ann"); !ann.Away() || ann.MergedInto() != "bob" || fmt.Sprint(bob.Origins()) != "[ann]" {
					t.Errorf("after the merge: ann is away: %t, into %q; bob reads %v", ann.Away(), ann.MergedInto(), bob.Origins())
				}
				pass(2 * time.Second)
				if v := w.store.view("ann"); len(v.Fields) != 0 || !strings.Contains(string(v.Detail), `"merged_into":"bob"`) {
					t.Errorf("view of ann: want no fields and a detail that names bob, got %v and %s", v.Fields, v.Detail)
				}
				if o, ok := w.wire.message(scores + " " + nullID("ann")); !ok || o.Value != nil {
					t.Error("the score of ann stands on the topic of scores: want a null value")
				}
				w.send(event.Purchases, message{ID: "one more", Customer: "ann", Occurred: ago(0), Amount: 30_000})
				w.settle(lanes)
				pass(10 * time.Second)
				finish(t, lanes...)
				w.checkMerged(event.InstantOf(time.Now()))
			})
		})
	}
}

// startAll starts the lanes of all indexes, and waits until they rest.
func (w *world) startAll() []*running {
	var lanes []*running
	for index := range w.partitions {
		lanes = append(lanes, w.start(index, nil))
	}
	w.settle(lanes)
	return lanes
}

// settle waits until lanes have read what they have told each other, and a moment more, so that the next event has a later record time.
func (w *world) settle(lanes []*running) {
	w.t.Helper()
	for range 6 {
		for _, lane := range lanes {
			lane.rest(w.t)
		}
	}
	pass(time.Millisecond)
}

// profile returns what the store holds of a customer.
func (w *world) profile(customer string) score.Profile {
	w.t.Helper()
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	p, err := w.scorer.decode(w.store.shards[w.layout.Of(customer)].profiles[customer])
	if err != nil {
		w.t.Fatalf("profile of %s: %v", customer, err)
	}
	return p
}

// view returns the view of a customer.
func (m *memory) view(customer string) shard.View {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.views[customer]
}

// linksSent returns the records of the topic of links.
func (g *logs) linksSent() (all []stream.Record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for p := range maps.Keys(g.records) {
		if p.Topic == event.Links {
			all = append(all, g.records[p]...)
		}
	}
	return all
}

// homes counts the homes of the parts that customers are read from.
func (w *world) homes(profiles map[string][]byte) map[string]int64 {
	counters := map[string]int64{}
	for _, b := range profiles {
		p, err := w.scorer.decode(b)
		if err != nil {
			w.t.Fatal(err)
		}
		countHomes(counters, w.layout, &known{profile: p, exists: true}, 1)
	}
	return counters
}

// narrow is a codec that refuses the messages of one sender, as the real one refuses a history beyond all bounds.
type narrow struct {
	plain
	sender string
}

func (c narrow) EncodeLink(l *event.Link) (shard.Output, error) {
	if l.Part != nil && l.Part.Sender == c.sender {
		return shard.Output{}, event.Invalidf(event.TooLarge, "too long")
	}
	return c.plain.EncodeLink(l)
}

// TestAHistoryTooLargeForItsMessage: the lane says so, and goes on.
func TestAHistoryTooLargeForItsMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		w.adjust = func(c *Config) { c.Codec = narrow{sender: "ann"} }
		w.buys("ann", 3, 20_000)
		w.buys("bob", 3, 20_000)
		lanes := w.startAll()
		w.merge("ann is cid", "ann", "cid")
		w.merge("bob is cid", "bob", "cid")
		w.settle(lanes)
		pass(2 * time.Second)
		if p := w.profile("cid"); fmt.Sprint(p.Origins()) != "[bob]" {
			t.Errorf("cid reads %v, want bob alone", p.Origins())
		}
		if w.noticed(Trouble) == 0 {
			t.Error("nothing says that a message was left out")
		}
		finish(t, lanes...)
		w.check(event.InstantOf(time.Now()))
	})
}

// TestTooManyMerged: more ids than an id can hold are merged into one. The lane says so, and goes on; an erasure of the one reaches all.
func TestTooManyMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const over = 3
		w := newWorld(t, scorers(t)[1], 1, 4)
		w.logs.limit = 500
		w.adjust = func(c *Config) { c.BatchEvents, c.CommitProfiles, c.RollingCycle = 0, 0, -1 }
		w.buys("bob", 2, 20_000)
		for n := range score.MaxOrigins + over {
			w.merge(fmt.Sprint("word ", n), fmt.Sprint("guest ", n), "bob")
		}
		lanes := w.startAll()
		p := w.profile("bob")
		if len(p.Origins()) != score.MaxOrigins || !p.Crowded() {
			t.Errorf("bob reads %d others, crowded: %t", len(p.Origins()), p.Crowded())
		}
		if got := w.noticed(Trouble); got != over {
			t.Errorf("notices: want %d, got %d", over, got)
		}
		w.erase("forget", "bob")
		w.settle(lanes)
		pass(5 * time.Second)
		finish(t, lanes...)
		profiles, erased := 0, 0
		for _, s := range w.store.shards {
			profiles, erased = profiles+len(s.profiles), erased+len(s.erased)
		}
		if want := score.MaxOrigins + over + 1; profiles != 0 || erased != want {
			t.Errorf("after the erasure: %d profiles and %d tombstones, want none and %d", profiles, erased, want)
		}
	})
}
