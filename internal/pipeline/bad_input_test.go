package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// TestBadInput: every bad record goes to the dead letters with its reason, and the good event after it is scored.
func TestBadInput(t *testing.T) {
	for _, bad := range []struct {
		name   string
		m      message
		reason event.Reason
	}{
		{"does not validate", message{Bad: "x"}, event.BadField},
		{"crashes the decoder", message{Bad: "panic"}, event.Crash},
		{"on a sealed day", message{Amount: sealed}, event.TooLate},
		{"older than the model takes", message{Amount: ancient}, event.TooOld},
		{"a currency without a rate", message{Currency: "XXX"}, event.UnknownCurrency},
		{"a transaction marker", message{Bad: "marker"}, ""},
	} {
		t.Run(bad.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				bad.m.ID, bad.m.Customer, bad.m.Occurred = "bad", "c01", ago(time.Hour)
				w.send(event.Purchases, bad.m)
				w.send(event.Purchases, message{ID: "good", Customer: "c01", Occurred: ago(time.Minute), Amount: 500})
				finish(t, w.start(0, nil))
				w.check(event.InstantOf(time.Now()))
				if got := len(w.wire.ids(false)); got != 1 {
					t.Errorf("transitions of the good event: want 1, got %d", got)
				}
				if bad.reason == "" {
					return
				}
				letter, ok := w.wire.sent[schemas.DeadLetters+" customer.purchases.v1/0/0"]
				if !ok {
					t.Fatalf("dead letters: want one of offset 0, got %v", w.wire.ids(true))
				}
				got := map[string]string{}
				for _, h := range letter.Headers {
					got[h.Key] = string(h.Value)
				}
				want := map[string]string{
					"tidemark.error.code": string(bad.reason), "__connect.errors.topic": "customer.purchases.v1",
					"__connect.errors.partition": "0", "__connect.errors.offset": "0",
				}
				for key, value := range want {
					if got[key] != value {
						t.Errorf("header %s: want %q, got %q", key, value, got[key])
					}
				}
				record := w.logs.records[w.place(event.Purchases, "c01")][0]
				if string(letter.Key) != "c01" || string(letter.Value) != string(record.Value) || letter.Time != record.Time {
					t.Errorf("letter: want the record %v, got %v", record, letter)
				}
			})
		})
	}
}

// TestDeadLettersAway: while dead letters cannot be written, the lane skips no record.
func TestDeadLettersAway(t *testing.T) {
	for _, bad := range []message{{Bad: "x"}, {Amount: sealed}} {
		t.Run(fmt.Sprintf("%+v", bad), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				bad.ID, bad.Customer, bad.Occurred = "bad", "c01", ago(time.Hour)
				w.send(event.Purchases, bad)
				w.send(event.Purchases, message{ID: "good", Customer: "c01", Occurred: ago(time.Minute), Amount: 500})
				w.wire.set(schemas.DeadLetters, true)
				lane := w.start(0, nil)
				pass(10 * time.Minute)
				p := w.place(event.Purchases, "c01")
				metas, err := w.store.Metas(t.Context(), []int{0, 1, 2, 3})
				if err != nil {
					t.Fatal(err)
				}
				for n, meta := range metas {
					if got := meta.Marks[p]; got != 0 {
						t.Errorf("mark of shard %d while the letter is not acknowledged: want 0, got %d", n, got)
					}
				}
				if got := w.logs.offsets()[p]; got != 0 {
					t.Errorf("committed offset: want 0, got %d", got)
				}
				w.wire.set(schemas.DeadLetters, false)
				finish(t, lane)
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestBreaker: a broken schema makes every record bad. The lane pauses after about a hundred bad records, and tries again later.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.adjust = func(c *Config) { c.Breaker.Pause = 10 * time.Minute }
		const records = 250
		for n := range records {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: "c01", Occurred: ago(time.Hour) + event.Instant(n), Bad: "schema"})
		}
		lane := w.start(0, nil)
		pass(5 * time.Minute)
		if got := len(w.wire.ids(true)); got < 100 || got > 109 { // the batch in hand is in the dead letters too
			t.Errorf("dead letters when it pauses: want 100 to 109, got %d", got)
		}
		if !lane.lane.Progress().Paused {
			t.Error("progress: want it paused, got not")
		}
		pass(25 * time.Minute)
		if got := w.noticed(Paused); got != 2 {
			t.Errorf("pauses: want 2, got %d", got)
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}

// TestDrainWhilePaused: a paused lane drains at once. Its successor applies the batch.
func TestDrainWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		for n := range 250 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: "c01", Occurred: ago(time.Hour) + event.Instant(n), Bad: "schema"})
		}
		lane := w.start(0, nil)
		pass(time.Minute)
		lane.lane.Drain()
		began := time.Now()
		if err := <-lane.done; err != nil {
			t.Errorf("a drained lane: want no error, got %v", err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("draining: want it within 1 s, got %s", took)
		}
		w.adjust = func(c *Config) { c.Breaker.Share = 1 }
		finish(t, w.start(0, nil))
		w.check(event.InstantOf(time.Now()))
	})
}

func TestTally(t *testing.T) {
	b := Breaker{}.withDefaults()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	type step struct {
		after    time.Duration
		all, bad int
		trips    bool
	}
	for name, steps := range map[string][]step{
		"a few bad ones, however large their share": {{0, 99, 99, false}},
		"a hundred, more than a twentieth":          {{0, 1000, 99, false}, {time.Second, 1, 1, true}},
		"a hundred, but a twentieth only":           {{0, 2000, 100, false}, {0, 1, 1, true}},
		"a hundred, but spread over minutes":        {{0, 60, 60, false}, {70 * time.Second, 60, 60, false}},
	} {
		var c tally
		for i, s := range steps {
			if _, got := c.add(b, start.Add(s.after), counted{all: s.all, bad: s.bad}); got != s.trips {
				t.Errorf("%s, step %d: want trips %t, got %t", name, i, s.trips, got)
			}
		}
	}
}
