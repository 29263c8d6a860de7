package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// TestPopulation: the public view of the population is current within seconds. It costs one read of the census every five seconds, and
// only one lane writes it.
func TestPopulation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		for n := range 20 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(0), Amount: int64(100 * n)})
		}
		pass(10 * time.Second)
		for name, want := range map[string]string{
			"customers": "20", "tier:LOW": "1", "tier:GENERAL": "2", "tier:POTENTIAL": "7", "tier:HIGH": "10", "level:NONE": "20",
		} {
			if got := w.store.public()[name]; got != want {
				t.Errorf("population, %s: want %s, got %q", name, want, got)
			}
		}
		at, err := time.Parse(time.RFC3339, w.store.public()["as_of"])
		if age := time.Since(at); err != nil || age < 0 || age > 8*time.Second {
			t.Errorf("population: want it as of some seconds ago, got %s, error %v", age, err)
		}
		before := w.store.rewritten()
		pass(time.Minute)
		if got := w.store.rewritten() - before; got < 10 || got > 12 {
			t.Errorf("rewrites in a minute: want 10 to 12, got %d", got)
		}
		finish(t, lanes...)
		w.check(event.InstantOf(time.Now()))
	})
}

// slowCensus takes a second for every read of the census.
type slowCensus struct{ Store }

func (s slowCensus) Census(ctx context.Context, shards []int) ([]map[string]int64, error) {
	pass(time.Second)
	return s.Store.Census(ctx, shards)
}

// TestPopulationThatIsLarge: the longer a read of the census takes, the rarer the reads are.
func TestPopulationThatIsLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.Store = slowCensus{c.Store} }
		w.lives(1)
		lane := w.start(0, nil)
		pass(2 * time.Second)
		before := w.store.rewritten()
		pass(9 * time.Minute)
		if got := w.store.rewritten() - before; got < 9 || got > 11 {
			t.Errorf("looks of a second in nine minutes: want one in 50 seconds or so, got %d", got)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}

// TestPopulationAway: the lane goes on while the public view of the population cannot be written.
func TestPopulationAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(1)
		lane := w.start(0, &fuse{at: -1, fails: map[string]int{"census": 3, "population": 3}})
		pass(time.Minute)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
		if w.noticed(Trouble) != 6 {
			t.Errorf("notices of trouble: want 6, got %d", w.noticed(Trouble))
		}
	})
}

// mute is a codec that cannot encode the score of one customer.
type mute struct{ plain }

func (m mute) EncodeScore(s *score.Score) (shard.Output, error) {
	if s.Customer == "c01" {
		return shard.Output{}, errors.New("a sum beyond the range")
	}
	return m.plain.EncodeScore(s)
}

// TestScoreThatCannotBeEncoded: it is counted and left out. The scores of others are published, and everything else goes on.
func TestScoreThatCannotBeEncoded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.PublishScores, c.Codec = true, mute{} }
		for _, customer := range []string{"c00", "c01", "c02"} {
			w.send(event.Purchases, message{ID: customer, Customer: customer, Occurred: ago(time.Minute), Amount: 60})
		}
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
		latest, _ := w.publicScores(t)
		if _, published := latest["c01"]; published || len(latest) != 2 {
			t.Errorf("published scores: want those of c00 and c02, got %d", len(latest))
		}
		if w.noticed(Trouble) == 0 {
			t.Error("want the score that is left out reported, got nothing")
		}
	})
}

// publicScores returns the latest public score of each customer that was published, and how many there were.
func (w *world) publicScores(t *testing.T) (latest map[string]shard.View, all int) {
	t.Helper()
	latest = map[string]shard.View{}
	w.wire.mu.Lock()
	defer w.wire.mu.Unlock()
	for _, id := range w.wire.order {
		o := w.wire.sent[id]
		if o.Topic != scores {
			continue
		}
		all++
		var s struct {
			Customer string
			Base     event.Currency
			Fields   []score.NamedValue
		}
		if err := json.Unmarshal(o.Value, &s); err != nil {
			t.Fatal(err)
		}
		if string(o.Key) != s.Customer || s.Base != w.layout.Base {
			t.Errorf("score of %s: want its key and %s, got key %q and %q", s.Customer, w.layout.Base, o.Key, s.Base)
		}
		v := shard.View{Customer: s.Customer}
		for _, f := range s.Fields {
			v.Fields = append(v.Fields, shard.Field{Name: f.Name, Value: f.Value})
		}
		latest[s.Customer] = v
	}
	return latest, all
}

