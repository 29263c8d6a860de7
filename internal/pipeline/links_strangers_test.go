package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestMergedIDsFedByOtherLanes: producers choose partitions by chance, so both lanes apply events, words and erasures of the same ids, and the
// owner of a shard publishes what the other lane has committed there. A lane dies now and then. What is left is what a replay leaves.
func TestMergedIDsFedByOtherLanes(t *testing.T) {
	misrouted, runs := 0, seeds(10)
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, scorers(t)[1], 2, 4)
			r := rand.New(rand.NewPCG(seed, 66))
			id := func() string { return fmt.Sprintf("c%02d", r.IntN(5)) }
			anywhere := func(topic event.Topic, m message) {
				p := w.place(topic, m.Customer)
				if r.IntN(2) == 0 {
					p.Index = 1 - p.Index
					misrouted++
				}
				w.sendTo(p, m.Occurred, m)
			}
			w.live(r, 5, 20, ago(60*day))
			w.comeAndGo(r, 3, 7, func(lanes []*running, n, k int) {
				m := message{ID: fmt.Sprint("e", n, k), Customer: id(), Occurred: ago(0)}
				switch r.IntN(8) {
				case 0, 1, 2, 3:
					m.Into = id()
					anywhere(event.Interactions, m)
				case 4:
					m.Erase = true
					anywhere(event.Interactions, m)
				default:
					m.Amount = 9000
					anywhere(event.Purchases, m)
				}
				if r.IntN(4) == 0 { // a lane dies at work
					dead := r.IntN(2)
					pass(time.Duration(r.IntN(300)) * time.Millisecond)
					lanes[dead].stop()
					lanes[dead].wait()
					lanes[dead] = w.start(dead, nil)
				}
			})
			w.checkErased(event.InstantOf(time.Now()))
			w.checkJoined(event.InstantOf(time.Now()), outcome)
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if misrouted < 50*int(runs)/10 {
		t.Errorf("events in the partition of another lane: want many, got %d", misrouted)
	}
}
