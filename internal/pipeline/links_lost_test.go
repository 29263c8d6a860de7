package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
)

// TestLostWritesWhileMerged: a failover drops the last commits of a shard while ids are merged, be it the home of who is merged or of who
// survives. The lanes notice, and come to the state that the log gives.
func TestLostWritesWhileMerged(t *testing.T) {
	noticed := 0
	for _, lost := range []string{"ann", "bob", "cid"} {
		for states := 1; states <= 4; states++ {
			t.Run(fmt.Sprintf("%s/%d", lost, states), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, scorers(t)[1], 2, 8)
					for _, id := range []string{"ann", "bob", "cid"} {
						w.buys(id, 3, 20_000)
					}
					lanes := w.startAll()
					w.chain(lanes)
					w.store.lose(w.layout.Of(lost), states)
					pass(5 * time.Second)
					w.settle(lanes)
					w.send(event.Purchases, message{ID: "one more", Customer: "ann", Occurred: ago(0), Amount: 30_000})
					w.settle(lanes)
					pass(10 * time.Second)
					finish(t, lanes...)
					noticed += min(1, w.noticed(LostWrites)) // the last state may have moved nothing but a mark
					p := w.profile("cid")
					if got := fmt.Sprint(p.Origins()); got != "[ann bob]" {
						t.Errorf("cid reads %s, want [ann bob]", got)
					}
					w.checkMerged(event.InstantOf(time.Now()))
				})
			})
		}
	}
	if noticed < 9 {
		t.Errorf("losses noticed: want most of 12, got %d", noticed)
	}
}
