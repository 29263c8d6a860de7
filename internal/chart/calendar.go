package chart

import (
	"math"
	"time"
)

// At is the value of an instant on an axis of time: seconds since 1970-01-01 UTC.
func At(t time.Time) float64 { return float64(t.UnixMilli()) / 1e3 }

// Only instants from the year 1 to the year 9999 are drawn, in seconds since 1970. Years of four digits cannot name others.
const (
	firstInstant = -62135596800
	lastInstant  = 253402300799
)

func hasDate(v float64) bool { return firstInstant <= v && v <= lastInstant }

// widenedTime makes a span of time wide enough to be divided: a span below an hour grows by a day at both ends.
func widenedTime(low, high float64) (float64, float64) {
	if high-low >= 3600 {
		return low, high
	}
	const day = 86400
	return max(firstInstant, low-day), min(lastInstant, high+day)
}

// interval is the time between two ticks. One of the fields is set.
type interval struct{ minutes, days, months int }

// intervals begins with the shortest. Beyond the last, the intervals are 1, 2 or 5 × 10^n years.
var intervals = []interval{
	{minutes: 15},
	{minutes: 60},
	{minutes: 180},
	{minutes: 360},
	{minutes: 720},
	{days: 1},
	{days: 7},
	{months: 1},
	{months: 3},
	{months: 6},
}

func (i interval) seconds() float64 {
	return float64(i.minutes)*60 + float64(i.days)*86400 + float64(i.months)*(365.2425*86400/12)
}

// timeTicks returns at most most ticks at borders of the calendar within [low, high]. It takes the shortest interval with so few
// borders. If only one border lies within, it takes every second, third … border of the next shorter interval.
func timeTicks(low, high float64, most int, zone *time.Location) []tick {
	chosen := len(intervals)
	for n, i := range intervals {
		if (high-low)/i.seconds() <= float64(most)-1 {
			chosen = n
			break
		}
	}
	if chosen == len(intervals) {
		if ticks := yearTicks(low, high, most, zone); len(ticks) > 1 {
			return ticks
		}
	} else if ticks := borders(low, high, intervals[chosen], zone); len(ticks) > 1 {
		return ticks
	}
	if chosen == 0 {
		return borders(low, high, intervals[0], zone)
	}
	all := borders(low, high, intervals[chosen-1], zone)
	return everyNth(all, (len(all)+most-1)/most)
}

// yearTicks are ticks at the starts of years.
func yearTicks(low, high float64, most int, zone *time.Location) []tick {
	years := (high - low) / (365.2425 * 86400)
	step := max(1, int(niceStep(.99*years, max(1, most-1)))) // four years may be 4.002 mean years
	var ticks []tick
	year := max(0, instant(low, zone).Year())
	for year -= year % step; year <= 9999; year += step {
		v := At(time.Date(year, time.January, 1, 0, 0, 0, 0, zone))
		if v > high {
			break
		}
		if v >= low {
			ticks = append(ticks, tick{value: v, label: four(year)})
		}
	}
	return ticks
}

// mostBorders bounds the loop over borders. No chosen interval has so many.
const mostBorders = 10_000

// borders are all ticks of an interval within [low, high].
func borders(low, high float64, i interval, zone *time.Location) []tick {
	var ticks []tick
	from := i.start(instant(low, zone))
	last := math.Inf(-1)
	for n := range mostBorders {
		b := i.after(from, n)
		v := At(b)
		if v > high {
			break
		}
		if v >= low && v > last { // a clock that is put back shows an hour twice
			ticks = append(ticks, tick{value: v, label: i.label(b)})
			last = v
		}
	}
	return ticks
}

// start is the last border at or before an instant.
func (i interval) start(t time.Time) time.Time {
	year, month, day := t.Date()
	switch {
	case i.months > 0:
		month -= (month - 1) % time.Month(i.months)
		day = 1
	case i.days == 7:
		day -= (int(t.Weekday()) + 6) % 7 // weeks begin on Monday
	}
	return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
}

// after is the n-th border after another.
func (i interval) after(t time.Time, n int) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month+time.Month(n*i.months), day+n*i.days, 0, n*i.minutes, 0, 0, t.Location())
}

// label writes a border as finely as the interval asks. Among hours, midnight shows its day.
func (i interval) label(t time.Time) string {
	switch {
	case i.months > 0:
		return t.Format("2006-01")
	case i.days > 0 || t.Hour() == 0 && t.Minute() == 0:
		return t.Format(time.DateOnly)
	}
	return t.Format("15:04")
}

func instant(v float64, zone *time.Location) time.Time {
	return time.UnixMilli(int64(v * 1e3)).In(zone)
}

func four(year int) string { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") }
