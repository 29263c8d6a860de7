package backtest_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/backtest"
	"tidemark/internal/event"
	"tidemark/internal/season"
)

// autumnal simulates customers over four years who buy most in October and November.
func autumnal(t *testing.T, customers int, from event.Instant) []event.Event {
	t.Helper()
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[9], x[10] = 4000, 4000
	clock, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 6))
	first := event.Calendar{}.Day(from)
	var all []event.Event
	for i := range customers {
		born, rate := r.IntN(3*365), 20+40*r.ExpFloat64()
		for time := 0.; r.Float64() > .06; time += rate * r.ExpFloat64() {
			day := first + event.Day(born) + event.Day(clock.Calendar(first+event.Day(born), time))
			if day >= first+4*365 {
				break
			}
			at := event.Calendar{}.Start(day) + 1
			id := fmt.Sprint("o", len(all))
			all = append(all, &event.Purchase{
				Head: event.Head{ID: id, Customer: fmt.Sprint("c", i), OccurredAt: at, RecordedAt: at},
				Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 1000 + r.Int64N(9000), Currency: "USD"},
			})
		}
	}
	return all
}

// A backtest with a season forecasts the autumn that comes and the spring after it; without one it is off by far.
func TestABacktestInASeason(t *testing.T) {
	from := event.InstantOf(time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC))
	events := autumnal(t, 400, from)
	o := backtest.Options{Horizon: 91 * oneDay, UnitDays: 7, Cutoffs: []event.Instant{
		event.InstantOf(time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC)),
		event.InstantOf(time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC)), event.InstantOf(time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC)),
	}}
	without, err := backtest.Run(t.Context(), engine(t), events, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Season = true
	with, err := backtest.Run(t.Context(), engine(t), events, o)
	if err != nil {
		t.Fatal(err)
	}
	if c := with.Cutoffs[0]; c.Season != nil || !strings.Contains(c.SeasonWhy, "a season needs a year") {
		t.Errorf("after eleven months the season is %v because %q", c.Season, c.SeasonWhy)
	}
	for n := 1; n < 3; n++ {
		before, after := math.Abs(float64(without.Cutoffs[n].Counts[backtest.MBGNBD].Bias)), math.Abs(float64(with.Cutoffs[n].Counts[backtest.MBGNBD].Bias))
		offBefore, offAfter := math.Abs(float64(without.Cutoffs[n].Churn[backtest.Stack].Bias)), math.Abs(float64(with.Cutoffs[n].Churn[backtest.Stack].Bias))
		t.Logf("%s: the count is off by %.2f, with a season by %.2f; the risk by %.3f and %.3f", with.Cutoffs[n].Date, before, after, offBefore, offAfter)
		if with.Cutoffs[n].Season == nil || without.Cutoffs[n].Season != nil || !(before > .3 && after < before/4) || !(offAfter < offBefore) {
			t.Errorf("%s: the count is off by %.2f, with a season by %.2f; the risk by %.3f and %.3f: want the season to help", with.Cutoffs[n].Date, before, after, offBefore, offAfter)
		}
	}
}
