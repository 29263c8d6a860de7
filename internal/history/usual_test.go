package history_test

import (
	"math"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

func TestUsualGap(t *testing.T) {
	yearly := "0 ORDER a 9; 365 ORDER b 9; 730 ORDER c 9; 1096 ORDER d 9; 1461 ORDER e 9"
	for _, row := range []struct {
		why, life  string
		at         event.Day
		mean, want float64
	}{
		{"one gap is no rhythm of a life; the year has a median", "0 ORDER a 9; 40 ORDER b 9", 50, 0, 40},
		{"all purchases lie within a year: the median", "0 ORDER a 9; 45 ORDER b 9; 80 ORDER c 9; 120 ORDER d 9", 130, math.Cbrt(45 * 35 * 40), 40},
		{"the first purchase is a year old: the longer of the median and the gap of life", "0 ORDER a 9; 45 ORDER b 9; 80 ORDER c 9; 120 ORDER d 9", 368, math.Cbrt(45 * 35 * 40), math.Cbrt(45 * 35 * 40)},
		{"two gaps of one to two are no rhythm", "0 ORDER a 9; 300 ORDER b 9; 900 ORDER c 9", 1000, 0, 0},
		{"two gaps of one to 1.8 are", "0 ORDER a 9; 300 ORDER b 9; 840 ORDER c 9", 1000, math.Sqrt(300 * 540), math.Sqrt(300 * 540)},
		{"once a year: no gap within a year", yearly, 1500, math.Sqrt(math.Sqrt(365 * 365 * 366 * 365)), math.Sqrt(math.Sqrt(365 * 365 * 366 * 365))},
		{"once a year, and sealed", yearly, 5000, math.Sqrt(math.Sqrt(365 * 365 * 366 * 365)), math.Sqrt(math.Sqrt(365 * 365 * 366 * 365))},
		{"one gap, a year ago: unknown", "0 ORDER a 9; 40 ORDER b 9", 420, 0, 0},
		{"at random: the median, as long as a gap lies in the year", "0 ORDER a 9; 7 ORDER b 9; 14 ORDER c 9; 21 ORDER d 9; 400 ORDER e 9; 430 ORDER f 9; 460 ORDER g 9", 470, 0, 30},
		{"fewer gaps than formerly, and longer: the median", "0 ORDER a 9; 30 ORDER b 9; 60 ORDER c 9; 90 ORDER d 9; 425 ORDER e 9; 460 ORDER f 9; 495 ORDER g 9", 500, 0, 35},
	} {
		s, _ := remember(parse(t, row.life))
		f := s.Facts(event.Calendar{}.Start(base+row.at), event.Calendar{})
		if got := f.LifeGapDays(); math.Abs(got-row.mean) > 1e-3 {
			t.Errorf("%s: mean gap of life %v, want %v", row.why, got, row.mean)
		}
		if got := f.UsualGapDays(); math.Abs(got-row.want) > 1e-3 {
			t.Errorf("%s: usual gap %v, want %v", row.why, got, row.want)
		}
	}
	apart := history.Together(
		first(remember(parse(t, "1 ORDER a 9; 90 ORDER b 9; 5000 LOGIN web"))), first(remember(parse(t, "31 ORDER c 9; 60 ORDER d 9; 5000 LOGIN web"))))
	f := apart.Facts(event.Calendar{}.Start(base+5000), event.Calendar{})
	if life, usual := f.LifeGapDays(), f.UsualGapDays(); f.PurchaseDays != 4 || life != 0 || usual != 0 {
		t.Errorf("sealed days of two ids that alternate: %d purchase days, gaps of %v and %v, want 4 days and no gaps", f.PurchaseDays, life, usual)
	}
}

// Gaps of one length give back that length: the rounding of the sum does not show.
func TestLifeGapRoundsAlike(t *testing.T) {
	for gap := 1; gap < 1500; gap++ {
		f := history.Facts{PurchaseDays: 6, LastDay: event.Day(5 * gap), LogGaps: 5 * int64(math.Round(1e6*math.Log(float64(gap)))), GapsKnown: true}
		if got := f.LifeGapDays(); got != float64(gap) && (gap < 900 || math.Abs(got-float64(gap)) > .002) {
			t.Errorf("gaps of %d days: got %v", gap, got)
		}
	}
}
