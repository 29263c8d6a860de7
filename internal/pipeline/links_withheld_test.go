package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// contentSent counts the messages of links that bear a history of an id, from itself or from who forwards it.
func (w *world) contentSent(origin string) (n int) {
	for _, r := range w.logs.linksSent() {
		x, err := decodeSafely(r)
		if l, ok := x.(*event.Link); err == nil && ok && l.Part != nil && l.Part.Origin == origin && len(l.Part.Content) > 0 {
			n++
		}
	}
	return n
}

// TestErasureWithholdsParts: an id is merged, and is erased before its history has left the outbox. The history is not published any more. The
// other id hears of the erasure all the same, and is erased.
func TestErasureWithholdsParts(t *testing.T) {
	for _, c := range []struct {
		name string
		live func(w *world) []*running
	}{
		{"in one batch", func(w *world) []*running {
			w.merge("ann is bob", "ann", "bob")
			for _, id := range []string{"p", "q", "r", "s"} { // so that the erasure is in another commit
				w.send(event.Interactions, message{ID: id, Customer: id, Occurred: ago(0)})
			}
			w.erase("forget", "ann")
			return []*running{w.start(0, nil), w.start(1, nil)}
		}},
		{"in one commit", func(w *world) []*running {
			w.merge("ann is bob", "ann", "bob")
			w.erase("forget", "ann")
			return []*running{w.start(0, nil), w.start(1, nil)}
		}},
		{"while the topic was away, and its lane has died", func(w *world) []*running {
			lanes := w.startAll()
			w.wire.set(string(event.Links), true)
			w.merge("ann is bob", "ann", "bob")
			pass(time.Second)
			wrong := w.place(event.Interactions, "ann")
			lanes[wrong.Index].stop() // a lane that waits for the topic has the message in hand
			lanes[wrong.Index].wait()
			wrong.Index = 1 - wrong.Index
			w.sendTo(wrong, ago(0), message{ID: "forget", Customer: "ann", Occurred: ago(0), Erase: true})
			pass(5 * time.Second)
			w.wire.set(string(event.Links), false)
			lanes[1-wrong.Index] = w.start(1-wrong.Index, nil)
			return lanes
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, scorers(t)[1], 2, 2)
				w.buys("ann", 2, 20_000)
				w.buys("bob", 2, 20_000)
				lanes := c.live(w)
				w.settle(lanes)
				pass(10 * time.Second)
				finish(t, lanes...)
				if n := w.contentSent("ann"); n != 0 {
					t.Errorf("the history of ann is published %d times, want it withheld", n)
				}
				for _, id := range []string{"ann", "bob"} {
					if s := w.store.shards[w.layout.Of(id)]; s.profiles[id] != nil || s.erased[id] == 0 {
						t.Errorf("%s: want a tombstone and no profile, got tombstone %s and %d bytes", id, s.erased[id], len(s.profiles[id]))
					}
				}
				w.checkErased(event.InstantOf(time.Now()))
			})
		})
	}
}

// TestErasedAmongMergedLeaveNothing: a chain of three ids is erased by its middle one, which has sent and received, and to which others have
// been linked. Nothing that the store holds of anybody names the three any more, but for their tombstones.
func TestErasedAmongMergedLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 4)
		gone, left := []string{"zz-ann", "zz-bob", "zz-cid"}, []string{"eve", "dan"}
		for _, id := range append(gone, left...) {
			w.buys(id, 3, 20_000)
		}
		lanes := w.startAll()
		for n, word := range [][2]string{
			{"zz-ann", "zz-bob"}, {"zz-bob", "zz-cid"}, {"eve", "zz-bob"}, {"eve", "dan"}, {"zz-bob", "dan"}, {"zz-bob", "zz-cid"},
		} {
			w.merge(fmt.Sprint("word ", n), word[0], word[1])
			w.settle(lanes)
		}
		for _, id := range gone {
			if len(w.store.naming(id)) == 0 {
				t.Errorf("before: nothing names %s", id)
			}
		}
		w.erase("forget", "zz-bob")
		w.settle(lanes)
		pass(10 * time.Second)
		finish(t, lanes...)
		w.checkErased(event.InstantOf(time.Now()))
		for _, id := range gone {
			if where := w.store.naming(id); len(where) > 0 {
				t.Errorf("%s is named by %v", id, where)
			}
		}
		if p := w.profile("dan"); fmt.Sprint(p.Origins()) != "[eve]" {
			t.Errorf("dan reads %v, want eve alone", p.Origins())
		}
	})
}

// naming says what in the store names an id, apart from tombstones.
func (m *memory) naming(id string) (where []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	note := func(what string, content ...any) {
		if strings.Contains(fmt.Sprintf("%s", content), id) {
			where = append(where, what)
		}
	}
	for n, s := range m.shards {
		for customer, b := range s.profiles {
			note(fmt.Sprintf("profile of %s", customer), customer, b)
		}
		for _, b := range s.outbox {
			note(fmt.Sprintf("outbox of shard %d", n), b)
		}
		note(fmt.Sprintf("due times of shard %d", n), s.due)
		note(fmt.Sprintf("census of shard %d", n), s.census)
	}
	for customer, v := range m.views {
		note(fmt.Sprintf("view of %s", customer), customer, v)
	}
	note("population", m.population)
	return where
}
