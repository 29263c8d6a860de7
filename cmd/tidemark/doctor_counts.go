package main

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/pipeline"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// askCounts names the ids that many customers seem to share. Then it says how many customers count, and how many do not, and for what.
func (c *doctorCommand) askCounts(ctx context.Context, db *database, layout shard.Layout, inForce redis.InForce, tell func(finding)) {
	store, err := db.laidOut(layout)
	if err != nil {
		return // said already
	}
	census, err := store.Census(ctx, layout.Numbers())
	if err != nil {
		return // said already
	}
	if zone, err := time.LoadLocation(layout.Zone); err == nil { // else said already
		tell(shopSearch{profiles: store, calendar: event.NewCalendar(zone), within: shopsWithin}.find(ctx, census))
	}
	tell(whoCounts(census, inForce.At(event.InstantOf(time.Now())).Source))
}

// whoCounts sums up a census, under the model file in force. A file that cannot be read is reported elsewhere.
func whoCounts(census []map[string]int64, source []byte) finding {
	sum := map[string]int64{}
	for _, counters := range census {
		for name, n := range counters {
			sum[name] += n
		}
	}
	f := finding{Name: "who counts", OK: true}
	f.Detail = fmt.Sprintf("%s; besides, %s, in no list, alert, count or fit",
		numbered(int(sum["customers"]), "customer"), numbered(int(sum[pipeline.TestAccounts]), "test account"))
	if n := sum[pipeline.Merged]; n > 0 {
		f.Detail += fmt.Sprintf("; %s merged into others, whose customers count under the others", numbered(int(n), "id"))
	}
	if n := sum[pipeline.Uncontactable]; n > 0 {
		f.Detail += fmt.Sprintf("; %s may be met on no channel", numbered(int(n), "customer"))
	}
	m, err := model.Parse(source)
	switch {
	case err != nil || m.Control == 0:
		return f
	case m.AnnounceControl:
		f.Detail += fmt.Sprintf("; alerts of the control group, %g %% of the ids, are published with control_group true", 100*m.Control)
		return f
	}
	f.Detail += fmt.Sprintf("; alerts of the control group, %g %% of the ids, are recorded and not published", 100*m.Control)
	return f
}
