package dataset

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tidemark/internal/event"
)

// dayOrders is a set of orders in which day and month stand before the year.
type dayOrders uint8

const (
	dayFirst dayOrders = 1 << iota
	monthFirst
	bothOrders = dayFirst | monthFirst
)

func (o dayOrders) String() string {
	return [...]string{dayFirst: "day first", monthFirst: "month first", bothOrders: "day or month first"}[o&bothOrders]
}

// DateOrder says whether 01/02/2006 is the first of February or the second of January. Zero is unknown.
type DateOrder uint8

// ParseDateOrder returns the order of a name, "day-first" or "month-first". The empty name is neither: the file itself must tell.
func ParseDateOrder(name string) (DateOrder, error) {
	switch name {
	case "":
		return 0, nil
	case "day-first":
		return DateOrder(dayFirst), nil
	case "month-first":
		return DateOrder(monthFirst), nil
	}
	return 0, fmt.Errorf("the order of dates %q is neither day-first nor month-first", name)
}

// The forms of a date, and of what may follow it.
var (
	yearForm  = regexp.MustCompile(`^(\d{4})([-/.])(\d{1,2})[-/.](\d{1,2})($|[T ,].*$)`)
	dotForm   = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})($|[ ,].*$)`)
	slashForm = regexp.MustCompile(`^(\d{1,2})[-/](\d{1,2})[-/](\d{4})($|[ ,].*$)`)
	monthForm = regexp.MustCompile(`^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})($|[ ,].*$)`)
	dayForm   = regexp.MustCompile(`^(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?[ -](\d{4})($|[ ,].*$)`)
	clockForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$`)
	months    = [...]string{
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
	}
)

// cellTime is a date or a time as a cell writes it.
type cellTime struct {
	year, day, month int
	// swapped says that day and month may also stand the other way round.
	swapped bool
	// bare says that the cell gives no time of day. Else clock is the time of day.
	bare  bool
	clock time.Duration
	// zone is the zone of the cell's offset from UTC, nil if the cell gives no offset.
	zone *time.Location
}

var errTime = errors.New("it is not a time such as 2026-03-01 12:00:00 +0100, 2026-03-01T12:00:00Z, 2026-03-01 or 01/03/2026")

// parseCellTime reads a date or a time. A date with slashes or dashes and the year last is taken as day first, and swapped says that
// it is also a date with the month first. A date with dots has the day first.
func parseCellTime(cell string) (cellTime, error) {
	var c cellTime
	rest, err := c.date(strings.TrimSpace(cell))
	if err != nil {
		return c, err
	}
	return c, c.timeOfDay(strings.TrimLeft(rest, "T ,"))
}

func (c *cellTime) date(s string) (rest string, err error) {
	if m := yearForm.FindStringSubmatch(s); m != nil {
		c.year, c.month, c.day, rest = number(m[1]), number(m[3]), number(m[4]), m[5]
	} else if m := dotForm.FindStringSubmatch(s); m != nil {
		c.day, c.month, c.year, rest = number(m[1]), number(m[2]), number(m[3]), m[4]
	} else if m := slashForm.FindStringSubmatch(s); m != nil {
		c.day, c.month, c.year, rest = number(m[1]), number(m[2]), number(m[3]), m[4]
		c.swapped = true
	} else if m := monthForm.FindStringSubmatch(s); m != nil {
		c.month, c.day, c.year, rest = monthNamed(m[1]), number(m[2]), number(m[3]), m[4]
	} else if m := dayForm.FindStringSubmatch(s); m != nil {
		c.day, c.month, c.year, rest = number(m[1]), monthNamed(m[2]), number(m[3]), m[4]
	} else {
		return "", errTime
	}
	if c.orders() == 0 {
		return "", errors.New("the calendar has no such day")
	}
	return rest, nil
}

