// Package season counts time by how busy a shop's year is: a day of a busy week is a long day, a day of a quiet week is a short one.
package season

import (
	"errors"
	"fmt"
)

// Index says how fast customers buy at each time of the year, in thousandths of the usual pace. It has 52 entries, one a week, or 12, one a
// month. Week w of 0..51 begins on day 7w of a year without a leap day, so the last week has 8 days. 29 February counts like 28 February. A
// nil Index says that nothing is known of a season.
type Index []int

const (
	// Weeks and Months are the possible lengths of an Index.
	Weeks  = 52
	Months = 12
	// Usual is the pace of a shop without a season.
	Usual = 1000
	// Least and Most bound an entry. Time that stood still would hide a silence: so a dead week still counts as a twentieth.
	Least = 50
	Most  = 20_000
)

// Validate returns an error for another number of entries than 52 or 12, and one for each entry outside [50, 20,000].
func (x Index) Validate() error {
	if len(x) != Weeks && len(x) != Months {
		return fmt.Errorf("season: %d entries, want %d for weeks or %d for months", len(x), Weeks, Months)
	}
	var errs []error
	for i, pace := range x {
		if pace < Least || pace > Most {
			errs = append(errs, fmt.Errorf("season: entry %d is %d thousandths, want it in %d..%d", i+1, pace, Least, Most))
		}
	}
	return errors.Join(errs...)
}

// Flat reports whether x has no season: it is nil, or all entries are equal.
func (x Index) Flat() bool {
	for _, pace := range x {
		if pace != x[0] {
			return false
		}
	}
	return true
}

// monthStarts are the first days of the months, of a year without a leap day, and the end of the year.
var monthStarts = [Months + 1]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// entry is the place in an Index of so many entries of a day in 0..364 of a year without a leap day.
func entry(entries, day int) int {
	if entries == Weeks {
		return min(day/7, Weeks-1)
	}
	month := 0
	for day >= monthStarts[month+1] {
		month++
	}
	return month
}
