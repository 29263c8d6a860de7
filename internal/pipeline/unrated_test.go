package pipeline

import (
	"fmt"
	"testing"
	"time"
)

// A missing rate is named at once, and then once an hour with the number of events since.
func TestMissingRatesAreReported(t *testing.T) {
	u, at := unrated{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		name    string
		after   time.Duration
		refused map[string]int
		want    string
	}{
		{"the first", 0, map[string]int{"UNKNOWN_CURRENCY EUR before 2015-01-01": 3, "MALFORMED": 2}, "no rate for EUR before 2015-01-01: 3 events"},
		{"more of them", time.Minute, map[string]int{"UNKNOWN_CURRENCY EUR before 2015-01-01": 4}, ""},
		{"another", time.Minute, map[string]int{"UNKNOWN_CURRENCY AUD": 1}, "no rate for AUD: 1 events"},
		{"an hour later", time.Hour, map[string]int{"UNKNOWN_CURRENCY EUR before 2015-01-01": 1}, "no rate for EUR before 2015-01-01: 5 events"},
		{"what is no currency", time.Hour, map[string]int{"UNKNOWN_CURRENCY": 1}, ""},
	} {
		at = at.Add(row.after)
		got := ""
		for _, err := range u.add(row.refused, at) {
			got += err.Error()
		}
		if row.want == "" && got != "" || row.want != "" && got != row.want+"; add the rate under rates in the model file, and activate the file" {
			t.Errorf("%s: reported %q, want %q", row.name, got, row.want)
		}
	}
	for i := range 200 {
		u.add(map[string]int{fmt.Sprintf("UNKNOWN_CURRENCY X%d", i): 1}, at)
	}
	if len(u) != unratedMost {
		t.Errorf("%d missing rates are held, want at most %d", len(u), unratedMost)
	}
}