// number reads a few digits.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// monthNamed returns the month of an English name or of its first letters, 0 if there is none.
func monthNamed(name string) int {
	for i, month := range months {
		if strings.HasPrefix(month, strings.ToLower(name)) {
			return i + 1
		}
	}
	return 0
}

func (c *cellTime) timeOfDay(s string) error {
	if s == "" {
		c.bare = true
		return nil
	}
	m := clockForm.FindStringSubmatch(strings.TrimPrefix(s, "at "))
	if m == nil {
		return errTime
	}
	hour, minute, second := number(m[1]), number(m[2]), number(m[3])
	if half := strings.ToLower(m[5]); half != "" {
		if hour < 1 || hour > 12 {
			return errTime
		}
		if hour %= 12; half == "p" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return errors.New("no clock shows such a time")
	}
	millis := number((m[4] + "000")[:3])
	c.clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second +
		time.Duration(millis)*time.Millisecond
	switch offset := m[6]; offset {
	case "":
	case "Z", "UTC", "GMT":
		c.zone = time.UTC
	default:
		digits := strings.Replace(offset[1:], ":", "", 1) + "00"
		seconds := number(digits[:2])*3600 + number(digits[2:4])*60
		if offset[0] == '-' {
			seconds = -seconds
		}
		c.zone = time.FixedZone("", seconds)
	}
	return nil
}

// orders returns the orders in which the calendar has the day, and in which the cell may be read.
func (c *cellTime) orders() dayOrders {
	if !c.swapped {
		if _, ok := dayOf(c.year, c.month, c.day); !ok {
			return 0
		}
		return bothOrders
	}
	var can dayOrders
	if _, ok := dayOf(c.year, c.month, c.day); ok {
		can |= dayFirst
	}
	if _, ok := dayOf(c.year, c.day, c.month); ok {
		can |= monthFirst
	}
	return can
}

// unsure reports whether the orders give different days.
func (c *cellTime) unsure() bool { return c.swapped && c.orders() == bothOrders && c.day != c.month }

// dayOf returns the calendar day. It is false if the calendar has no such day.
func dayOf(year, month, day int) (event.Day, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return event.Day(t.Unix() / (24 * 60 * 60)), t.Month() == time.Month(month) && t.Day() == day
}

// instant returns the moment. zone is the zone of a time without an offset; a bare date is the start of its day there. A time that the
// clocks of the zone show twice is the first of the two; one that they skip is an error.
func (c *cellTime) instant(order dayOrders, zone *time.Location) (event.Instant, error) {
	can := c.orders() & order
	if can == 0 {
		return 0, fmt.Errorf("the calendar has no such day with the %s", order)
	}
	year, month, day := c.year, c.month, c.day
	if c.swapped && c.day != c.month {
		if can == bothOrders {
			return 0, errors.New("it can be read in two ways: give --dates day-first or --dates month-first")
		}
		if can == monthFirst {
			month, day = day, month
		}
	}
	if c.bare {
		on, _ := dayOf(year, month, day)
		return event.NewCalendar(zone).Start(on), nil
	}
	if c.zone != nil {
		zone = c.zone
	}
	utc := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(c.clock)
	return onClock(utc, zone)
}

// onClock returns the first moment at which the clocks of the zone show what the clock of utc shows.
func onClock(utc time.Time, zone *time.Location) (event.Instant, error) {
	t := time.Date(utc.Year(), utc.Month(), utc.Day(), utc.Hour(), utc.Minute(), utc.Second(), utc.Nanosecond(), zone)
	_, now := t.Zone()
	if !utc.Equal(t.Add(time.Duration(now) * time.Second)) {
		return 0, fmt.Errorf("the clocks of %s skip this time: give another --zone, or times with their offset", zone)
	}
	if from, _ := t.ZoneBounds(); !from.IsZero() {
		_, before := from.Add(-time.Second).Zone()
		if earlier := t.Add(time.Duration(now-before) * time.Second); earlier.Before(from) {
			t = earlier
		}
	}
	return event.InstantOf(t), nil
}
