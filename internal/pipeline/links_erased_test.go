package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestErasuresAmongMerged: words, orders and erasures of six ids in any order, over two lanes that come and go. Whoever is erased takes all ids
// along that links join at that instant. What is left is what a replay leaves. The transitions are not compared: while a cycle is being
// changed, two lanes tell its survivor what has changed, and the survivor may leave and come back in between, or not.
func TestErasuresAmongMerged(t *testing.T) {
	erased, runs := 0, seeds(12)
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, scorers(t)[1], 2, 4)
			w.adjust = func(c *Config) { c.PublishScores = true }
			r := rand.New(rand.NewPCG(seed, 33))
			id := func() string { return fmt.Sprintf("c%02d", r.IntN(6)) }
			w.live(r, 6, 30, ago(60*day))
			w.comeAndGo(r, 3, 8, func(_ []*running, n, k int) {
				switch r.IntN(6) {
				case 0, 1, 2:
					w.merge(fmt.Sprint("word", n, k), id(), id())
				case 3:
					customer := id()
					w.send(event.Interactions, message{ID: fmt.Sprint("forget", n, k), Customer: customer, Occurred: ago(0), Erase: true})
				default:
					w.send(event.Purchases, message{ID: fmt.Sprint("new", n, k), Customer: id(), Occurred: ago(0), Amount: 9000})
				}
			})
			w.checkErased(event.InstantOf(time.Now()))
			w.checkJoined(event.InstantOf(time.Now()), outcome)
			erased += len(w.fold(event.InstantOf(time.Now())).erased)
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if erased < 20*int(runs)/12 {
		t.Errorf("erased in all: want many, got %d", erased)
	}
}
