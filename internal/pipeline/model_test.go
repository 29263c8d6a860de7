package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

// move is one thing that a test does to a world.
type move struct {
	kind  string
	n     int
	after time.Duration
}

// TestAnythingGoes mixes events, crashes, rebalances, lost writes, refused calls, lost answers and a switch of the model in random order.
// In the end the result is the same as without the faults.
func TestAnythingGoes(t *testing.T) {
	kinds := []string{"produce", "produce", "produce", "crash", "fuse", "drain", "second owner", "lose", "lose all", "fail", "fail late", "wait", "switch"}
	rapid.Check(t, func(rt *rapid.T) {
		moves := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) move {
			return move{
				kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), n: rapid.IntRange(1, 30).Draw(rt, "n"),
				after: time.Duration(rapid.IntRange(1, 1500).Draw(rt, "after")) * time.Millisecond,
			}
		}), 1, 12).Draw(rt, "moves")
		seed := rapid.Uint64().Draw(rt, "seed")
		limit := rapid.IntRange(1, 20).Draw(rt, "records of a fetch")
		var problems []string
		synctest.Test(t, func(t *testing.T) { problems = play(t, moves, seed, limit) })
		if len(problems) > 0 {
			rt.Fatalf("want nothing, got %v", problems)
		}
	})
}

func play(t *testing.T, moves []move, seed uint64, limit int) []string {
	w := newWorld(t, toyScorer(), 1, 4)
	w.logs.limit = limit
	w.lives(seed)
	r := rand.New(rand.NewPCG(seed, 3))
	lane := w.start(0, nil)
	var others []*running
	vanish := func() {
		lane.stop()
		lane.wait()
	}
	produced := 0
	for _, m := range moves {
		switch m.kind {
		case "produce":
			// To one topic: events on several topics within the time of a fetch may arrive out of order, and then cause
			// corrections.
			topic := event.Topics()[r.IntN(3)]
			for range m.n {
				produced++
				w.send(topic, message{
					ID: fmt.Sprint("live", produced), Customer: fmt.Sprintf("c%02d", r.IntN(7)), Occurred: ago(0), Amount: int64(r.IntN(200)),
				})
				pass(time.Millisecond)
			}
		case "crash":
			vanish()
			lane = w.start(0, nil)
		case "fuse":
			vanish()
			blows := w.start(0, &fuse{at: m.n, after: m.n%2 == 0})
			pass(m.after)
			blows.stop()
			blows.wait()
			lane = w.start(0, nil)
		case "fail", "fail late":
			vanish()
			lane = w.start(0, &fuse{at: -1, late: m.kind == "fail late", fails: map[string]int{
				"commit": m.n % 5, "publish": m.n % 3, "load": m.n % 4, "mark": m.n % 2, "project": 1,
			}})
		case "drain":
			lane.lane.Drain()
			lane.wait()
			lane = w.start(0, nil)
		case "second owner":
			others = append(others, w.start(0, nil))
		case "switch": // with notice: events that arrive now are still scored by the model before
			if w.engine() == w.scorer.engine {
				w.activate(ago(-m.after))
			}
		case "lose":
			w.store.lose(r.IntN(4), m.n)
		case "lose all":
			for n := range 4 {
				w.store.lose(n, 1+r.IntN(m.n))
			}
		}
		pass(m.after + 2*w.logs.wait)
	}
	pass(2 * time.Second) // the marks of every shard have been checked since the last loss
	for _, o := range append(others, lane) {
		o.rest(t)
	}
	for _, o := range append(others, lane) {
		o.lane.Drain()
		if err := <-o.done; err != nil {
			t.Errorf("a drained lane: want no error, got %v", err)
		}
	}
	return w.problems(event.InstantOf(time.Now()))
}
