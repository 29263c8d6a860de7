package dataset

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestCellTimes(t *testing.T) {
	berlin, sydney := zone(t, "Europe/Berlin"), zone(t, "Australia/Sydney")
	for _, row := range []struct {
		written string
		order   dayOrders
		zone    *time.Location
		want    string
		wrong   string
	}{
		{"2026-03-01T12:00:00Z", bothOrders, berlin, "2026-03-01T12:00:00Z", ""},
		{"2026-03-01T12:00:00.25+01:00", bothOrders, berlin, "2026-03-01T11:00:00.25Z", ""},
		{"2026-03-01 12:00:00 -0500", bothOrders, berlin, "2026-03-01T17:00:00Z", ""},
		{"2026-03-01 12:00:00 UTC", bothOrders, berlin, "2026-03-01T12:00:00Z", ""},
		{"2026-03-01 12:00:00+05:30", bothOrders, berlin, "2026-03-01T06:30:00Z", ""},
		{"2026-03-01 12:00", bothOrders, berlin, "2026-03-01T11:00:00Z", ""},
		{"2026-07-01 12:00:30", bothOrders, berlin, "2026-07-01T10:00:30Z", ""},
		{"2026-03-01", bothOrders, berlin, "2026-02-28T23:00:00Z", ""},
		{"2026-03-01", bothOrders, sydney, "2026-02-28T13:00:00Z", ""},
		{"2026/3/1", bothOrders, time.UTC, "2026-03-01T00:00:00Z", ""},
		{"01.03.2026", bothOrders, time.UTC, "2026-03-01T00:00:00Z", ""},
		{"1.3.2026, 18:05", bothOrders, time.UTC, "2026-03-01T18:05:00Z", ""},
		{"March 1, 2026 6:05 pm", bothOrders, time.UTC, "2026-03-01T18:05:00Z", ""},
		{"Mar 1, 2026 at 12:05 AM", bothOrders, time.UTC, "2026-03-01T00:05:00Z", ""},
		{"1 Mar 2026", bothOrders, time.UTC, "2026-03-01T00:00:00Z", ""},
		{"31/01/2026", bothOrders, time.UTC, "2026-01-31T00:00:00Z", ""},
		{"01/31/2026 08:26", bothOrders, time.UTC, "2026-01-31T08:26:00Z", ""},
		{"02/02/2026", bothOrders, time.UTC, "2026-02-02T00:00:00Z", ""},
		{"01/02/2026", dayFirst, time.UTC, "2026-02-01T00:00:00Z", ""},
		{"01/02/2026", monthFirst, time.UTC, "2026-01-02T00:00:00Z", ""},
		{"1-2-2026 3:04:05 PM", monthFirst, time.UTC, "2026-01-02T15:04:05Z", ""},
		{"2026-10-25 02:30", bothOrders, berlin, "2026-10-25T00:30:00Z", ""}, // the clocks show it twice
		{"2026-10-25 03:00", bothOrders, berlin, "2026-10-25T02:00:00Z", ""},

		{"2026-03-29 02:30", bothOrders, berlin, "", "skip this time"},
		{"01/02/2026", bothOrders, time.UTC, "", "--dates"},
		{"01/31/2026", dayFirst, time.UTC, "", "no such day with the day first"},
		{"31/31/2026", bothOrders, time.UTC, "", "no such day"},
		{"2026-02-29", bothOrders, time.UTC, "", "no such day"},
		{"2026-02-01 24:00", bothOrders, time.UTC, "", "no clock"},
		{"2026-02-01 13:00 PM", bothOrders, time.UTC, "", "not a time"},
		{"2026-02-01 10:00 CEST", bothOrders, time.UTC, "", "not a time"},
		{"01/02/26", bothOrders, time.UTC, "", "not a time"},
		{"1772323200", bothOrders, time.UTC, "", "not a time"},
		{"46082.5", bothOrders, time.UTC, "", "not a time"},
		{"yesterday", bothOrders, time.UTC, "", "not a time"},
		{"Marchember 1, 2026", bothOrders, time.UTC, "", "not a time"},
		{"", bothOrders, time.UTC, "", "not a time"},
	} {
		c, err := parseCellTime(row.written)
		var got event.Instant
		if err == nil {
			got, err = c.instant(row.order, row.zone)
		}
		switch {
		case row.wrong != "":
			if err == nil || !strings.Contains(err.Error(), row.wrong) {
				t.Errorf("%q, %s, in %s: got %v, %v, want an error with %q", row.written, row.order, row.zone, got, err, row.wrong)
			}
		case err != nil || got.String() != row.want:
			t.Errorf("%q, %s, in %s: got %v, %v, want %s", row.written, row.order, row.zone, got, err, row.want)
		}
	}
}

// TestCellTimesAgreeWithTheStandardLibrary: each layout gives the instant that was written.
func TestCellTimesAgreeWithTheStandardLibrary(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"), zone(t, "Asia/Kolkata")}
	rapid.Check(t, func(t *rapid.T) {
		at := event.Instant(rapid.Int64Range(0, 4_102_444_800).Draw(t, "second") * 1000)
		in := rapid.SampledFrom(zones).Draw(t, "zone")
		for _, layout := range []string{
			time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", // with an offset
			"2006-01-02 15:04:05", "02.01.2006 15:04:05", "Jan 2, 2006 3:04:05 PM", "2 January 2006 15:04:05", // without
		} {
			written := at.Time().In(in).Format(layout)
			c, err := parseCellTime(written)
			var got event.Instant
			if err == nil {
				got, err = c.instant(bothOrders, in)
			}
			want := at
			if err == nil && c.zone == nil && got != at { // the clocks show it twice: the first one counts
				want = got
				if got > at || got.Time().In(in).Format(layout) != written {
					want = at
				}
			}
			if got != want || err != nil {
				t.Fatalf("%q in %s: got %v, %v, want %v", written, in, got, err, at)
			}
		}
	})
}

func FuzzCellTime(f *testing.F) {
	for _, s := range []string{"2026-03-01 12:00:00 -0500", "01/02/2026", "Mar 1, 2026 at 12:05 AM", "2026-03-01T24:00"} {
		f.Add(s)
	}
	in := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCellTime(s)
		if err != nil {
			return
		}
		either, err := c.instant(bothOrders, in)
		if err != nil {
			return
		}
		for _, order := range []dayOrders{dayFirst, monthFirst} {
			if got, err := c.instant(order, in); err == nil && got != either {
				t.Fatalf("%q is %v with the %s, and %v without being told: it should be refused", s, got, order, either)
			}
		}
	})
}
