package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestBreakerIncident: within an incident pauses grow up to a bound; a window without too many bad records ends it.
func TestBreakerIncident(t *testing.T) {
	bad, good := counted{all: 100, bad: 100, reasons: map[string]int{"MALFORMED": 100}}, counted{all: 100}
	type step struct {
		name   string
		after  time.Duration
		batch  counted
		pause  time.Duration
		notice NoticeKind // Trouble for none
	}
	for name, c := range map[string]struct {
		settings Breaker
		steps    []step
	}{
		"pauses": {Breaker{LongestPause: 5 * time.Minute}, []step{
			{"a hundred bad ones", 0, bad, time.Minute, Paused},
			{"the probe is bad as well", time.Minute, bad, 2 * time.Minute, Paused},
			{"and the next", 2 * time.Minute, bad, 4 * time.Minute, Paused},
			{"no pause is longer than the longest", 4 * time.Minute, bad, 5 * time.Minute, Paused},
			{"good ones, but for less than a window", 5 * time.Minute, good, 0, Trouble},
			{"good ones for longer end the incident", 2 * time.Minute, good, 0, Resumed},
			{"which is said once", time.Second, good, 0, Trouble},
			{"a new incident begins with the first pause", time.Hour, bad, time.Minute, Paused},
		}},
		"never pauses when told to bury": {Breaker{Bury: true}, []step{
			{"a hundred bad ones", 0, bad, 0, TooManyBad},
			{"an incident is said once", 10 * time.Second, bad, 0, Trouble},
			{"good ones end it", 5 * time.Minute, good, 0, Resumed},
			{"the next is said again", time.Hour, bad, 0, TooManyBad},
		}},
		"a share of 1 is never too much": {Breaker{Share: 1}, []step{{"all bad", 0, bad, 0, Trouble}}},
	} {
		settings, at := c.settings.withDefaults(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var b breaker
		for _, s := range c.steps {
			at = at.Add(s.after)
			pause, notice := b.add(settings, at, s.batch)
			got := Trouble
			if notice != nil {
				got = notice.Kind
			}
			if pause != s.pause || got != s.notice {
				t.Errorf("%s, %s: want a pause of %s and %q, got %s and %q", name, s.name, s.pause, s.notice, pause, got)
			}
		}
	}
}

// TestBreakerSaysWhy: the notice names the reasons, the most frequent first, and what to do about them.
func TestBreakerSaysWhy(t *testing.T) {
	c := counted{all: 500, bad: 304, reasons: map[string]int{"UNKNOWN_CURRENCY PLN": 300, "MALFORMED": 2, "TOO_LATE": 1, "TOO_OLD": 1}}
	got := c.describe(Breaker{}.withDefaults())
	for _, want := range []string{"304 of 500 records within 1m0s", "UNKNOWN_CURRENCY PLN 300, MALFORMED 2, TOO_LATE 1, TOO_OLD 1", "sends seconds as milliseconds", "no rate for PLN: add it under rates", "load in event time"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in it, got %q", want, got)
		}
	}
}

// TestPauseIsNotForEver: one batch holds more bad records than pause the lane; good ones stand behind. The lane goes on by itself after
// the pause. A restart goes on at once, behind what is buried.
func TestPauseIsNotForEver(t *testing.T) {
	for name, restart := range map[string]bool{"by itself": false, "by a restart": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				w.logs.limit = 1000
				w.adjust = func(c *Config) { c.BatchEvents = 2000 }
				for n := range 300 {
					w.send(event.Purchases, message{ID: fmt.Sprint("bad ", n), Customer: "c01", Occurred: ago(time.Hour) + event.Instant(n), Bad: "schema"})
				}
				for n := range 40 {
					w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(time.Minute) + event.Instant(n), Amount: 60})
				}
				lane := w.start(0, nil)
				eventually(t, "it pauses", func() bool { return lane.lane.Progress().Paused })
				if got := len(w.wire.ids(true)); got != 300 {
					t.Errorf("dead letters during the pause: want 300, got %d", got)
				}
				if restart {
					lane.lane.Drain()
					lane.wait()
					lane = w.start(0, nil)
				}
				began := time.Now()
				lane.rest(t)
				if took := time.Since(began); restart && took > 5*time.Second {
					t.Errorf("after the restart: want it done at once, got %s", took)
				}
				if got := w.noticed(Paused); got != 1 {
					t.Errorf("pauses: want 1, got %d", got)
				}
				finish(t, lane)
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestRefusedCountLikeBad: a whole topic in a currency without a rate pauses the lane, as undecodable records do, and the notice names it.
func TestRefusedCountLikeBad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		var why []string
		w.adjust = func(c *Config) {
			report := c.Report
			c.Report = func(n Notice) {
				if n.Kind == Paused {
					why = append(why, n.Err.Error())
				}
				report(n)
			}
		}
		for n := range 150 {
			w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n%20), Occurred: ago(time.Minute) + event.Instant(n), Amount: 60, Currency: "XXX"})
		}
		lane := w.start(0, nil)
		eventually(t, "it pauses", func() bool { return w.noticed(Paused) == 1 })
		if !strings.Contains(why[0], "UNKNOWN_CURRENCY XXX") {
			t.Errorf("want the currency named, got %q", why[0])
		}
		finish(t, lane)
		w.check(event.InstantOf(time.Now()))
	})
}
