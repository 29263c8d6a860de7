package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/shard"
)

// homesOfTwo returns ids of a world with two lanes: the first has its home with the lane of index 0, the second with that of index 1.
func (w *world) homesOfTwo() (here, there string) {
	for n := 0; here == "" || there == ""; n++ {
		id := fmt.Sprint("id", n)
		if w.place(event.Purchases, id).Index == 0 {
			here = id
		} else {
			there = id
		}
	}
	return here, there
}

// TestOutageOfAHomeIsNoSilence: the lane of the home stands still, so that an order of a merged id waits there. The survivor's silence is not
// judged until that lane has read on, also by a lane that has taken over since. Then the order counts, and no alert was ever raised.
func TestOutageOfAHomeIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 4)
		survivor, old := w.homesOfTwo()
		for n := range 12 { // an order a week
			at := ago(time.Duration(12-n) * 7 * day)
			w.sendTo(w.place(event.Purchases, survivor), at, message{ID: fmt.Sprint("order", n), Customer: survivor, Occurred: at, Amount: 20_000})
		}
		lanes := w.startAll()
		w.merge("word", old, survivor)
		w.settle(lanes)
		pass(3 * time.Second)
		due := w.profile(survivor).Due
		if due == event.Never {
			t.Fatal("no review of the survivor is due")
		}
		lanes[1].stop()
		lanes[1].wait()
		// The old id buys every day until beyond the due time, and nobody reads it.
		now := event.InstantOf(time.Now())
		for at := now; at < due.Add(day); at = at.Add(day) {
			m := message{ID: fmt.Sprint("old id", at), Customer: old, Occurred: at, Amount: 20_000}
			w.sendTo(w.place(event.Purchases, old), at, m)
		}
		lanes[0].stop()
		lanes[0].wait()
		pass(due.Add(day).Sub(now))
		again := w.start(0, nil)
		pass(time.Minute)
		if got := w.profile(survivor); got.Due != due || got.Episode.Level != churn.None {
			t.Errorf("while the home stands still: want no review before %s, got a profile of %s, due %s", due, got.AsOf, got.Due)
		}
		if w.noticed(StrangersHold) == 0 {
			t.Error("nothing says that reviews wait for the other lane")
		}
		home := w.start(1, nil)
		w.settle([]*running{again, home})
		pass(10 * time.Second)
		if got := len(w.alerts()); got != 0 {
			t.Errorf("alerts: want none, got %d", got)
		}
		finish(t, again, home)
		if p := w.profile(survivor); p.Due <= due {
			t.Errorf("after the home has read on: want a due time later than %s, got %s", due, p.Due)
		}
	})
}

// TestUpgradeFindsNoMarksOfLinks: shards that a version without links has left have no marks of that topic, and the group has no offset.
// That is no loss: a takeover writes the marks.
func TestUpgradeFindsNoMarksOfLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 1, 4)
		w.buys("ann", 3, 20_000)
		w.buys("bob", 3, 20_000)
		finish(t, w.startAll()...)
		links := shard.Partition{Topic: event.Links}
		for _, s := range w.store.shards {
			delete(s.meta.Marks, links)
		}
		w.logs.depart(links)
		delete(w.store.origins, links)
		w.merge("ann is bob", "ann", "bob")
		w.notices = nil
		lanes := w.startAll()
		pass(10 * time.Second)
		finish(t, lanes...)
		for _, n := range w.notices {
			t.Errorf("notice: want none, got %s: %v", n.Kind, n.Err)
		}
		for n, s := range w.store.shards {
			if _, ok := s.meta.Marks[links]; !ok {
				t.Errorf("shard %d: want a mark of %s, got none", n, links)
			}
		}
		w.checkMerged(event.InstantOf(time.Now()))
	})
}

