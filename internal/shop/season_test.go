package shop

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/event"
)

func TestSeasonAndBack(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, steady := range []bool{false, true} {
		s := newSeason(steady)
		last := weeks(0)
		for at := monday; at < monday.Add(15*oneDay); at += event.Instant(1 + random.IntN(20*60*1000)) {
			w := s.weeks(at)
			if back := s.instant(w); back < at-1 || back > at+1 {
				t.Fatalf("steady %v: %v is week %v, which is %v", steady, at, w, back)
			}
			if w <= last {
				t.Fatalf("steady %v: %v is week %v, want more than %v before it", steady, at, w, last)
			}
			last = w
			if clock := float64(at-epoch) / weekMillis; steady && math.Abs(float64(w)-clock) > 1e-9 {
				t.Fatalf("steady trade: %v is week %v, want the clock's %v", at, w, clock)
			}
		}
	}
}

// TestWholeWeeksAreWeeks: the season moves trade within a week, never into another week.
func TestWholeWeeksAreWeeks(t *testing.T) {
	s := newSeason(false)
	for n := range 60 {
		at := monday.Add(time.Duration(n) * 7 * oneDay)
		if got, want := float64(s.weeks(at)), float64(at-epoch)/weekMillis; math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: got week %v, want %v", at, got, want)
		}
	}
}

// TestTradeHasItsHours compares the purchases at night, at noon and in the evening.
func TestTradeHasItsHours(t *testing.T) {
	c := plain(5000, Lively())
	var byHour [24]int
	orders := 0
	for m := range open(t, c).Messages() {
		byHour[m.Event.Common().OccurredAt.Time().Hour()]++
		orders++
	}
	var sum float64
	for _, weight := range hours {
		sum += weight
	}
	for hour, got := range byHour {
		want := float64(orders) * hours[hour] / sum
		if math.Abs(float64(got)-want) > 5*math.Sqrt(want) {
			t.Errorf("orders from %d:00: got %d of %d, want %.0f ± %.0f", hour, got, orders, want, 5*math.Sqrt(want))
		}
	}
}
