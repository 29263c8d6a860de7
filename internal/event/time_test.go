package event_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/event"
)

// zones are those where something odd happens: clocks change at midnight, over midnight, by half an hour, and whole days
// are left out.
var zones = []string{
	"Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "America/Havana", "Asia/Beirut", "Asia/Gaza", "Africa/Cairo", "Asia/Tehran",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Auckland", "Asia/Kathmandu", "Antarctica/Troll",
}

func calendar(t testing.TB, name string) (event.Calendar, *time.Location) {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	return event.NewCalendar(zone), zone
}

func at(t testing.TB, text string) event.Instant {
	t.Helper()
	x, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return event.InstantOf(x)
}

func TestDaysStartWhereTheClockSaysSo(t *testing.T) {
	for _, row := range []struct {
		why, zone, day, start string
		hours                 float64
	}{
		{"UTC", "UTC", "2026-05-01", "2026-05-01T00:00:00Z", 24},
		{"an ordinary day", "Europe/Berlin", "2026-01-15", "2026-01-15T00:00:00+01:00", 24},
		{"clocks go forward at two", "Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00", 23},
		{"clocks go back at three", "Europe/Berlin", "2026-10-25", "2026-10-25T00:00:00+02:00", 25},
		{"there was no midnight: clocks went from 24:00 to 01:00", "America/Sao_Paulo", "2017-10-15", "2017-10-15T01:00:00-02:00", 23},
		{"the hour before midnight came twice", "America/Sao_Paulo", "2018-02-17", "2018-02-17T00:00:00-02:00", 25},
		{"and the day after it starts once", "America/Sao_Paulo", "2018-02-18", "2018-02-18T00:00:00-03:00", 24},
		{"midnight came twice: the first counts", "America/St_Johns", "2008-11-02", "2008-11-02T00:00:00-02:30", 25},
		{"and the day before it has its 24 hours", "America/St_Johns", "2008-11-01", "2008-11-01T00:00:00-02:30", 24},
		{"Samoa had no 30 December 2011: the day before it is whole", "Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 24},
		{"and that day starts with the next", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0},
		{"which is whole too", "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", 24},
	} {
		c, _ := calendar(t, row.zone)
		midnight, err := time.Parse(time.DateOnly, row.day)
		if err != nil {
			t.Fatal(err)
		}
		d := event.Calendar{}.Day(event.InstantOf(midnight))
		if d.String() != row.day {
			t.Fatalf("day %d is %s, want %s", d, d, row.day)
		}
		if got, want := c.Start(d), at(t, row.start); got != want {
			t.Errorf("%s: %s starts at %s, want %s", row.why, row.day, got, want)
		}
		if got := c.Start(d + 1).Sub(c.Start(d)).Hours(); got != row.hours {
			t.Errorf("%s: %s has %g hours, want %g", row.why, row.day, got, row.hours)
		}
	}
}

// Over sixty years, in every zone: days follow each other, Day is where Start says, and Since goes forward only.
func TestCalendar(t *testing.T) {
	for _, name := range append(zones, "UTC") {
		c, zone := calendar(t, name)
		r := rand.New(rand.NewPCG(1, 2))
		for _, d := range oddDays(zone) {
			start, next := c.Start(d), c.Start(d+1)
			if next < start {
				t.Fatalf("%s: %s starts at %s, the next day at %s", name, d, start, next)
			}
			if next == start {
				continue // left out
			}
			if got := c.Day(start); got != d {
				t.Fatalf("%s: the start of %s falls on %s", name, d, got)
			}
			if got := c.Day(next - 1); got != d {
				t.Fatalf("%s: the last millisecond of %s falls on %s", name, d, got)
			}
			if got := c.Since(d, start); got != 0 {
				t.Fatalf("%s: days since %s at its start: got %v, want 0", name, d, got)
			}
			step := (next - start) / 50
			last := -1.
			for i := start - event.Instant(r.IntN(1000)); i < next+step; i += step {
				since := c.Since(d-1, i)
				if !(since > last) {
					t.Fatalf("%s: days since %s at %s: got %v after %v", name, d-1, i, since, last)
				}
				if day := c.Day(i); since < float64(day-(d-1)) || since >= float64(day-(d-1)+1) {
					t.Fatalf("%s: days since %s at %s on %s: got %v", name, d-1, i, day, since)
				}
				last = since
			}
		}
	}
}

// oddDays are those about which the clocks of a zone change, from 1970 to 2030, and some on which nothing happens.
func oddDays(zone *time.Location) []event.Day {
	var days []event.Day
	for d := event.Day(0); d < 22_000; d += 397 {
		days = append(days, d)
	}
	at := time.Unix(0, 0).In(zone)
	for at.Year() < 2030 {
		_, until := at.ZoneBounds()
		if until.IsZero() {
			break
		}
		around := event.Calendar{}.Day(event.InstantOf(until))
		for d := around - 2; d <= around+2; d++ {
			days = append(days, d)
		}
		at = until
	}
	return days
}

func TestSince(t *testing.T) {
	berlin, _ := calendar(t, "Europe/Berlin")
	utc := event.Calendar{}
	for _, row := range []struct {
		why  string
		c    event.Calendar
		at   string
		want float64
	}{
		{"at the start", utc, "2026-03-28T00:00:00Z", 0},
		{"half a day", utc, "2026-03-28T12:00:00Z", .5},
		{"days and hours", utc, "2026-03-31T06:00:00Z", 3.25},
		{"before it", utc, "2026-03-27T18:00:00Z", -.25},
		{"a day of 23 hours is one", berlin, "2026-03-30T00:00:00+02:00", 2},
		{"half of its 23 hours", berlin, "2026-03-29T12:30:00+02:00", 1.5},
	} {
		first := utc.Day(at(t, "2026-03-28T00:00:00Z"))
		if got := row.c.Since(first, at(t, row.at)); got != row.want {
			t.Errorf("%s: got %v days, want %v", row.why, got, row.want)
		}
	}
}

func TestMonths(t *testing.T) {
	for d := event.Day(-1000); d < 40_000; d++ {
		y, m, _ := event.Calendar{}.Start(d).Time().Date()
		if got, want := d.Month(), (y-1970)*12+int(m)-1; got != want {
			t.Fatalf("month of %s: got %d, want %d", d, got, want)
		}
	}
}

func TestInstant(t *testing.T) {
	for _, row := range []struct {
		i    event.Instant
		want string
	}{
		{0, "1970-01-01T00:00:00Z"},
		{1_780_000_000_000, "2026-05-28T20:26:40Z"},
		{1_780_000_000_010, "2026-05-28T20:26:40.01Z"},
		{event.Never, "never"},
		{-1, "1969-12-31T23:59:59.999Z"},
	} {
		if got := row.i.String(); got != row.want {
			t.Errorf("%d: got %s, want %s", int64(row.i), got, row.want)
		}
		if row.i != event.Never && event.InstantOf(row.i.Time()) != row.i {
			t.Errorf("%d: through time.Time got %d", int64(row.i), int64(event.InstantOf(row.i.Time())))
		}
	}
	i := event.Instant(5000)
	if got := i.Add(1500 * time.Millisecond); got != 6500 || got.Sub(i) != 1500*time.Millisecond {
		t.Errorf("5 s and 1.5 s: got %d, and %s between", int64(got), got.Sub(i))
	}
}
