package pipeline

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// modelGauges are the gauges of models by name and labels.
func modelGauges(t *testing.T, m *Metrics) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	for _, g := range m.quality.gauges() {
		registry.MustRegister(g)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		for _, one := range f.GetMetric() {
			name := f.GetName()
			for _, label := range one.GetLabel() {
				name += " " + label.GetValue()
			}
			found[name] = one.GetGauge().GetValue()
		}
	}
	return found
}

// TestDrift: the lane of index 0 shows the figures of all lanes' forecasts in gauges, reports drift once, and removes the gauges when it
// ends. The toy forecasts that a quarter of the control group leaves, and nobody does.
func TestDrift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 2, 8)
		metrics := NewMetrics()
		w.adjust = func(c *Config) {
			c.Metrics, c.Drift = metrics, watch.Bounds{Settled: 50, Shift: .25, Slope: .15}
		}
		lanes := []*running{w.start(0, nil), w.start(1, nil)}
		bought := func(from, to int) {
			for n := from; n < to; n++ {
				w.send(event.Purchases, message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n), Occurred: ago(35 * day), Amount: 20})
			}
			pass(15 * time.Second)
		}
		bought(0, 20)
		if got := modelGauges(t, metrics); got["tidemark_model_drift toy-1"] != 0 || w.noticed(Drift) != 0 {
			t.Errorf("before enough is settled: drift %v, noticed %d times, want neither", got["tidemark_model_drift toy-1"], w.noticed(Drift))
		}
		bought(20, 60)
		got := modelGauges(t, metrics)
		for name, want := range map[string]float64{
			"tidemark_model_drift toy-1":                  1,
			"tidemark_model_settled fair toy-1":           60,
			"tidemark_model_settled control toy-1":        60,
			"tidemark_model_settled contacted toy-1":      60,
			"tidemark_model_settled uncontacted toy-1":    60,
			"tidemark_model_gone_ratio fair toy-1":        0,
			"tidemark_model_forecast_ratio fair toy-1":    .25,
			"tidemark_model_brier fair toy-1":             .0625,
			"tidemark_model_gone_ratio contacted toy-1":   1,
			"tidemark_model_forecast_ratio control toy-1": .25,
		} {
			if v, ok := got[name]; !ok || v != want {
				t.Errorf("%s: got %v (there: %v), want %v", name, v, ok, want)
			}
		}
		if w.noticed(Drift) != 1 {
			t.Errorf("drift was noticed %d times, want once", w.noticed(Drift))
		}
		pass(time.Hour)
		if w.noticed(Drift) != 1 {
			t.Errorf("an hour later drift was noticed %d times, want once", w.noticed(Drift))
		}
		w.activate(ago(0))
		pass(15 * time.Second)
		got = modelGauges(t, metrics)
		if _, ok := got["tidemark_model_drift toy-1"]; ok || got["tidemark_model_settled fair toy-1"] != 60 {
			t.Errorf("after the model has been replaced: %v, want its figures, and no drift", got)
		}
		finish(t, lanes...)
		if got := modelGauges(t, metrics); len(got) > 0 {
			t.Errorf("after the lanes have ended: got %v, want nothing", got)
		}
		w.check(event.InstantOf(time.Now()))
	})
}

// TestForecastsOfTheEngine compares the counters of a live run, summed over lanes, with the counters of a fold of the same events.
func TestForecastsOfTheEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, scorers(t)[1], 2, 8)
		for n := range 400 {
			w.send(event.Purchases, message{
				ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", n%37), Occurred: ago(900 * day).Add(time.Duration(n) * 2 * day), Amount: 2000,
				Currency: "USD",
			})
		}
		finish(t, w.start(0, nil), w.start(1, nil))
		w.check(event.InstantOf(time.Now()))
		sum := map[string]int64{}
		for _, s := range w.store.shards {
			for name, count := range s.census {
				sum[name] += count
			}
		}
		settled := 0
		for _, r := range watch.DefaultBounds().Reports(sum) {
			settled += r.Groups[score.Uncontacted].Settled
		}
		if settled < 50 {
			t.Errorf("%d forecasts are settled, want at least 50: too few to prove anything", settled)
		}
	})
}

// A log that has ended gives no verdict: no notice, no drift gauge, and no gauge that is NaN.
func TestNoDriftAfterTheEndOfTheLog(t *testing.T) {
	for _, row := range []struct {
		why    string
		silent time.Duration
		drifts bool
	}{{"the log goes on", day, true}, {"the log ended long ago", 300 * day, false}} {
		b, heard := alone()
		b.cfg.Drift = watch.Bounds{Settled: 50, Shift: .25, Slope: .15}
		now := event.InstantOf(time.Now())
		p := &population{base: b, newest: now.Add(-row.silent)}
		counters := map[string]int64{}
		for range 100 {
			watch.Count(counters, []score.Outcome{{AsOf: now.Add(-100 * day), Model: "0a", Risk: 500_000, Gone: true}})
		}
		p.judge(counters, "0a")
		gauges := modelGauges(t, b.metrics)
		if _, ok := gauges["tidemark_model_drift 0a"]; ok != row.drifts || (len(heard.all) > 0) != row.drifts {
			t.Errorf("%s: gauges %v, notices %v; want drift: %v", row.why, gauges, heard.all, row.drifts)
		}
		for name, v := range gauges {
			if math.IsNaN(v) {
				t.Errorf("%s: %s is NaN", row.why, name)
			}
		}
	}
}
