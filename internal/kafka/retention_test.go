package kafka

import (
	"testing"
	"time"
)

func TestRetention(t *testing.T) {
	noon := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, row := range []struct {
		why      string
		settings map[string]string
		want     Retention
		until    time.Time
	}{
		{
			"a week, in segments of a day",
			map[string]string{"cleanup.policy": "delete", "retention.ms": "604800000", "segment.ms": "86400000"},
			Retention{Topic: "t", Known: true, Aged: true, Keep: 7 * day, Segment: day},
			noon.Add(8 * day),
		},
		{
			"for ever",
			map[string]string{"cleanup.policy": "delete", "retention.ms": "-1", "segment.ms": "86400000"},
			Retention{Topic: "t", Known: true, Aged: true, Forever: true, Segment: day},
			time.Time{},
		},
		{
			"longer than a duration can say",
			map[string]string{"cleanup.policy": "delete", "retention.ms": "9223372036854775807"},
			Retention{Topic: "t", Known: true, Aged: true, Forever: true},
			time.Time{},
		},
		{
			"compacted",
			map[string]string{"cleanup.policy": "compact", "retention.ms": "604800000"},
			Retention{Topic: "t", Known: true, Compacted: true, Keep: 7 * day},
			time.Time{},
		},
		{
			"compacted and deleted",
			map[string]string{"cleanup.policy": "compact,delete", "retention.ms": "86400000"},
			Retention{Topic: "t", Known: true, Compacted: true, Aged: true, Keep: day},
			noon.Add(day),
		},
		{"not shown", nil, Retention{Topic: "t"}, time.Time{}},
		{"no retention shown", map[string]string{"cleanup.policy": "delete"}, Retention{Topic: "t", Aged: true}, time.Time{}},
	} {
		got := retentionOf("t", row.settings)
		if got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.why, got, row.want)
		}
		if until, ends := got.Until(noon); !until.Equal(row.until) || ends != !row.until.IsZero() {
			t.Errorf("%s: until %s (%v), want %s", row.why, until, ends, row.until)
		}
	}
}
