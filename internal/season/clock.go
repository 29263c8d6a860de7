package season

import (
	"math"
	"slices"
	"sort"

	"tidemark/internal/event"
)

// Clock turns calendar days into seasonal days and back. An average year of 365.25 calendar days has 365.25 seasonal days. A nil Clock
// knows no season: its seasonal days are calendar days. A Clock never changes, and is safe for concurrent use.
//
// Years begin in March here, so a leap day is the last day of its year:
//
//	 1 March                                    28 February  29 February
//	│ day 0 │ day 1 │ …                         │ day 364   │ day 365  │
//	0       before[1]                                  before[365]     before[366]     thousandths
//
// The sum of the index up to a day is that of the whole years before, plus before: integers, and no loop.
type Clock struct {
	index Index
	// before[d] is the sum of the index over the first d days of a year, in thousandths.
	before [daysOfLeap + 1]int64
	// perDay is the mean of the index over four years: the thousandths of an average day.
	perDay float64
}

const (
	daysOfYear = 365
	daysOfLeap = 366
	// An era is 400 years, after which the Gregorian calendar repeats itself.
	yearsOfEra = 400
	leapsOfEra = 97
	daysOfEra  = daysOfYear*yearsOfEra + leapsOfEra
	// epoch is the number of days from 1 March of year 0 to 1 January 1970.
	epoch = 719_468
	// march is the day of a year on which March begins.
	march = 59
)

// NewClock returns the clock of an index. The error is that of Index.Validate.
func NewClock(x Index) (*Clock, error) {
	if err := x.Validate(); err != nil {
		return nil, err
	}
	c := &Clock{index: slices.Clone(x)}
	for d := range daysOfLeap {
		c.before[d+1] = c.before[d] + int64(x[entry(len(x), ofYear(int64(d)))])
	}
	c.perDay = float64(4*c.before[daysOfYear]+c.leapDay()) / (4*daysOfYear + 1)
	return c, nil
}

// Index is the index of c; nil for a nil Clock.
func (c *Clock) Index() Index {
	if c == nil {
		return nil
	}
	return slices.Clone(c.index)
}

func (c *Clock) leapDay() int64 { return c.before[daysOfLeap] - c.before[daysOfYear] }

// Pace is how many seasonal days a calendar day has.
func (c *Clock) Pace(day event.Day) float64 {
	if c == nil {
		return 1
	}
	_, _, d := split(day)
	return float64(c.before[d+1]-c.before[d]) / c.perDay
}

// Seasonal is the number of seasonal days in a number of calendar days, which begin with day first. Negative numbers count backwards. It
// grows with the number of days, strictly where two numbers lie a millisecond apart or more.
func (c *Clock) Seasonal(first event.Day, days float64) float64 {
	if c == nil {
		return days
	}
	whole := math.Floor(days)
	last := first + event.Day(whole)
	era, year, d := split(last)
	today := float64(c.before[d+1] - c.before[d])
	return (float64(c.sum(era, year, d)-c.sumTo(first)) + float64(today*(days-whole))) / c.perDay
}

// Calendar is the inverse of Seasonal: the number of calendar days, from day first on, that have a number of seasonal days. It is exact to
// a millisecond within a century.
func (c *Clock) Calendar(first event.Day, seasonal float64) float64 {
	if c == nil {
		return seasonal
	}
	begin := c.sumTo(first)
	goal := seasonal * c.perDay
	upTo := func(number int64) float64 { return float64(c.sumToYear(number) - begin) }
	number := int64(math.Floor((goal + float64(begin)) / (c.perDay * (daysOfYear + .25)))) // of the year in question, or of one near it
	for upTo(number) > goal {
		number--
	}
	for upTo(number+1) <= goal {
		number++
	}
	rest := goal - upTo(number)
	d := sort.Search(daysOfLeap-1, func(d int) bool { return float64(c.before[d+1]) > rest })
	days := dayOf(number) + int64(d) - int64(first)
	return float64(days) + (rest-float64(c.before[d]))/float64(c.before[d+1]-c.before[d])
}

// Entry is the place in an Index of so many entries, 52 or 12, on which a day falls.
func Entry(entries int, day event.Day) int {
	_, _, d := split(day)
	return entry(entries, ofYear(d))
}

// ofYear is the day in 0..364 of a year that begins in January, of a day of a year that begins in March.
func ofYear(d int64) int {
	return int(min(d, daysOfYear-1)+march) % daysOfYear // 29 February counts like 28 February
}

// sumTo is the sum of the index from 1 March of year 0 to the start of a day, in thousandths.
func (c *Clock) sumTo(day event.Day) int64 { return c.sum(split(day)) }

func (c *Clock) sum(era, year, d int64) int64 {
	return c.sumToYear(era*yearsOfEra+year) + c.before[d]
}

// sumToYear is the sum up to the 1 March of a year.
func (c *Clock) sumToYear(number int64) int64 {
	return number*c.before[daysOfYear] + leapsBefore(number)*c.leapDay()
}

// dayOf is the 1 March of a year, as an event.Day.
func dayOf(number int64) int64 { return number*daysOfYear + leapsBefore(number) - epoch }

// leapsBefore is the number of leap days from 1 March of year 0 to 1 March of a year.
func leapsBefore(number int64) int64 {
	era := number / yearsOfEra
	if number%yearsOfEra < 0 {
		era--
	}
	year := number - era*yearsOfEra
	return era*leapsOfEra + year/4 - year/100
}

// split returns the era of a day, the year within the era, and the day of the year in 0..365.
//
// Source: Hinnant, chrono-Compatible Low-Level Date Algorithms, 2014, civil_from_days.
func split(day event.Day) (era, year, d int64) {
	n := int64(day) + epoch
	era = n / daysOfEra
	if n%daysOfEra < 0 {
		era--
	}
	n -= era * daysOfEra
	year = (n - n/1460 + n/36_524 - n/(daysOfEra-1)) / daysOfYear
	return era, year, n - (daysOfYear*year + year/4 - year/100)
}
