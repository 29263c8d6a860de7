package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// speak writes a record of somebody else, of the shard index + 2, to a partition of a topic.
func (w *world) speak(topic event.Topic, index int, at event.Instant) {
	w.shopped++
	id := fmt.Sprint("speak", w.shopped)
	w.sendTo(shard.Partition{Topic: topic, Index: index}, at, message{ID: id, Customer: w.customerOf(index + 2), Occurred: at, Amount: 5})
}

// TestQuietHold: interactions have fallen quiet for longer than the hold when c01 crosses a line. Her review waits until interactions speak
// again, and the lane says so.
func TestQuietHold(t *testing.T) {
	const hold = time.Hour
	for _, row := range []struct {
		name   string
		hold   time.Duration
		after  func(w *world) // when the topics have been quiet for two hours
		alerts int            // of c01, in the end
	}{
		{"off", 0, nil, 1},
		{"on, and nobody speaks", hold, nil, 0},
		{"on, and another topic speaks", hold, func(w *world) { w.speak(event.Purchases, 0, ago(0)) }, 0},
		{"on, and the topic speaks again", hold, func(w *world) { w.speak(event.Interactions, 0, ago(0)); w.speak(event.Purchases, 0, ago(0)) }, 1},
		{"on, and it speaks with records of last year", hold, func(w *world) {
			w.speak(event.Interactions, 0, ago(300*day))
			w.speak(event.Purchases, 0, ago(300*day))
		}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				w.logs.wait = time.Second // hours pass: fewer empty fetches
				metrics := NewMetrics()
				w.adjust = func(c *Config) { c.QuietHold, c.Metrics = row.hold, metrics }
				due := ago(-90 * time.Minute)
				w.speak(event.Interactions, 0, ago(0)) // feedback never speaks: it does not count
				w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: due.Add(-10 * day), Amount: 5})
				w.speak(event.Purchases, 0, ago(0))
				lane := w.start(0, nil)
				lane.rest(t)
				pass(2 * time.Hour)
				if got := w.alerted()["c01"]; row.hold > 0 && got != 0 {
					t.Errorf("alerts while the topics are quiet: want none, got %d", got)
				}
				if row.hold > 0 {
					series := scrape(t, metrics)
					quiet := fmt.Sprint(series[`tidemark_quiet_hold{partition="0", topic="customer.interactions.v1"}`], series[`tidemark_quiet_hold{partition="0", topic="customer.feedback.v1"}`])
					held := strings.Join(lane.lane.Health().Held, "\n")
					if quiet != "1 0" || !strings.Contains(held, "customer.interactions.v1 has been quiet since") || w.noticed(QuietHold) != 2 {
						t.Errorf("said: quiet %s, %q, %d notices; want 1 of interactions and 0 of feedback, in words, and 2 notices", quiet, held, w.noticed(QuietHold))
					}
					if p := lane.lane.Health().Problems(time.Now(), time.Minute); len(p) != 0 {
						t.Errorf("a lane that holds reviews works all the same; got %v", p)
					}
				}
				if row.after != nil {
					row.after(w)
				}
				pass(2 * time.Second)
				if got := w.alerted()["c01"]; row.hold > 0 && got != 0 {
					t.Errorf("alerts as soon as a topic speaks: want none, for more may come at once, got %d", got)
				}
				pass(2 * settle)
				if got := w.alerted()["c01"]; got != row.alerts {
					t.Errorf("alerts in the end: want %d, got %d", row.alerts, got)
				}
				lane.end(t)
			})
		})
	}
}

// TestQuietHoldAndLateBurst: the producers were cut off. When they are back, the purchase that they have kept back comes a few seconds after
// the first record. She is not reported.
func TestQuietHoldAndLateBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.logs.wait = time.Second // hours pass: fewer empty fetches
		w.adjust = func(c *Config) { c.QuietHold = time.Hour }
		due := ago(-90 * time.Minute)
		w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: due.Add(-10 * day), Amount: 5})
		w.speak(event.Purchases, 0, ago(0))
		lane := w.start(0, nil)
		lane.rest(t)
		pass(3 * time.Hour)
		w.speak(event.Purchases, 0, ago(0))
		pass(5 * time.Second)
		w.send(event.Purchases, message{ID: "q", Customer: "c01", Occurred: due.Add(-time.Minute), Amount: 5})
		finish(t, lane)
		if got := w.alerted()["c01"]; got != 0 {
			t.Errorf("alerts of her who bought in time: want none, got %d", got)
		}
		if w.noticed(QuietOver) != 1 {
			t.Errorf("notices of the end: want 1, got %d", w.noticed(QuietOver))
		}
	})
}

