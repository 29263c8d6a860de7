package backtest_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"time"

	"tidemark/internal/backtest"
	"tidemark/internal/event"
	"tidemark/internal/shop"
)

const oneDay = 24 * time.Hour

// simulated returns the orders of customers who behave like those of CDNOW, over 78 weeks, and a cutoff half a year before the end.
func simulated(tb testing.TB, customers int) ([]event.Event, backtest.Options) {
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
	return events, backtest.Options{Cutoffs: []event.Instant{to.Add(-182 * oneDay)}, Horizon: 91 * oneDay, UnitDays: 7, Intervals: true}
}

// Time and memory for each customer stay about the same: a backtest does not grow with the square of the customers.
func BenchmarkOneCutoff(b *testing.B) {
	for _, customers := range []int{5_000, 20_000, 80_000} {
		b.Run(fmt.Sprint(customers, " customers"), func(b *testing.B) {
			events, o := simulated(b, customers)
			e := engine(b)
			for b.Loop() {
				if _, err := backtest.Run(b.Context(), e, events, o); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*customers), "µs/customer")
		})
	}
}

// The figures do not depend on the number of processors, to the last digit.
func TestABacktestOnAnyNumberOfProcessors(t *testing.T) {
	events, o := simulated(t, 3000)
	var want *backtest.Result
	for _, processors := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(processors)
		got, err := backtest.Run(t.Context(), engine(t), events, o)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if got.Alerts.Levels[0].Alerts == 0 {
			t.Fatal("want alerts to compare")
		}
		if want == nil {
			want = got
		}
		if text, wanted := fmt.Sprintf("%+v", *got.Alerts), fmt.Sprintf("%+v", *want.Alerts); text != wanted {
			t.Errorf("%d processors: got\n%s\nwant\n%s", processors, text, wanted)
		}
		if !reflect.DeepEqual(got.Difference, want.Difference) || !reflect.DeepEqual(got.Cutoffs[0].Course, want.Cutoffs[0].Course) {
			t.Errorf("%d processors: got other differences or another course", processors)
		}
	}
}

// A backtest tells how far it is, and ends with its context in whatever it is doing.
func TestABacktestEndsWithItsContext(t *testing.T) {
	events, o := simulated(t, 3000)
	for _, doing := range []string{"looking at the customers", "fitting", "scoring", "judging the alerts", "measuring"} {
		ctx, stop := context.WithCancel(t.Context())
		reached, after := false, 0
		o.Progress = func(p backtest.Progress) {
			if reached {
				after++
			}
			if p.Doing == doing && !reached {
				reached = true
				stop()
			}
		}
		_, err := backtest.Run(ctx, engine(t), events, o)
		stop()
		if !reached || !errors.Is(err, context.Canceled) || after > 0 {
			t.Errorf("ended while %s (%v): got %v, and %d more reports of progress, want the error of the context", doing, reached, err, after)
		}
	}
}
