package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
)

const (
	// readWithin is how far behind a lane that others wait for may be until doctor says that they wait.
	readWithin = 30 * time.Second
	// clocksApart is how far the local clock may be from that of Redis until doctor says so.
	clocksApart = 5 * time.Second
)

// askLanes reads what the lanes tell each other: why reviews in silence wait although a lane's own inputs are read.
func (c *doctorCommand) askLanes(ctx context.Context, layout shard.Layout, tell func(finding)) {
	if layout.Shards == 0 {
		return // no data yet
	}
	db, err := c.open()
	if err != nil {
		return // said already
	}
	defer db.close()
	store, err := db.laidOut(layout)
	if err != nil {
		return // said already
	}
	readings, now, err := store.Tell(ctx, 0, nil)
	if err != nil {
		tell(finding{Name: "lanes", Detail: err.Error(), Remedy: remedy(err, "see redis above")})
		return
	}
	for _, f := range []finding{strangersFinding(readings, layout, now), quietFinding(readings, now), clockFinding(event.InstantOf(time.Now()).Sub(now))} {
		tell(f)
	}
}

// strangersFinding says which lanes' partitions hold events of other lanes' shards, and whether these lanes have read them.
func strangersFinding(readings map[int]shard.Reading, layout shard.Layout, now event.Instant) finding {
	f := finding{Name: "silence", OK: true, Detail: "every customer's events come in one partition"}
	partitions := 0
	for _, r := range readings {
		partitions = max(partitions, r.Partitions)
	}
	var wait []string
	waiting, fed := map[int]bool{}, map[int]bool{}
	for _, index := range slices.Sorted(maps.Keys(readings)) {
		r := readings[index]
		late := r.Until == 0 || now.Sub(r.Until) > readWithin
		n := 0
		for _, number := range layout.Numbers() {
			if partitions == 0 || number%partitions == index || index >= partitions || !r.Feeds(number, index, partitions) {
				continue
			}
			fed[number] = true
			if late {
				waiting[number] = true
				n++
			}
		}
		if n > 0 && r.Until == 0 {
			wait = append(wait, fmt.Sprintf("%d for partition %d, whose lane takes over or reads a backlog since %s", n, index, r.At))
		} else if n > 0 {
			wait = append(wait, fmt.Sprintf("%d for partition %d, read until %s", n, index, r.Until))
		}
	}
	switch {
	case len(waiting) > 0:
		f.OK, f.Remedy = false, "is a member's lane of that partition running, and does its lag shrink? "+pipeline.StrangersRemedy
		f.Detail = fmt.Sprintf("alerts in silence of %d of %d shards wait, because events of their customers come in several partitions (another partitioner, or partitions were added): %s",
			len(waiting), layout.Shards, strings.Join(wait, "; "))
	case len(fed) > 0:
		f.Detail = fmt.Sprintf("events of %d of %d shards come in several partitions (another partitioner, or partitions were added); all of them are read, and alerts wait for the slowest", len(fed), layout.Shards)
	}
	return f
}

// quietFinding says which topics have fallen quiet, so that reviews wait.
func quietFinding(readings map[int]shard.Reading, now event.Instant) finding {
	var hold time.Duration
	for _, r := range readings {
		hold = max(hold, r.QuietHold())
	}
	f := finding{Name: "quiet topics", OK: true, Detail: "not watched: --quiet-hold is off"}
	if hold == 0 {
		return f
	}
	f.Detail = fmt.Sprintf("none, by --quiet-hold %s", hold)
	var quiet []string
	newest := shard.Newest(readings)
	for _, topic := range event.Topics() {
		if heard, ok := newest[topic]; ok && now.Sub(heard) > hold {
			quiet = append(quiet, fmt.Sprintf("%s since %s", topic, heard))
		}
	}
	if len(quiet) > 0 {
		f.OK, f.Remedy = false, pipeline.QuietRemedy
		f.Detail = fmt.Sprintf("all alerts in silence wait: no record in any partition for longer than --quiet-hold %s of %s", hold, strings.Join(quiet, ", "))
	}
	return f
}

// clockFinding compares the local clock with that of Redis. Reviews in silence go by the earlier of both.
func clockFinding(ahead time.Duration) finding {
	f := finding{Name: "clocks", OK: true, Detail: fmt.Sprintf("this machine's is %s ahead of that of Redis", ahead)}
	if ahead < 0 {
		f.Detail = fmt.Sprintf("this machine's is %s behind that of Redis", -ahead)
	}
	if ahead.Abs() > clocksApart {
		f.OK, f.Remedy = false, "set both clocks by NTP: alerts in silence go by the earlier one, and are late by the difference; if both are ahead, they come early"
	}
	return f
}
