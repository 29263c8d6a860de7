package dataset

import (
	"errors"
	"time"

	"tidemark/internal/event"
)

// The logs write local times of their shops and name no zone. They are times of Options.Zone, UTC without one. So each purchase stays on
// the calendar day that the shop wrote down.

// zone is the zone of dates, and of times without an offset.
func (o *Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// startOf returns the first instant of a day in the zone. The day is given as its 00:00 UTC.
func (o *Options) startOf(midnight event.Instant) event.Instant {
	if o.Zone == nil {
		return midnight
	}
	return event.NewCalendar(o.Zone).Start(event.Calendar{}.Day(midnight))
}

// localStamp reads what parseStamp reads, as a time of the zone.
func localStamp(s string, zone *time.Location) (event.Instant, error) {
	shown, ok := parseStamp(s)
	if !ok {
		return 0, errStamp
	}
	if zone == time.UTC {
		return shown, nil
	}
	return onClock(shown.Time(), zone)
}

var errStamp = errors.New("not of its form")

// why is an error of localStamp as the end of a sentence that names the form.
func why(err error) string {
	if errors.Is(err, errStamp) {
		return ""
	}
	return ": " + err.Error()
}

// parseCompactDate reads YYYYMMDD as 00:00 UTC.
func parseCompactDate(s []byte) (event.Instant, bool) {
	if len(s) != 8 {
		return 0, false
	}
	c := clock[[]byte]{rest: s}
	return c.instant(c.digits(4), c.digits(2), c.digits(2), 0, 0, 0)
}

// parseStamp reads M/D/YYYY H:MM, as spreadsheets write it in the United States, and YYYY-MM-DD HH:MM. Both may have seconds.
func parseStamp(s string) (event.Instant, bool) {
	c := clock[string]{rest: s}
	var year, month, day int
	if len(s) > 4 && s[4] == '-' {
		year, month, day = c.digits(4), c.after('-', 2), c.after('-', 2)
	} else {
		month, day, year = c.upTo2(), c.skip('/').upTo2(), c.after('/', 4)
	}
	hour, minute, second := c.skip(' ').upTo2(), c.after(':', 2), 0
	if len(c.rest) > 0 {
		second = c.after(':', 2)
	}
	return c.instant(year, month, day, hour, minute, second)
}

// clock reads the parts of a time from the left. bad is true once a part was missing.
type clock[T string | []byte] struct {
	rest T
	bad  bool
}

// digits reads exactly n digits.
func (c *clock[T]) digits(n int) int {
	if len(c.rest) < n {
		c.bad = true
		return 0
	}
	value := 0
	for i := range n {
		d := c.rest[i]
		if d < '0' || d > '9' {
			c.bad = true
			return 0
		}
		value = value*10 + int(d-'0')
	}
	c.rest = c.rest[n:]
	return value
}

// upTo2 reads one digit, or two if two follow.
func (c *clock[T]) upTo2() int {
	if len(c.rest) > 1 && c.rest[1] >= '0' && c.rest[1] <= '9' {
		return c.digits(2)
	}
	return c.digits(1)
}

func (c *clock[T]) skip(mark byte) *clock[T] {
	if len(c.rest) == 0 || c.rest[0] != mark {
		c.bad = true
		return c
	}
	c.rest = c.rest[1:]
	return c
}

func (c *clock[T]) after(mark byte, n int) int { return c.skip(mark).digits(n) }

// instant is the moment of the parts. It is false if a part was missing, if text is left, or if the calendar has no such
// moment.
func (c *clock[T]) instant(year, month, day, hour, minute, second int) (event.Instant, bool) {
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	asWritten := t.Month() == time.Month(month) && t.Day() == day && hour < 24 && minute < 60 && second < 60
	return event.InstantOf(t), asWritten && !c.bad && len(c.rest) == 0
}
