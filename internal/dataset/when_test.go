package dataset

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

func TestParseStamp(t *testing.T) {
	for _, row := range []struct{ written, want string }{
		{"12/1/2010 8:26", "2010-12-01T08:26:00Z"},
		{"2/9/2018 13:05", "2018-02-09T13:05:00Z"},
		{"02/09/2018 03:05:07", "2018-02-09T03:05:07Z"},
		{"2010-12-01 08:26:00", "2010-12-01T08:26:00Z"},
		{"2016-02-29 23:59", "2016-02-29T23:59:00Z"},
		{"2011-03-27 01:30:00", "2011-03-27T01:30:00Z"}, // London had no such hour; UTC has it
		{"2010-12-01", ""},
		{"2010-12-01 08:26:00Z", ""},
		{"2010-12-01 08:26:60", ""},
		{"2010-12-01 24:00", ""},
		{"2010-13-01 08:26", ""},
		{"2011-02-29 08:26", ""},
		{"2/29/2011 8:26", ""},
		{"0/1/2010 8:26", ""},
		{"12/1/10 8:26", ""},
		{"12/1/2010  8:26", ""},
		{"12/1/2010 8:6", ""},
		{"1/12/2010", ""},
		{"", ""},
		{"?", ""},
	} {
		got, ok := parseStamp(row.written)
		if !ok && row.want != "" || ok && got.String() != row.want {
			t.Errorf("parseStamp(%q) = %v, %v, want %q", row.written, got, ok, row.want)
		}
	}
}

func TestTimesAgreeWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := event.Instant(rapid.Int64Range(0, 253_402_300_799).Draw(t, "second") * 1000)
		for _, layout := range []string{"1/2/2006 15:04:05", "01/02/2006 15:04:05", "2006-01-02 15:04:05"} {
			written := at.Time().Format(layout)
			if got, ok := parseStamp(written); got != at || !ok {
				t.Fatalf("parseStamp(%q) = %v, %v, want %v", written, got, ok, at)
			}
		}
		day := event.InstantOf(at.Time().Truncate(24 * time.Hour))
		if got, ok := parseCompactDate([]byte(at.Time().Format("20060102"))); got != day || !ok {
			t.Fatalf("parseCompactDate = %v, %v, want %v", got, ok, day)
		}
	})
}
