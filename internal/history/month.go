package history

import "tidemark/internal/event"

// Civil dates by integer arithmetic on years that begin in March, so that the leap day comes last; event.Day.Month and
// event.MonthStart say the same, but by way of time.Time, and Facts asks for every purchase day.
const (
	era       = 146_097 // days of 400 Gregorian years
	marchZero = 719_468 // days from 0000-03-01 to 1970-01-01
)

// monthOf counts calendar months since 1970-01 in which day d falls.
func monthOf(d event.Day) int {
	days := int(d) + marchZero
	eras := floorDiv(days, era)
	days -= eras * era
	years := (days - days/1460 + days/36_524 - days/146_096) / 365
	days -= 365*years + years/4 - years/100
	march := (5*days + 2) / 153 // months since March
	return (eras*400+years-1970)*12 + march + 2
}

// monthStart returns the first day of a month counted since 1970-01.
func monthStart(month int) event.Day {
	march := month - 2 + 1970*12 // months since March of year 0
	year := floorDiv(march, 12)
	march -= year * 12
	eras := floorDiv(year, 400)
	year -= eras * 400
	return event.Day(eras*era + 365*year + year/4 - year/100 + (153*march+2)/5 - marchZero)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
