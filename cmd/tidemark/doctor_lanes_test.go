package main

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

func TestWhatLanesTellInWords(t *testing.T) {
	const now = event.Instant(1_767_225_600_000)
	layout := shard.Layout{Shards: 72}
	reading := func(behind time.Duration, fed ...int) shard.Reading {
		r := shard.Reading{At: now, Partitions: 6, Until: now.Add(-behind), Whole: true}
		for _, n := range fed {
			r.Fed = r.Fed.Add(n)
		}
		return r
	}
	backlog := reading(0, 3, 4)
	backlog.Until = 0
	heard := func(hold, ago time.Duration) shard.Reading {
		r := reading(time.Second)
		r.QuietHoldMS, r.Heard = hold.Milliseconds(), map[event.Topic]shard.Heard{event.Purchases: {At: now.Add(-ago), End: 5}}
		return r
	}
	type readings = map[int]shard.Reading
	strangers := func(r readings) finding { return strangersFinding(r, layout, now) }
	quiet := func(r readings) finding { return quietFinding(r, now) }
	grown := reading(time.Hour)
	grown.Partitions = 3
	for _, row := range []struct {
		name string
		f    finding
		ok   bool
		says string
	}{
		{"nobody has told anything", strangers(nil), true, "one partition"},
		{"all at home", strangers(readings{0: reading(0), 1: reading(time.Hour)}), true, "one partition"},
		{"a stranger that is read", strangers(readings{0: reading(0), 1: reading(time.Second, 3, 4)}), true, "events of 2 of 72 shards come in several partitions"},
		{"a stranger that lags", strangers(readings{0: reading(0), 1: reading(time.Hour, 3, 4)}), false, "2 of 72 shards wait, because events of their customers come in several partitions (another partitioner, or partitions were added): 2 for partition 1, read until 2025-12-31T23:00:00Z"},
		{"a stranger with a backlog", strangers(readings{1: backlog}), false, "2 for partition 1, whose lane takes over or reads a backlog"},
		{"partitions were added, and the lane that owned the shards lags", strangers(readings{0: grown, 3: reading(0)}), false, "12 for partition 0"},
		{"off", quiet(readings{0: heard(0, time.Hour)}), true, "--quiet-hold is off"},
		{"on, and heard", quiet(readings{0: heard(2*time.Hour, time.Hour)}), true, "none, by --quiet-hold 2h0m0s"},
		{"on, and heard in one partition", quiet(readings{0: heard(time.Hour, time.Minute), 1: heard(time.Hour, 2*time.Hour)}), true, "none"},
		{"on, and quiet", quiet(readings{0: heard(time.Hour, 3*time.Hour), 1: heard(time.Hour, 2*time.Hour)}), false, "customer.purchases.v1 since 2025-12-31T22:00:00Z"},
		{"clocks that agree", clockFinding(-30 * time.Millisecond), true, "30ms behind"},
		{"clocks that do not", clockFinding(10 * time.Minute), false, "10m0s ahead"},
	} {
		if row.f.OK != row.ok || !strings.Contains(row.f.Detail, row.says) || row.f.OK != (row.f.Remedy == "") {
			t.Errorf("%s: got %+v, want fine %t, %q, and a remedy only if not", row.name, row.f, row.ok, row.says)
		}
	}
}