// TestQuietHoldOutlivesARestart: a lane that is started during the hold holds, whether or not a backlog of the time before is left, and
// although its last record is stamped ahead of the fall.
func TestQuietHoldOutlivesARestart(t *testing.T) {
	for _, backlog := range []bool{false, true} {
		t.Run(fmt.Sprintf("backlog=%t", backlog), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, toyScorer(), 1, 4)
				w.logs.wait = time.Second // hours pass: fewer empty fetches
				w.adjust = func(c *Config) { c.QuietHold = time.Hour }
				due := ago(-3 * time.Hour)
				w.send(event.Purchases, message{ID: "p", Customer: "c01", Occurred: due.Add(-10 * day), Amount: 5})
				w.speak(event.Purchases, 0, ago(0))
				lane := w.start(0, nil)
				lane.rest(t)
				lane.end(t)
				if backlog {
					w.speak(event.Purchases, 0, ago(-time.Minute))
					w.speak(event.Purchases, 0, ago(0))
				}
				pass(4 * time.Hour)
				lane = w.start(0, nil)
				pass(time.Minute)
				if got := w.alerted()["c01"]; got != 0 {
					t.Errorf("alerts after a restart during the hold: want none, got %d", got)
				}
				w.speak(event.Purchases, 0, ago(0))
				finish(t, lane)
				if got := w.alerted()["c01"]; got != 1 {
					t.Errorf("alerts when the topic speaks again: want 1, got %d", got)
				}
			})
		})
	}
}

// TestQuietHoldOfAllPartitions: a topic is quiet only if all its partitions are. Two lanes, of two members, see one partition each.
func TestQuietHoldOfAllPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 4)
		w.logs.wait = time.Second // hours pass: fewer empty fetches
		w.adjust = func(c *Config) { c.QuietHold = time.Hour }
		her, due := w.customerOf(0), ago(-90*time.Minute)
		w.send(event.Purchases, message{ID: "p", Customer: her, Occurred: due.Add(-10 * day), Amount: 5})
		w.speak(event.Purchases, 0, ago(0))
		zero, one := w.start(0, nil), w.start(1, nil)
		for range 8 { // two hours, in which only partition 1 speaks
			w.speak(event.Purchases, 1, ago(0))
			pass(15 * time.Minute)
		}
		if got := w.alerted()[her]; got != 1 {
			t.Errorf("alerts of her while partition 1 speaks: want 1, got %d", got)
		}
		zero.end(t)
		one.end(t)
	})
}

// TestQuietHoldNeedsTheWallClock: a history that is loaded under the event clock is quiet to its end, and reviewed all the same.
func TestQuietHoldNeedsTheWallClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.lives(5)
		asOf := ago(0)
		w.adjust = func(c *Config) { c.Clock, c.AsOf, c.QuietHold = EventClock, asOf, time.Second }
		lane := w.start(0, nil)
		eventually(t, "caught up", func() bool { return lane.lane.Progress().CaughtUp })
		lane.end(t)
		w.check(asOf)
	})
}

// TestEar: when a partition was heard last.
func TestEar(t *testing.T) {
	record := func(offset int64, at event.Instant) stream.Record { return stream.Record{Offset: offset, Time: at} }
	fetch := func(high int64, records ...stream.Record) stream.Fetch {
		f := stream.Fetch{HighWatermark: high, Records: records}
		if n := len(records); n > 0 {
			f.Next = records[n-1].Offset + 1
		}
		return f
	}
	type answer struct {
		f         stream.Fetch
		from      int64
		sent, now event.Instant
	}
	for _, row := range []struct {
		name    string
		before  shard.Heard
		answers []answer
		want    shard.Heard
	}{
		{"a log that has never held a record", shard.Heard{}, []answer{{fetch(0), 0, 100, 101}}, shard.Heard{}},
		{"its first record", shard.Heard{}, []answer{{fetch(0), 0, 100, 101}, {fetch(1, record(0, 9000)), 0, 200, 205}}, shard.Heard{At: 205, End: 1}},
		{"all read before, by a version that did not listen", shard.Heard{}, []answer{{fetch(7), 7, 100, 101}}, shard.Heard{At: 100, End: 7}},
		{"all read before, and heard", shard.Heard{At: 40, End: 7}, []answer{{fetch(7), 7, 100, 101}}, shard.Heard{At: 40, End: 7}},
		{"read again below what was heard", shard.Heard{At: 40, End: 7}, []answer{{fetch(7, record(5, 90), record(6, 95)), 5, 100, 101}}, shard.Heard{At: 40, End: 7}},
		{"a backlog: its last record", shard.Heard{At: 40, End: 5}, []answer{
			{fetch(7, record(5, 99)), 5, 100, 101}, {fetch(7, record(6, 60)), 6, 110, 111},
		}, shard.Heard{At: 60, End: 7}},
		{"a backlog whose last record is stamped ahead", shard.Heard{At: 40, End: 5}, []answer{{fetch(6, record(5, 900)), 5, 100, 101}}, shard.Heard{At: 100, End: 6}},
		{"a backlog that grows", shard.Heard{At: 40, End: 5}, []answer{{fetch(7, record(5, 50)), 5, 100, 101}, {fetch(9, record(6, 60)), 6, 110, 111}}, shard.Heard{At: 111, End: 9}},
		{"the topic was created again, with as many records", shard.Heard{At: 40, End: 7}, []answer{{fetch(3, record(0, 50), record(1, 60), record(2, 70)), 0, 100, 101}}, shard.Heard{At: 70, End: 3}},
	} {
		var e ear
		e.recall(row.before)
		for _, a := range row.answers {
			e.hear(&a.f, a.from, a.sent, a.now)
		}
		if got := e.heard(); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.name, got, row.want)
		}
	}
}
