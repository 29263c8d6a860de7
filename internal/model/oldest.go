package model

import (
	"fmt"
	"time"

	"tidemark/internal/event"
)

// usualOldest is the oldest day of a file that names none. It lies after all that a clock near zero, or seconds taken as milliseconds,
// can give (seconds of the year 9999 give 1978), and before the public logs of purchases.
const usualOldest = "1990-01-01"

// oldestDay reads the oldest day that a model takes.
func oldestDay(date string) (event.Day, error) {
	if date == "" {
		date = usualOldest
	}
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return 0, fmt.Errorf("oldest: %q is no date YYYY-MM-DD", date)
	}
	return event.Calendar{}.Day(event.InstantOf(at)), nil
}
