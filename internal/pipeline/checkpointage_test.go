package pipeline

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// TestCheckpointAgeFromTheStart: a lane that never gets as far as its first checkpoint shows how long it has had none: from its start on,
// as a metric and for /readyz.
func TestCheckpointAgeFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		metrics := NewMetrics()
		w.adjust = func(c *Config) { c.Metrics = metrics }
		began := time.Now()
		lane := w.start(0, &fuse{at: -1, fails: map[string]int{"audit": 1000}})
		pass(time.Minute)
		if got := checkpointOf(t, metrics); got != float64(began.Unix()) {
			t.Errorf("tidemark_checkpoint_timestamp_seconds of a lane without a checkpoint: got %.0f, want its start, %d", got, began.Unix())
		}
		problems := strings.Join(lane.lane.Health().Problems(time.Now(), 30*time.Second), "; ")
		if want := "no checkpoint for 1m0s"; !strings.Contains(problems, want) {
			t.Errorf("problems: got %q, want %q among them", problems, want)
		}
		lane.lane.Drain()
		if err := <-lane.done; err != nil {
			t.Errorf("a drained lane: got error %v, want none", err)
		}
	})
}

// checkpointOf returns the time of the last checkpoint that the metrics show, and 0 if they show none.
func checkpointOf(t *testing.T, m *Metrics) float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "tidemark_checkpoint_timestamp_seconds" && len(f.GetMetric()) > 0 {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return 0
}
