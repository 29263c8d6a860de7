package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// TestFirstLoadWaitsForHistories: new lanes read a log in which ids have been merged for long, in a chain too. The survivor alone has been silent
// for months; the customer has not. No lane takes that for a silence, however late the lane of the merged id comes to the end of its log.
func TestFirstLoadWaitsForHistories(t *testing.T) {
	for _, partitions := range []int{1, 2} {
		for _, hops := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%d lanes, %d hops", partitions, hops), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, scorers(t)[1], partitions, 4)
					survivor := w.homed(0)
					chain := []string{survivor}
					for n := range hops {
						chain = append(chain, w.homed((n+1)%partitions))
					}
					weekly := func(customer string, from, to int) {
						for n := from; n < to; n++ {
							w.send(event.Purchases, message{ID: fmt.Sprint(customer, n), Customer: customer, Occurred: ago(time.Duration(52-n) * 7 * day), Amount: 9000})
						}
					}
					weekly(survivor, 0, 26)
					for n, id := range chain[1:] {
						w.send(event.Interactions, message{ID: "word of " + id, Customer: id, Occurred: ago(26 * 7 * day), Into: chain[n]})
					}
					weekly(chain[hops], 26, 52)
					late := w.place(event.Purchases, chain[hops])
					w.logs.set(w.logs.away, late, partitions > 1)
					lanes := make([]*running, partitions)
					for index := range lanes {
						lanes[index] = w.start(index, nil)
					}
					pass(30 * time.Second)
					w.logs.set(w.logs.away, late, false)
					pass(30 * time.Second)
					w.settle(lanes)
					finish(t, lanes...)
					if p := w.profile(survivor); len(p.Origins()) != hops {
						t.Errorf("%s reads %v, want %d others", survivor, p.Origins(), hops)
					}
					for _, o := range w.wire.of(schemas.ChurnAlerts) {
						if string(o.Key) == survivor {
							t.Errorf("an alert: %.200s", o.Value)
						}
					}
				})
			})
		}
	}
}
