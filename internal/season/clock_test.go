package season_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/season"
)

const dayMillis = 24 * 60 * 60 * 1000

// uneven is an index in which no two neighbours are equal.
func uneven(entries int) season.Index {
	x := make(season.Index, entries)
	for i := range x {
		x[i] = 100 + (i*i*37+i*911)%3000
	}
	return x
}

func clock(t testing.TB, x season.Index) *season.Clock {
	t.Helper()
	c, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func dayOf(year int, month time.Month, day int) event.Day {
	return event.Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// paceOf finds the entry of a date by the library's calendar.
func paceOf(x season.Index, day event.Day) int {
	at := time.UnixMilli(int64(day) * dayMillis).UTC()
	if len(x) == season.Months {
		return x[at.Month()-1]
	}
	if at.Month() == time.February && at.Day() == 29 {
		at = at.AddDate(0, 0, -1)
	}
	same := time.Date(2001, at.Month(), at.Day(), 0, 0, 0, 0, time.UTC) // a year without a leap day
	return x[min((same.YearDay()-1)/7, season.Weeks-1)]
}

// The closed sums are those of a walk from day to day, over centuries with and without leap years.
func TestClockIsTheRunningSum(t *testing.T) {
	for _, entries := range []int{season.Weeks, season.Months} {
		x := uneven(entries)
		c := clock(t, x)
		var cycle int64
		for day := dayOf(2001, 1, 1); day < dayOf(2005, 1, 1); day++ {
			cycle += int64(paceOf(x, day))
		}
		perDay := float64(cycle) / 1461
		first, last := dayOf(1890, 1, 1), dayOf(2410, 1, 1)
		var sum int64
		for day := first; day <= last; day++ {
			want := float64(sum) / perDay
			if got := c.Seasonal(first, float64(day-first)); got != want {
				t.Fatalf("%d entries: from %s to %s are %v seasonal days, want %v", entries, first, day, got, want)
			}
			if got := c.Seasonal(day, float64(first-day)); got != -want {
				t.Fatalf("%d entries: back from %s to %s are %v seasonal days, want %v", entries, day, first, got, -want)
			}
			if got, want := c.Pace(day), float64(paceOf(x, day))/perDay; got != want {
				t.Fatalf("%d entries: %s has %v seasonal days, want %v", entries, day, got, want)
			}
			sum += int64(paceOf(x, day))
		}
	}
}

func TestAverageYear(t *testing.T) {
	for _, row := range []struct {
		why   string
		index season.Index
	}{
		{"weeks", uneven(season.Weeks)},
		{"months", uneven(season.Months)},
		{"all equal, and not 1000", slices.Repeat(season.Index{300}, season.Months)},
		{"one week is nearly all", append(slices.Repeat(season.Index{season.Least}, season.Weeks-1), season.Most)},
	} {
		c := clock(t, row.index)
		for _, first := range []event.Day{dayOf(2001, 1, 1), dayOf(2004, 2, 29), dayOf(2023, 12, 24)} {
			if got := c.Seasonal(first, 1461); math.Abs(got-1461) > 1e-9 {
				t.Errorf("%s: four years from %s are %v days, want 1461", row.why, first, got)
			}
		}
	}
	flat := clock(t, slices.Repeat(season.Index{season.Usual}, season.Weeks))
	for _, c := range []*season.Clock{nil, flat} {
		for _, days := range []float64{0, 1, 90.5, 36_525, -7} {
			if got := c.Seasonal(dayOf(2000, 2, 20), days); got != days {
				t.Errorf("without a season %v days are %v seasonal days", days, got)
			}
			if got := c.Calendar(dayOf(2000, 2, 20), days); math.Abs(got-days) > 1e-9 {
				t.Errorf("without a season %v seasonal days are %v days", days, got)
			}
		}
	}
	if x := (*season.Clock)(nil).Index(); x != nil {
		t.Errorf("no clock has the index %v", x)
	}
}

// Later is later, to the millisecond, also where the pace falls from the greatest to the least, and Calendar takes Seasonal back.
func FuzzClock(f *testing.F) {
	f.Add(int32(11_000), int64(500*dayMillis), int64(1), uint64(1))
	f.Add(dayOf32(2000, 2, 28), int64(2*dayMillis-1), int64(1), uint64(2))
	f.Add(dayOf32(2023, 12, 31), int64(-1), int64(1), uint64(3))
	f.Add(int32(0), int64(36_000*dayMillis), int64(dayMillis), uint64(4))
	f.Fuzz(func(t *testing.T, first int32, millis, more int64, seed uint64) {
		const century = 36_525
		first %= 4 * century
		millis, more = millis%(century*dayMillis), 1+((more%dayMillis)+dayMillis)%dayMillis
		r := rand.New(rand.NewPCG(seed, 0))
		x := make(season.Index, []int{season.Weeks, season.Months}[r.IntN(2)])
		for i := range x {
			x[i] = season.Least + r.IntN(2)*(season.Most-season.Least)
		}
		c, day := clock(t, x), event.Day(first)
		earlier, later := float64(millis)/dayMillis, float64(millis+more)/dayMillis
		s, then := c.Seasonal(day, earlier), c.Seasonal(day, later)
		if s >= then {
			t.Errorf("%v days are %v seasonal days, %v days are %v: want more", earlier, s, later, then)
		}
		if back := c.Calendar(day, s); math.Abs(back-earlier) > 1./dayMillis {
			t.Errorf("%v days are %v seasonal days, and these are %v days", earlier, s, back)
		}
	})
}

func dayOf32(year int, month time.Month, day int) int32 { return int32(dayOf(year, month, day)) }

func TestIndexIsChecked(t *testing.T) {
	with := func(pace int) season.Index {
		x := uneven(season.Months)
		x[3] = pace
		return x
	}
	for _, row := range []struct {
		why   string
		index season.Index
		ok    bool
	}{
		{"weeks", uneven(season.Weeks), true},
		{"the least", with(season.Least), true},
		{"the most", with(season.Most), true},
		{"nothing", nil, false},
		{"a year of 53 weeks", uneven(53), false},
		{"time would stand still", with(0), false},
		{"time would nearly stand still", with(season.Least - 1), false},
		{"beyond the most", with(season.Most + 1), false},
	} {
		if _, err := season.NewClock(row.index); (err == nil) != row.ok {
			t.Errorf("%s: got the error %v", row.why, err)
		}
	}
}

func TestFlat(t *testing.T) {
	if !season.Index(nil).Flat() || !slices.Repeat(season.Index{700}, season.Months).Flat() || uneven(season.Weeks).Flat() {
		t.Error("an index is flat where all its entries are equal, and only then")
	}
}

func TestDraw(t *testing.T) {
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[11], x[0] = 2000, 50
	want := []string{"▁▅▅▅▅▅▅▅▅▅▅█", "JFMAMJJASOND", "busiest from 1 December on: 2.00 times the usual pace; quietest from 1 January on: 0.05 times"}
	if got := x.Draw(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	weeks := uneven(season.Weeks).Draw()
	if len([]rune(weeks[0])) != season.Weeks || len(weeks[1]) != season.Weeks {
		t.Errorf("52 weeks are drawn as %q", weeks)
	}
	if got := season.Index(nil).Draw(); got != nil {
		t.Errorf("nothing is drawn as %q", got)
	}
}

// A walk through silence asks the clock at every look.
func BenchmarkSeasonal(b *testing.B) {
	c, first := clock(b, uneven(season.Weeks)), dayOf(2021, 5, 5)
	b.ReportAllocs()
	var sum float64
	for i := range b.N {
		sum += c.Seasonal(first, float64(i%2000)+.25)
	}
	if sum < 0 {
		b.Error("time went back")
	}
}
