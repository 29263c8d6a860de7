package watch_test

import (
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/watch"
)

// After a log has ended, nobody buys any more. That says nothing of the model.
func TestNoVerdictFromNoData(t *testing.T) {
	bounds := watch.Bounds{Settled: 100, Shift: .25, Slope: .15}
	counters := map[string]int64{}
	watch.Count(counters, slices.Concat(
		outcomes(on(t, "1997-03-01"), "0a", 0, 500_000, 200, 100), // as forecast
		outcomes(on(t, "1998-03-01"), "0a", 0, 500_000, 200, 180), // the log ends within some of their horizons
		outcomes(on(t, "1998-09-01"), "0a", 0, 500_000, 200, 200), // after the end
	))
	for _, row := range []struct {
		why         string
		newest, now event.Instant
		since       string
		settled     int
		unobserved  int
		drifts      bool
	}{
		{"the log goes on: nobody came back, although others bought", on(t, "1999-01-31"), on(t, "1999-02-01"), "1998h2", 200, 0, true},
		{"a holiday is no end", on(t, "1999-01-01"), on(t, "1999-02-10"), "1998h2", 200, 0, true},
		{"the log ended in June", on(t, "1998-06-30"), on(t, "1999-02-01"), "1997h1", 200, 400, false},
		{"the log ended long ago: what was right stays right", on(t, "1998-06-30"), on(t, "2026-02-01"), "1997h1", 200, 400, false},
		{"all forecasts look beyond the end", on(t, "1997-06-30"), on(t, "1999-02-01"), "", 0, 600, false},
		{"no purchase has been seen yet", 0, on(t, "1999-02-01"), "", 0, 600, false},
	} {
		r := bounds.ReportsOf(counters, watch.Seen{Newest: row.newest, Now: row.now})[0]
		if r.Since != row.since || r.Fair.Settled != row.settled || r.Unobserved != row.unobserved || len(r.Drift) > 0 != row.drifts {
			t.Errorf("%s: since %q, %d settled, %d unobserved, drift %q; want %q, %d, %d, drift %v",
				row.why, r.Since, r.Fair.Settled, r.Unobserved, r.Drift, row.since, row.settled, row.unobserved, row.drifts)
		}
		if got := r.String(); strings.Contains(got, "NaN") || (row.settled == 0) != strings.Contains(got, "no verdict") || (row.unobserved > 0) != strings.Contains(got, "left out") {
			t.Errorf("%s: in words %q, want no NaN, and what is left out", row.why, got)
		}
	}
}

// A figure that is not determined is not printed as a number.
func TestAReportHoldsNoNaN(t *testing.T) {
	counters := map[string]int64{}
	watch.Count(counters, outcomes(on(t, "1998-03-01"), "0a", 0, 500_000, 200, 200))
	if got := watch.DefaultBounds().Reports(counters)[0]; strings.Contains(got.String(), "NaN") {
		t.Errorf("got %q", got.String())
	}
}