// TestHomesUntil: a history that comes in two steps is here once the lane of the second has read beyond the instant at which the first was
// heard.
func TestHomesUntil(t *testing.T) {
	b := &base{cfg: Settings{Partitions: 3, Index: 0}}
	links := newInput(shard.Partition{Topic: event.Links}, 0)
	links.reach.until = 100
	in := newIntake(b, nil, nil)
	in.inputs = []*input{links}
	s := &session{base: b, intake: in, lane: &Lane{heard: map[int][]heard{
		0: {{50, 40}, {99, 98}, {101, 100}},
		1: {{90, 80}, {110, 105}},
		2: {{70, 60}, {85, 84}},
	}}}
	for _, row := range []struct {
		name  string
		homes map[home]int64
		known bool
		until event.Instant
		index int
	}{
		{"nobody is merged", nil, true, event.Never, 0},
		{"the counters are not read yet", nil, false, unknown, 0},
		{"the own lane", map[home]int64{{1, 3}: 1}, true, 98, 0},
		{"another lane", map[home]int64{{1, 0}: 2, {1, 4}: 1}, true, 80, 1},
		{"in two steps", map[home]int64{{1, 1}: 1, {2, 2}: 1}, true, 60, 2},
		{"both at first hand", map[home]int64{{1, 1}: 1, {1, 2}: 1}, true, 80, 1},
		{"in three steps, of which nothing is heard in time", map[home]int64{{1, 1}: 1, {2, 2}: 1, {3, 2}: 1}, true, unknown, 2},
	} {
		st := &state{homes: row.homes, homesKnown: row.known}
		if until, index := s.homesUntil(st); until != row.until || index != row.index && until != event.Never {
			t.Errorf("%s: want %d of lane %d, got %d of lane %d", row.name, row.until, row.index, until, index)
		}
	}
}

// TestHomesOfALongChain: lanes tell each second that they have read until a second and a half before, and one of them reads a chain of as many
// ids as a part may pass. Its reviews go on, somewhat later.
func TestHomesOfALongChain(t *testing.T) {
	const second, now = 1000, 1_000_000
	b := &base{cfg: Settings{Partitions: 2, Index: 0}}
	links := newInput(shard.Partition{Topic: event.Links}, 0)
	links.reach.until = now
	in := newIntake(b, nil, nil)
	in.inputs = []*input{links}
	lane := &Lane{heard: map[int][]heard{}}
	for n := range heardAtMost {
		at := event.Instant(now - (heardAtMost-n)*second)
		for index := range 2 {
			lane.heard[index] = append(lane.heard[index], heard{at, at - 3*second/2})
		}
	}
	s, st := &session{base: b, intake: in, lane: lane}, &state{homes: map[home]int64{}, homesKnown: true}
	for n := range event.MaxLinkPath {
		st.homes[home{n + 1, n % 2}] = 1
		if until, index := s.homesUntil(st); until < now-60*second {
			t.Fatalf("%d ids are merged in a chain: want the reviews within a minute, got %d of lane %d", n+1, until, index)
		}
	}
}

// TestHomesOfNobody: where nobody is merged, the reviews of a shard go on although another lane commits to it all the time, so that the
// homes must be read again. Where somebody may be, they wait for that.
func TestHomesOfNobody(t *testing.T) {
	for _, row := range []struct {
		name  string
		found shard.Heard // in the lane's partition of links
		told  shard.Reading
		sent  event.Instant
		known bool
		until event.Instant
	}{
		{"nobody is merged", shard.Heard{}, shard.Reading{Heard: map[event.Topic]shard.Heard{event.Purchases: {At: 1, End: 9}}}, unknown, false, 80},
		{"the lane has sent a history", shard.Heard{}, shard.Reading{}, 70, false, unknown},
		{"its fetcher has found one", shard.Heard{End: 1}, shard.Reading{}, unknown, false, unknown},
		{"another lane has sent one", shard.Heard{}, shard.Reading{Links: true}, unknown, false, unknown},
		{"another lane has found one", shard.Heard{}, shard.Reading{Heard: map[event.Topic]shard.Heard{event.Links: {At: 1, End: 9}}}, unknown, false, unknown},
		{"the homes are read", shard.Heard{End: 1}, shard.Reading{Links: true}, 70, true, 80},
	} {
		b := &base{cfg: Settings{Partitions: 2, Index: 0}}
		in := newIntake(b, nil, nil)
		in.inputs = []*input{newInput(shard.Partition{Topic: event.Links}, 0)}
		in.inputs[0].ear.recall(row.found)
		s := &session{
			base: b, moment: &moment{watermark: 100}, intake: in, others: map[int]shard.Reading{1: row.told}, linksSentAt: row.sent, quietUntil: event.Never,
		}
		if got := s.silentUntil(&state{confirmed: 80, homesKnown: row.known}); got != row.until {
			t.Errorf("%s: want %d, got %d", row.name, row.until, got)
		}
	}
}
