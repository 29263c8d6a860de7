package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// elsewhere is a world of two lanes, and a customer of lane 0 who crosses a line a minute from now. Her purchases come in partition 1. near
// is a customer of lane 0, of another shard, who crosses the line at the same time, and whose purchases come in partition 0.
func elsewhere(t *testing.T) (w *world, customer, near string) {
	w = newWorld(t, toyScorer(), 2, 4)
	customer, near = w.customerOf(0), w.customerOf(2)
	at := ago(10*day - time.Minute)
	w.sendTo(shard.Partition{Topic: event.Purchases, Index: 1}, at, message{ID: "p", Customer: customer, Occurred: at, Amount: 5})
	w.sendTo(shard.Partition{Topic: event.Purchases, Index: 0}, at, message{ID: "n", Customer: near, Occurred: at, Amount: 5})
	return w, customer, near
}

// end drains a lane.
func (r *running) end(t *testing.T) {
	t.Helper()
	r.lane.Drain()
	if err := <-r.done; err != nil {
		t.Fatalf("a drained lane: want no error, got %v", err)
	}
}

// alerted returns the customers of whom alerts were published.
func (w *world) alerted() map[string]int {
	w.wire.mu.Lock()
	defer w.wire.mu.Unlock()
	of := map[string]int{}
	for id, o := range w.wire.sent {
		if strings.Contains(id, "churn-alerts") {
			of[string(o.Key)]++
		}
	}
	return of
}

// TestStrangers: the purchases of a customer come in the partition of a lane that does not own her shard. While that lane lags, her reviews
// wait, and it is said; the reviews of another shard of the same lane do not.
func TestStrangers(t *testing.T) {
	for _, row := range []struct {
		name    string
		bought  bool // in time, in the partition that is not read
		restart bool // of the owner, while the other lane is away
		want    int  // alerts of her once the partition is read
	}{
		{"she bought in time", true, false, 0},
		{"she bought in time, and her lane was taken over meanwhile", true, true, 0},
		{"she did not", false, false, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, her, near := elsewhere(t)
				metrics := NewMetrics()
				w.adjust = func(c *Config) { c.Metrics = metrics }
				zero, one := w.start(0, nil), w.start(1, nil)
				zero.rest(t)
				one.rest(t)
				one.end(t)
				if row.bought {
					w.sendTo(shard.Partition{Topic: event.Purchases, Index: 1}, ago(0), message{ID: "q", Customer: her, Occurred: ago(0), Amount: 5})
				}
				if row.restart {
					zero.stop()
					zero.wait()
					zero = w.start(0, nil)
				}
				pass(30 * time.Minute)
				if got := w.alerted(); got[her] != 0 || got[near] != 1 {
					t.Errorf("alerts while her partition is unread: want 1 of the other customer and none of her, got %v", got)
				}
				if got := scrape(t, metrics)[`tidemark_strangers_held_shards{partition="0"}`]; got != 1 {
					t.Errorf("shards that wait: want 1, got %v", got)
				}
				held := strings.Join(zero.lane.Health().Held, "\n")
				if !strings.Contains(held, "reviews of 1 shards wait for partition 1") || w.noticed(StrangersHold) != 1 {
					t.Errorf("the lane says: %q, with %d notices; want that 1 shard waits for partition 1, and 1 notice", held, w.noticed(StrangersHold))
				}
				if p := zero.lane.Progress(); p.Reviewed >= ago(0).Add(-time.Minute) {
					t.Errorf("reviewed until %s although reviews wait", p.Reviewed)
				}
				one = w.start(1, nil)
				finish(t, zero, one)
				if got := w.alerted(); got[her] != row.want {
					t.Errorf("alerts once the partition is read: want %d, got %v", row.want, got)
				}
				if got := scrape(t, metrics)[`tidemark_strangers_held_shards{partition="0"}`]; got != 0 || w.noticed(StrangersRead) != 1 {
					t.Errorf("in the end: want no shard that waits and 1 notice, got %v and %d", got, w.noticed(StrangersRead))
				}
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestStrangersOfANewState: nothing is stored, producers use another partitioner, and the lane with the customer's purchases reads a long
// backlog. The owner has long read its own partitions. Nobody is reported whose purchase is yet to be read.
func TestStrangersOfANewState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, her, near := elsewhere(t)
		w.sendTo(shard.Partition{Topic: event.Purchases, Index: 0}, ago(0), message{ID: "o", Customer: w.customerOf(1), Occurred: ago(0), Amount: 5})
		w.sendTo(shard.Partition{Topic: event.Purchases, Index: 1}, ago(0), message{ID: "q", Customer: her, Occurred: ago(0), Amount: 5})
		w.sendTo(shard.Partition{Topic: event.Purchases, Index: 1}, ago(0), message{ID: "r", Customer: near, Occurred: ago(0), Amount: 5})
		zero := w.start(0, nil)
		pass(10 * time.Minute)
		if got := w.alerted(); len(got) != 0 {
			t.Errorf("alerts before partition 1 was ever read: want none, got %v", got)
		}
		finish(t, zero, w.start(1, nil))
		if got := w.alerted(); len(got) != 0 {
			t.Errorf("alerts of customers who bought in time: want none, got %v", got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}

// TestStrangersGo: a producer is mended. When its lane has read a week beyond the last event of a shard of others, nobody waits for that lane
// any more.
func TestStrangersGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, her, _ := elsewhere(t)
		w.logs.wait = 10 * time.Second
		w.adjust = func(c *Config) { c.Checkpoint = time.Minute }
		zero, one := w.start(0, nil), w.start(1, nil)
		pass(strangersFor + time.Hour)
		one.end(t)
		before := w.alerted()[her]
		w.send(event.Purchases, message{ID: "z", Customer: her, Occurred: ago(0), Amount: 5})
		pass(11 * day)
		if got := w.alerted()[her]; got <= before {
			t.Errorf("alerts of her, who fell silent again: want more than %d, got %d", before, got)
		}
		zero.end(t)
	})
}

// TestPartitionsAddedLeaveABacklog: partitions were added, and the customer's shard has moved to a new lane. Her purchase was written before,
// to the partition of the lane that owned the shard then, and that lane lags. Nobody is reported.
func TestPartitionsAddedLeaveABacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		moving := ""
		for n := 0; moving == "" || w.layout.Partitioner.Of(moving, 2) != 1; n++ {
			moving = fmt.Sprint("x", n)
		}
		at := ago(10*day - time.Minute)
		w.send(event.Purchases, message{ID: "p", Customer: moving, Occurred: at, Amount: 5})
		lane := w.start(0, nil)
		lane.rest(t)
		lane.end(t)
		w.send(event.Purchases, message{ID: "q", Customer: moving, Occurred: ago(0), Amount: 5})
		w.partitions = 2
		one := w.start(1, nil)
		pass(30 * time.Minute)
		if got := w.alerted(); len(got) != 0 {
			t.Errorf("alerts while the old partition is unread: want none, got %v", got)
		}
		finish(t, one, w.start(0, nil))
		if got := w.alerted(); len(got) != 0 {
			t.Errorf("alerts: want none, for she bought in time, got %v", got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}