// checkScores is check, and also checks that the latest published score of every customer is the current one.
func (w *world) checkScores(t *testing.T) {
	t.Helper()
	w.check(event.InstantOf(time.Now()))
	latest, _ := w.publicScores(t)
	for _, s := range w.store.shards {
		for customer, b := range s.profiles {
			if !w.shows(latest[customer], b) {
				t.Errorf("published score of %s: want that of %s, got %v", customer, b, latest[customer].Fields)
			}
		}
	}
}

// TestScores: a score that changes, by an event or in silence, is published. The rolling pass publishes no scores.
func TestScores(t *testing.T) {
	for _, s := range scorers(t) {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, s, 1, 4)
				w.adjust = func(c *Config) { c.PublishScores, c.RollingCycle = true, time.Minute }
				w.lives(7)
				lane := w.start(0, nil)
				lane.rest(t)
				w.trade("live", 10)
				lane.rest(t)
				_, before := w.publicScores(t)
				pass(10 * time.Minute)
				if _, got := w.publicScores(t); got != before {
					t.Errorf("scores published while nothing changed: want none, got %d", got-before)
				}
				finish(t, lane)
				w.checkScores(t)
			})
		})
	}
}

// TestNoScores: without PublishScores no score is published.
func TestNoScores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(7)
		finish(t, w.start(0, nil))
		if _, got := w.publicScores(t); got != 0 {
			t.Errorf("scores published: want none, got %d", got)
		}
	})
}

// TestCrashBeforeScores kills a lane at every call. The successor publishes the changed scores, also those changed in silence.
func TestCrashBeforeScores(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%t", after), func(t *testing.T) {
			t.Parallel()
			for at, crashed := 1, true; crashed; at++ {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, toyScorer(), 1, 2)
					w.adjust = func(c *Config) { c.PublishScores = true }
					for n := range 6 { // customers fall silent one after another
						silent := ago(10*day - time.Duration(n)*700*time.Millisecond)
						w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: silent, Amount: 150})
					}
					f := &fuse{at: at, after: after}
					lane := w.start(0, f)
					pass(5 * time.Second)
					lane.rest(t)
					lane.lane.Drain()
					lane.wait()
					if crashed = f.blown(); crashed {
						finish(t, w.start(0, nil))
					}
					w.checkScores(t)
				})
				if t.Failed() || at > 2000 {
					t.Fatalf("crash at call %d, after its effect: %t", at, after)
				}
			}
		})
	}
}

// slowViews takes half a second for every view.
type slowViews struct{ Store }

func (s slowViews) Project(ctx context.Context, views []shard.View) error {
	pass(time.Duration(len(views)) * time.Second / 2)
	return s.Store.Project(ctx, views)
}

// TestLastTurnWaitsForNothing: outputs of customers whose views were written at once wait behind leftovers. They become removable with the
// last turn, although no view is left to be written.
func TestLastTurnWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(1)
		r := w.start(0, nil)
		finish(t, r)
		s := newSession(r.lane, customers{})
		s.display.turn = turn{begun: true}
		first := s.states.all[0]
		first.outbox = outbox{segments{projecting: 2, unprojected: 3}, make([]string, 5)}
		if err := s.display.showAll(t.Context(), s.applied); err != nil {
			t.Fatal(err)
		}
		if want := (segments{removable: 5}); first.outbox.segments != want {
			t.Errorf("outbox after the last turn: want %+v, got %+v", want, first.outbox.segments)
		}
	})
}

// TestEventsDoNotWaitForViews: the output of an event is published while the views of many other customers are still being written. No
// offset is committed before the views of its records are written.
func TestEventsDoNotWaitForViews(t *testing.T) {
	const customers = 40
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.Store, c.RollingCycle = slowViews{c.Store}, -1 }
		for n := range customers {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(time.Second), Amount: 400})
		}
		lane := w.start(0, nil)
		pass(5 * time.Second) // the turn takes 20
		before := len(w.wire.ids(false))
		w.send(event.Purchases, message{ID: "now", Customer: "c99", Occurred: ago(0), Amount: 400})
		pass(4 * time.Second)
		if got := len(w.wire.ids(false)); got != before+1 {
			t.Errorf("outputs while views are being written: want %d and one more, got %d", before, got)
		}
		p := w.place(event.Purchases, "c00")
		if told := w.logs.offsets()[p]; told != 0 {
			t.Errorf("offset committed while views are being written: want none yet, got %d", told)
		}
		pass(time.Minute)
		if told := w.logs.offsets()[p]; told != customers+1 {
			t.Errorf("offset committed in the end: want %d, got %d", customers+1, told)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}
