package learn_test

import (
	"errors"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/learn"
)

func TestCuts(t *testing.T) {
	const day = 24 * time.Hour
	first := event.InstantOf(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, row := range []struct {
		why   string
		until int   // days after the first event
		want  []int // the cuts, in days after the first event
	}{
		{"sixty days of log before the newest, and a horizon after it", 150, []int{60}},
		{"room for a second", 178, []int{88, 60}},
		{"three at most", 1000, []int{910, 882, 854}},
		{"a day too short", 149, nil},
		{"nothing", 0, nil},
	} {
		cuts, err := learn.Cuts(first, first.Add(time.Duration(row.until)*day), 90*day)
		if errors.Is(err, learn.ErrShort) != (row.want == nil) || len(cuts) != len(row.want) {
			t.Errorf("%s: %v, %v; want %d cuts", row.why, cuts, err, len(row.want))
			continue
		}
		for i, c := range cuts {
			if at := first.Add(time.Duration(row.want[i]) * day); c.At != at || c.Window != 90*day {
				t.Errorf("%s: cut %d at %s for %v, want %s for 90 days", row.why, i, c.At, c.Window, at)
			}
		}
	}
}
