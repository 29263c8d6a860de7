package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestOneBadLine: a command that reads files leaves out the line that is at fault, and says where and why. With --strict it stops there.
func TestOneBadLine(t *testing.T) {
	log := file(t, "00001 19970101 1 11.77\n00001 19970229 1 11.77\n00001 19700121 1 11.77\n00002 19970102 1.5 11.77\n")
	for _, command := range []string{"replay", "fit", "backtest"} {
		got := tidemark(t, command, log, "--format", "cdnow")
		for _, want := range []string{"left out: 1 lines, MALFORMED (" + log + ":2: ", "left out: 1 lines, TOO_OLD (" + log + ":3: "} {
			if !strings.Contains(got.err, want) {
				t.Errorf("%s: it said\n%swant %q", command, got.err, want)
			}
		}
		if command == "replay" && got.code != 0 {
			t.Errorf("replay: code %d, want 0", got.code)
		}
		if got := tidemark(t, command, log, "--format", "cdnow", "--strict"); got.code != 1 || !strings.Contains(got.err, log+":2: ") || strings.Contains(got.err, "left out") {
			t.Errorf("%s --strict: code %d, it said\n%swant the end at line 2", command, got.code, got.err)
		}
	}
}

// TestDatesOfAFileAreDaysOfTheZone: a date of a file stays the day that the file names, in the zone in which days are counted.
func TestDatesOfAFileAreDaysOfTheZone(t *testing.T) {
	log := file(t, "00001 19970101 1 11.77\n00001 19970102 1 11.77\n")
	scores := filepath.Join(t.TempDir(), "scores.csv")
	must(t, "replay", log, "--format", "cdnow", "--zone", "America/New_York", "--scores", scores)
	row := csvRows(t, scores)[1]
	if row[3] != "2" || row[4] != "1997-01-01T05:00:00Z" || row[5] != "1997-01-02T05:00:00Z" {
		t.Errorf("%s purchase days, first %s, last %s, want 2 from 05:00 UTC on", row[3], row[4], row[5])
	}
}
