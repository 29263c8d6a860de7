package dataset

import (
	"fmt"
	"strconv"
	"time"

	"tidemark/internal/event"
)

// moment is an instant in JSON.
type moment event.Instant

// UnmarshalJSON reads RFC 3339, cut to the millisecond, or a bare date as 00:00 UTC.
func (m *moment) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return notATime(b)
	}
	layout := time.RFC3339
	if len(s) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, s)
	if err != nil || !writable(t.UTC()) {
		return notATime(b)
	}
	*m = moment(event.InstantOf(t))
	return nil
}

func notATime(b []byte) error {
	return fmt.Errorf("%s is not a time such as 2026-03-01T12:00:00Z, nor a date such as 2026-03-01", b)
}

// MarshalJSON writes RFC 3339 in UTC.
func (m moment) MarshalJSON() ([]byte, error) {
	at := event.Instant(m)
	if !writable(at.Time()) {
		return nil, fmt.Errorf("the time %d ms lies beyond the years 0 to 9999", int64(at))
	}
	return strconv.AppendQuote(nil, at.String()), nil
}

// writable reports whether RFC 3339 can write an instant: the year must have four digits.
func writable(utc time.Time) bool { return utc.Year() >= 0 && utc.Year() <= 9999 }

// date is a moment that may have been written as a bare date.
type date struct {
	moment
	bare bool
}

// UnmarshalJSON reads what moment reads.
func (d *date) UnmarshalJSON(b []byte) error {
	d.bare = len(b) == len(strconv.Quote(time.DateOnly))
	return d.moment.UnmarshalJSON(b)
}

// in returns the instant. A bare date is the start of its day in the calendar.
func (d *date) in(days event.Calendar) event.Instant {
	at := event.Instant(d.moment)
	if !d.bare {
		return at
	}
	return days.Start(event.Calendar{}.Day(at))
}
