package history

import "tidemark/internal/event"

// Civil dates by integer arithmetic on years that begin in March, so that the leap day comes last (C. Neri, L. Schneider,
// "Euclidean affine functions and their application to calendar algorithms", 2022). event.Day.Month gives the same answer
// through time.Time, which is too slow: Facts asks for the month of every purchase day.
const (
	eraDays   = 146_097 // of 400 Gregorian years
	eras      = 120     // added to keep the numbers positive: good for 48,000 years before 1970 and as many after
	marchZero = 719_468 // days from 0000-03-01 to 1970-01-01
)

// monthOf counts calendar months since 1970-01 in which day d falls, and returns the first day of that month.
func monthOf(d event.Day) (month int, first event.Day) {
	quarters := 4*uint32(int32(d)+marchZero+eras*eraDays) + 3
	century := quarters / eraDays
	scaled := 2_939_745 * uint64(quarters%eraDays|3) // 2^32 / 365.25 / 4
	year := 100*century + uint32(scaled>>32)
	dayOfYear := uint32(scaled) / 2_939_745 / 4 // from 1 March
	march := 2141*dayOfYear + 197_913           // months since January, in 2^16ths
	return (int(year)-400*eras-1970)*12 + int(march>>16) - 1, d - event.Day(march&0xffff/2141)
}

// monthStart returns the first day of a month counted since 1970-01.
func monthStart(month int) event.Day {
	march := uint32(month + 1970*12 - 2 + 400*12*eras) // months since a March
	year := march / 12
	days := 365*year + year/4 - year/100 + year/400 + (153*(march%12)+2)/5
	return event.Day(int32(days) - marchZero - eras*eraDays)
}

// maxMonths is the longest streak that counts, in months.
const maxMonths = 12

// months finds the streak of consecutive months with a purchase day.
type months struct {
	last   int       // the month of the last day
	first  event.Day // its first day
	streak int
}

// add takes the next purchase day, later than those before. Days that are too old to matter today are left out.
func (m *months) add(day, today event.Day) {
	const shortest = 28
	if today-day >= (maxMonths+2)*31 || m.streak > 0 && day-m.first < shortest {
		return
	}
	month, first := monthOf(day)
	switch {
	case m.streak > 0 && month == m.last:
		return
	case month != m.last+1:
		m.streak = 0
	}
	m.last, m.first = month, first
	m.streak++
}

// active returns the length of the streak if the streak reaches into the current month or the month before. breaks is the day
// on which the streak will have broken if no purchase comes.
func (m *months) active(today event.Day) (length int, breaks event.Day) {
	if current, _ := monthOf(today); m.streak == 0 || m.last < current-1 {
		return 0, noDay
	}
	return min(m.streak, maxMonths), monthStart(m.last + 2)
}
