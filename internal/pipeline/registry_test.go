package pipeline

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// registered is a codec whose schema registry may be down. Then it cannot decode purchases.
type registered struct {
	plain
	down *atomic.Bool
}

func (c registered) Decode(r stream.Record) (event.Event, error) {
	if c.down.Load() && r.Topic == event.Purchases {
		return nil, fmt.Errorf("look up schema 7: %w", stream.ErrSchemaUnavailable)
	}
	return c.plain.Decode(r)
}

// TestRegistryDown: the lane waits for a record that it cannot decode now. The record becomes no dead letter, no later record is applied
// before it, no review in silence fires, and the lane does not count as stalled.
func TestRegistryDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, first, due := quiet(t)
		first.lane.Drain()
		first.wait()
		var down atomic.Bool
		w.adjust = func(c *Config) { c.Codec = registered{down: &down} }
		lane := w.start(0, nil)
		lane.rest(t)
		down.Store(true)
		w.sendTo(w.place(event.Purchases, "c01"), due.Add(-time.Second), message{ID: "q", Customer: "c01", Occurred: due.Add(-time.Second), Amount: 5})
		pass(2 * time.Minute)
		w.send(event.Interactions, message{ID: "i", Customer: "c01", Occurred: ago(0)})
		pass(time.Hour)
		if got := len(w.alerts()); got != 0 {
			t.Errorf("alerts while a purchase cannot be read: want none, got %d", got)
		}
		if got := w.wire.ids(true); len(got) != 0 {
			t.Errorf("dead letters: want none, got %v", got)
		}
		if w.noticed(Trouble) == 0 {
			t.Error("notices of trouble: want some, got none")
		}
		down.Store(false)
		pass(10 * time.Second)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}

// TestRegistryDownInTheMidst: the records before the record that cannot be decoded are applied at once.
func TestRegistryDownInTheMidst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		var down atomic.Bool
		down.Store(true)
		w.adjust = func(c *Config) { c.Codec = partly{registered{down: &down}} }
		for n, id := range []string{"good", "unknown", "also good"} {
			w.send(event.Purchases, message{ID: id, Customer: "c01", Occurred: ago(time.Minute) + event.Instant(n), Amount: 60})
		}
		lane := w.start(0, nil)
		pass(10 * time.Minute)
		p := w.place(event.Purchases, "c01")
		if got := lane.lane.Progress().Applied[p]; got != 1 {
			t.Errorf("applied before the one that cannot be judged: want 1, got %d", got)
		}
		down.Store(false)
		pass(10 * time.Second)
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}

// partly is a codec that knows the schema of all purchases but those of offset 1.
type partly struct{ registered }

func (c partly) Decode(r stream.Record) (event.Event, error) {
	if r.Offset == 1 {
		return c.registered.Decode(r)
	}
	return c.plain.Decode(r)
}

// TestRegistryDownAtTheEnd: a lane that waits for a schema ends at once, when it is drained or its generation ends.
func TestRegistryDownAtTheEnd(t *testing.T) {
	for name, end := range map[string]func(*running){
		"drained":              func(r *running) { r.lane.Drain() },
		"its generation ended": func(r *running) { r.stop() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				var down atomic.Bool
				down.Store(true)
				w.adjust = func(c *Config) { c.Codec = registered{down: &down} }
				w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: ago(0), Amount: 5})
				lane := w.start(0, nil)
				pass(time.Minute)
				began := time.Now()
				end(lane)
				lane.wait()
				if took := time.Since(began); took > time.Second {
					t.Errorf("leaving: want it within 1 s, got %s", took)
				}
				down.Store(false)
				finish(t, w.start(0, nil))
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// unsure is a codec whose registry does not know the schema of offset 1, and says so for good after ten seconds.
type unsure struct {
	plain
	since *atomic.Int64
}

func (c unsure) Decode(r stream.Record) (event.Event, error) {
	if r.Topic != event.Purchases || r.Offset != 1 {
		return c.plain.Decode(r)
	}
	c.since.CompareAndSwap(0, time.Now().UnixNano())
	if time.Since(time.Unix(0, c.since.Load())) < 10*time.Second {
		return nil, fmt.Errorf("look up schema 7: %w", stream.ErrSchemaUnavailable)
	}
	return nil, event.Invalidf(event.UnknownSchema, "schema 7")
}

// TestSchemaThatNeverAppears: a record whose schema the registry does not know holds its partition for some seconds. Then the record goes
// to the dead letters, and the lane goes on behind it.
func TestSchemaThatNeverAppears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.Codec = unsure{since: new(atomic.Int64)} }
		for n, id := range []string{"good", "unknown", "also good"} {
			w.send(event.Purchases, message{ID: id, Customer: "c01", Occurred: ago(time.Minute) + event.Instant(n), Amount: 60})
		}
		lane := w.start(0, nil)
		p := w.place(event.Purchases, "c01")
		pass(9 * time.Second)
		if got, letters := lane.lane.Progress().Applied[p], w.wire.ids(true); got != 1 || len(letters) != 0 {
			t.Errorf("after 9 s: want 1 applied and no dead letter, got %d and %v", got, letters)
		}
		pass(7 * time.Second)
		if got, letters := lane.lane.Progress().Applied[p], w.wire.ids(true); got != 3 || len(letters) != 1 {
			t.Errorf("after 16 s: want all 3 passed and 1 dead letter, got %d and %v", got, letters)
		}
		lane.lane.Drain()
		lane.wait()
	})
}
