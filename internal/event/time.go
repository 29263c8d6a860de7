package event

import "time"

// Instant is a moment: milliseconds since 1970-01-01T00:00:00Z.
type Instant int64

// Never is the latest instant. It stands for what does not happen.
const Never Instant = 1<<63 - 1

// InstantOf returns t to the millisecond.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time returns i in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Add returns i moved by d, to the millisecond.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Sub returns the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// String is RFC 3339 in UTC, with milliseconds only where there are some.
func (i Instant) String() string { return string(i.Append(nil)) }

// Append appends the text of String to b.
func (i Instant) Append(b []byte) []byte {
	if i == Never {
		return append(b, "never"...)
	}
	return i.Time().AppendFormat(b, "2006-01-02T15:04:05.999Z07:00")
}

// Day counts calendar days since 1970-01-01 in the zone of a Calendar.
type Day int32

const dayMillis = 24 * 60 * 60 * 1000

// Calendar turns instants into days of one zone, and days into instants. The zero value is UTC.
type Calendar struct{ zone *time.Location }

// NewCalendar returns the calendar of a zone. A nil zone is UTC.
func NewCalendar(zone *time.Location) Calendar {
	if zone == time.UTC {
		zone = nil
	}
	return Calendar{zone}
}

// Day returns the calendar day on which i falls: the last day d with Start(d) <= i. Where a clock was set back over midnight, it
// shows the last minutes of the old day twice. The second time they belong to the new day.
func (c Calendar) Day(i Instant) Day {
	if c.zone == nil {
		return Day(floorDiv(int64(i), dayMillis))
	}
	y, m, d := time.UnixMilli(int64(i)).In(c.zone).Date()
	day := Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (dayMillis / 1000))
	for i >= c.Start(day+1) {
		day++
	}
	return day
}

// Start returns the first instant of day d: the first instant at which the zone's clock shows midnight of d, or later. A day that
// a zone has left out (Samoa's 2011-12-30) starts with the next day.
func (c Calendar) Start(d Day) Instant {
	midnight := int64(d) * dayMillis
	if c.zone == nil {
		return Instant(midnight)
	}
	y, m, day := Instant(midnight).Time().Date()
	t := time.Date(y, m, day, 0, 0, 0, 0, c.zone) // near it: where midnight came twice or never, time.Date says no more
	from, until := t.ZoneBounds()
	start := Instant(midnight - offset(t))
	if !from.IsZero() {
		if earlier := Instant(midnight - offset(from.Add(-time.Second))); earlier < InstantOf(from) {
			return earlier
		}
		start = max(start, InstantOf(from))
	}
	if !until.IsZero() {
		start = min(start, InstantOf(until))
	}
	return start
}

// offset is how far the zone of t is ahead of UTC at t, in milliseconds.
func offset(t time.Time) int64 {
	_, seconds := t.Zone()
	return int64(seconds) * 1000
}

// Since returns the days from 00:00 of day first to i: the whole days, plus the elapsed fraction of the last day. A day on which
// the clocks change counts as one day.
func (c Calendar) Since(first Day, i Instant) float64 {
	if c.zone == nil {
		return float64(int64(i)-int64(first)*dayMillis) / dayMillis
	}
	d := c.Day(i)
	start, end := c.Start(d), c.Start(d+1)
	return float64(d-first) + float64(i-start)/float64(end-start)
}

// Month is the calendar month of day d, counted from 1970-01.
func (d Day) Month() int {
	y, m, _ := Instant(int64(d) * dayMillis).Time().Date()
	return (y-1970)*12 + int(m) - 1
}

// Year is the calendar year of day d.
func (d Day) Year() int { return Instant(int64(d) * dayMillis).Time().Year() }

// String is the date, YYYY-MM-DD.
func (d Day) String() string { return Instant(int64(d) * dayMillis).Time().Format(time.DateOnly) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
