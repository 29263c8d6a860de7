package bench

import (
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/traffic"
)

// TestBench measures little, but everything: the phases run, and their sums are right.
func TestBench(t *testing.T) {
	now := event.InstantOf(time.Now())
	load := traffic.Config{
		Events: 3000, Customers: 300, Mix: traffic.Mix{Interactions: 60, Purchases: 30, Feedback: 10}, Seed: 1,
		From: now.Add(-30 * 24 * time.Hour), To: now,
	}
	r, err := Run(t.Context(), Config{
		Traffic: load, Partitions: 2, BatchEvents: 2000, LatencyFor: time.Second, Embedded: true, Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	customers := map[string]bool{}
	for x := range load.All() {
		customers[x.Common().Customer] = true
	}
	if r.Events != 3000 || r.Scored != len(customers) {
		t.Errorf("events %d, customers scored %d, want 3000 and %d", r.Events, r.Scored, len(customers))
	}
	if r.Outputs < 200 { // nearly everybody buys, and so enters a tier
		t.Errorf("%d outputs, want at least 200", r.Outputs)
	}
	for name, x := range map[string]Rate{"fetch": r.Fetch, "fetch + decode": r.FetchDecode, "score": r.Scoring} {
		if x.PerSecond <= 0 || x.Process <= 0 {
			t.Errorf("%s: %+v, want it measured", name, x)
		}
	}
	if l := r.Latency; l == nil || l.Events < 100 || l.Outputs == 0 || l.Unseen != 0 || l.P50 <= 0 || l.P99 < l.P50 || l.Max < l.P99 {
		t.Errorf("latency %+v, want it measured on all outputs", r.Latency)
	}
}
