package replay_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/shop"
)

const oneDay = 24 * time.Hour

// simulated returns the events of customers who behave like those of CDNOW, over 78 weeks.
func simulated(tb testing.TB, customers int) []event.Event {
	tb.Helper()
	to := event.InstantOf(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	s, err := shop.Open(shop.Config{
		Customers: customers, Early: .3, From: to.Add(-546 * oneDay), To: to, Seed: 1, Steady: true, Population: shop.CDNOW(), Currency: "USD",
	})
	if err != nil {
		tb.Fatal(err)
	}
	var events []event.Event
	for m := range s.Messages() {
		events = append(events, m.Event)
	}
	return events
}

// Customers come in order of their ids, however many processors there are, and the erased ones in their places.
func TestAStreamIsInOrder(t *testing.T) {
	events, e := simulated(t, 1000), defaultEngine(t)
	erased := events[500].Common().Customer
	last := replay.Until(events, 0)
	events = append(events, &event.Interaction{
		Head: event.Head{ID: "request", Customer: erased, OccurredAt: last, RecordedAt: last}, Kind: event.Erased,
	})
	whole := replay.Run(e, events, 0)
	var want []string
	for _, c := range append(slices.Clone(whole.Customers), whole.Erased...) {
		want = append(want, fmt.Sprintf("%s erased %t: %x, %d transitions", c.Profile.Customer, c.Erased(), c.Profile.Append(nil), len(c.Transitions)))
	}
	slices.Sort(want)
	if len(whole.Erased) != 1 || len(whole.Customers) < 500 {
		t.Fatalf("%d customers and %d erased, want hundreds and one", len(whole.Customers), len(whole.Erased))
	}
	for _, processors := range []int{1, 3} {
		before := runtime.GOMAXPROCS(processors)
		var got []string
		done := 0
		totals, err := replay.Stream(t.Context(), e, events, replay.Options{Progress: func(n, _ int) { done = n }}, func(c *replay.Customer) string {
			return fmt.Sprintf("%s erased %t: %x, %d transitions", c.Profile.Customer, c.Erased(), c.Profile.Append(nil), len(c.Transitions))
		}, func(s string) error {
			got = append(got, s)
			return nil
		})
		runtime.GOMAXPROCS(before)
		if err != nil || !slices.Equal(got, want) || done < len(want) {
			t.Errorf("%d processors: got %d customers (%v), %d of them done, want the %d of Run in order of their ids", processors, len(got), err, done, len(want))
		}
		if fmt.Sprint(totals) != fmt.Sprint(whole.Totals) {
			t.Errorf("%d processors: got %+v, want %+v", processors, totals, whole.Totals)
		}
	}
}

func TestAStreamEnds(t *testing.T) {
	events, e := simulated(t, 2000), defaultEngine(t)
	wrong := errors.New("wrong")
	for signal, want := range map[bool]error{false: wrong, true: context.Canceled} {
		ctx, stop := context.WithCancel(t.Context())
		taken := 0
		_, err := replay.Stream(ctx, e, events, replay.Options{}, func(*replay.Customer) int { return 1 }, func(int) error {
			switch taken++; {
			case taken == 10 && signal:
				stop()
			case taken == 10:
				return wrong
			}
			return nil
		})
		stop()
		if !errors.Is(err, want) || taken > 200 {
			t.Errorf("got %v after %d customers, want %v at the tenth and no more than its chunk", err, taken, want)
		}
	}
}
